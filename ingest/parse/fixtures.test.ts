import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnowledgeDocument } from '../../src/domain/document.ts';
import { decodeText } from '../decode.ts';
import { hashBlob } from '../read.ts';
import type { TextFile } from '../source-file.ts';
import { findFrontMatter } from './front-matter-block.ts';
import { parseProse } from './parse.ts';

const FOLDER = join(import.meta.dirname, '__fixtures__');
const FIXTURES = readdirSync(FOLDER).filter((name) => /\.mdx?$/.test(name));

describe('what a file says stands beside it (UPDATE=1 rewrites)', () => {
  it.each(FIXTURES)('%s', (name) => {
    const expected = join(FOLDER, name.replace(/\.\w+$/, '.json'));
    const { unread, documents, problems } = parseProse(sourceOf(name));
    const found = { ...(unread ? { unread } : {}), problems, documents };
    if (process.env['UPDATE'] === '1' || !existsSync(expected)) {
      writeFileSync(expected, `${JSON.stringify(found, null, 2)}\n`);
    }
    expect(found).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });

  it.each(FIXTURES)('%s becomes documents that the schema accepts as they are', (name) => {
    for (const document of parseProse(sourceOf(name)).documents) {
      expect(KnowledgeDocument.parse(document)).toStrictEqual(document);
    }
  });

  it.each(FIXTURES)('%s: every section is exactly its lines', (name) => {
    const file = sourceOf(name);
    const lines = file.text.split('\n');
    for (const section of parseProse(file).documents.flatMap((document) => document.sections)) {
      const { line, endLine } = section.source;
      // A description is a value of the front matter, without its name and quotes.
      if (line < (findFrontMatter(lines)?.lines ?? 0)) continue;
      expect(section.text).toBe(lines.slice(line - 1, endLine).join('\n'));
    }
  });
});

it('lines of all these files in any order are read by some rule, and every section and step lies in its document', () => {
  const lines = FIXTURES.flatMap((name) => sourceOf(name).text.split('\n'));
  const kinds = fc.constantFrom('runbook' as const, 'incident' as const, undefined);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 40 }), kinds, (some, kind) => {
      const { unread, documents } = parseProse({ ...sourceOf('page-okf.md'), kind, text: some.join('\n') });
      expect(unread?.status).not.toBe('failed');
      for (const { sections, steps, source } of documents) {
        for (const inner of [...sections, ...steps]) {
          expect(inner.source.line).toBeGreaterThanOrEqual(source.line);
          expect(inner.source.endLine).toBeLessThanOrEqual(source.endLine);
        }
      }
    }),
    { numRuns: 200 },
  );
});

/** Named after their kind; what is named `page` must tell it by itself. */
function sourceOf(name: string): TextFile {
  const bytes = readFileSync(join(FOLDER, name));
  const kind = name.startsWith('incident') ? 'incident' : name.startsWith('runbook') ? 'runbook' : undefined;
  const inside = `team/${name.replace(/\.\w+$/, '')}`;
  const path = `${kind === undefined ? 'docs' : `${kind}s`}/team/${name}`;
  const file = { path, source: '', name: inside, id: inside, kind, sha: hashBlob(bytes) } as const;
  return { ...file, ...decodeText(bytes, path)! };
}
