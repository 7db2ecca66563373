import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KnowledgeDocument } from '../src/domain/document.ts';
import { chunkDocument } from './chunk.ts';
import { decodeText } from './decode.ts';
import { parseFile } from './parse.ts';
import { hashBlob, type SourceFile } from './read.ts';

const FOLDER = join(import.meta.dirname, '__fixtures__');
const FIXTURES = readdirSync(FOLDER).filter((name) => !name.endsWith('.json'));

describe('what a file says stands beside it (UPDATE=1 rewrites)', () => {
  it.each(FIXTURES)('%s', (name) => {
    const expected = join(FOLDER, name.replace(/\.\w+$/, '.json'));
    const { unread, documents, problems } = parseFile(sourceOf(name));
    const found = { ...(unread ? { unread } : {}), problems, documents: documents.map(chunkDocument) };
    if (process.env['UPDATE'] === '1' || !existsSync(expected)) {
      writeFileSync(expected, `${JSON.stringify(found, null, 2)}\n`);
    }
    expect(found).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });

  it.each(FIXTURES)('%s becomes documents that the schema accepts as they are', (name) => {
    for (const document of parseFile(sourceOf(name)).documents.map(chunkDocument)) {
      expect(KnowledgeDocument.parse(document)).toStrictEqual(document);
    }
  });

  it.each(FIXTURES.filter((name) => name.endsWith('.md')))('%s: every section is exactly its lines', (name) => {
    const file = sourceOf(name);
    const lines = file.text.split('\n');
    for (const section of parseFile(file).documents.flatMap((document) => document.sections)) {
      const { line, endLine } = section.source;
      expect(section.text).toBe(lines.slice(line - 1, endLine).join('\n'));
    }
  });
});

function sourceOf(name: string): SourceFile {
  const bytes = readFileSync(join(FOLDER, name));
  const kind = name.startsWith('incident') ? 'incident' : name.startsWith('runbook') ? 'runbook' : 'service';
  const folder = kind === 'service' ? 'topology' : `${kind}s/team`;
  const path = `${folder}/${name}`;
  return {
    path,
    name: path.replace(/^\w+\/(.*)\.\w+$/, '$1'),
    kind,
    sha: hashBlob(bytes),
    ...decodeText(bytes, path)!,
  };
}
