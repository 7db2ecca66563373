import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { serve } from './__fixtures__/serve.ts';
import { buildOpenApiDocument, ROUTES } from './openapi.ts';
import { SCHEMA_NOTES } from './schema-notes.ts';
import { buildSchemas } from './schemas.ts';
import { buildApp } from './server.ts';

const FILE = new URL('../../docs/openapi.json', import.meta.url);
/** Served beside the API, and not part of it. */
const UNDOCUMENTED = /^(?:GET|POST|DELETE) \/mcp$|^GET \/(?:$|openapi\.json$|docs)/;

test('docs/openapi.json is what the routes say', () => {
  const written: unknown = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : 'no file';
  expect(written, 'docs/openapi.json differs from the routes: run npm run openapi').toEqual(
    JSON.parse(JSON.stringify(buildOpenApiDocument())),
  );
});

test('every route that is served is documented, and the other way round', async () => {
  await using served = await serve();
  const { routes } = buildApp(served.app, createLog('silent'));
  const kept = routes.filter(({ method }) => method !== 'ALL');
  const names = kept.map(({ method, path }) => `${method} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`);
  // A route has one entry for each of its validators.
  expect([...new Set(names)].filter((name) => !UNDOCUMENTED.test(name)).sort()).toEqual(
    ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
  );
});

test('the server hands out the same document', async () => {
  await using served = await serve();
  const response = await fetch(`${served.url}/openapi.json`);
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(buildOpenApiDocument())));
});

test('every reference in the document resolves', () => {
  const document = buildOpenApiDocument();
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(50);
  const names = Object.keys(document.components.schemas);
  expect(references.filter((name) => !names.includes(name ?? ''))).toEqual([]);
});

test('every schema and every field says what it means, and no note is about nothing', () => {
  const said: string[] = [];
  const unsaid: string[] = [];
  for (const [name, schema] of Object.entries(buildSchemas())) {
    for (const { path, description } of listFields(schema, '')) {
      (description === undefined ? unsaid : said).push(`${name}.${path || 'self'}`);
    }
  }
  const notes = Object.entries(SCHEMA_NOTES).flatMap(([name, fields]) =>
    Object.keys(fields).map((field) => `${name}.${field}`),
  );
  expect(unsaid).toEqual([]);
  expect(notes.filter((note) => !said.includes(note))).toEqual([]);
});

test('answers may gain fields without breaking a generated client', () => {
  expect(JSON.stringify(buildSchemas())).not.toContain('"additionalProperties":false');
});

interface Field {
  readonly path: string;
  readonly description: unknown;
}

type JsonSchema = ReturnType<typeof buildSchemas>[string];

/** The schema itself and every named field below it. */
function listFields(schema: JsonSchema, path: string): Field[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    typeof property === 'object' ? listFields(property, path ? `${path}.${name}` : name) : [],
  );
  const alternatives = (schema.anyOf ?? []).flatMap((inner) =>
    typeof inner === 'object' ? listFields(inner, path) : [],
  );
  const { items } = schema;
  const inItems = typeof items === 'object' && !Array.isArray(items) ? listFields(items, `${path}[]`) : [];
  const below = [...alternatives, ...inItems].filter((field) => field.path !== path && !field.path.endsWith('[]'));
  return [{ path, description: schema.description }, ...fields, ...below];
}
