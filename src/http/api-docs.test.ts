import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Settings } from '../config.ts';
import { ROUTES } from './openapi.ts';
import { PROBLEM_KINDS } from './problem.ts';

const TEXT = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
/** Its default is a folder of this machine. */
const DEFAULT_IN_WORDS = new Set(['KNOWLEDGE_DIR']);

/** Rows of the table under a heading, as cells without back-ticks around them. */
function readTable(heading: string): string[][] {
  const section = TEXT.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`([^`]+)`$/, '$1')),
  );
}

test('docs/api.md has every route, with a curl line', () => {
  const sections = TEXT.split('\n### ').slice(1);
  const documented = sections.map((section) => /^`([^`]+)`/.exec(section)?.[1]);
  const served = ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...documented].sort()).toEqual([...served].sort());
  for (const section of sections) expect(section).toContain('curl -s');
});

test('docs/api.md has every error code with its status', () => {
  const kinds = Object.entries(PROBLEM_KINDS).map(([code, { status }]) => [code, String(status)]);
  const table = readTable('Errors').map(([code, status]) => [code, status]);
  expect(table.sort()).toEqual(kinds.sort());
});

test('docs/api.md has every setting with its default', () => {
  const defaults = Object.entries(Settings.shape).map(([name, schema]) => {
    const value = schema.safeParse(undefined).data;
    return [name, value === undefined ? 'unset' : String(value)];
  });
  const table = new Map(readTable('Settings').map(([name, value]) => [name, value?.replace(/^unset: .*/, 'unset')]));
  expect([...table.keys()]).toEqual(defaults.map(([name]) => name));
  for (const [name = '', value] of defaults) {
    if (!DEFAULT_IN_WORDS.has(name)) expect(table.get(name), name).toBe(value);
  }
});
