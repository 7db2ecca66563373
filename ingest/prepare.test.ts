import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createPreparer } from './prepare.ts';
import type { FileKind, SourceFile } from './source-file.ts';

function fileOf(path: string, content: string | Uint8Array, kind: FileKind = 'runbook'): SourceFile {
  const name = path.replace(/^\w+\/|\.[\w.]+$/g, '');
  return { path, source: '', name, id: name, kind, sha: 'f'.repeat(40), bytes: Buffer.from(content) };
}

const prepare = createPreparer({
  redact: async (text) => ({ text: text.replaceAll('hunter2', '(redacted:password)'), counts: { password: 1 } }),
});

describe('preparing a file', () => {
  it('redacts before anything is parsed, so that no document holds what was blacked out', async () => {
    const prepared = await prepare(fileOf('runbooks/a.md', '# Log in with hunter2\n\nUse `hunter2`.\n'));
    expect(prepared).toMatchObject({ redacted: { password: 1 }, unread: undefined });
    expect(prepared.documents).toHaveLength(1);
    expect(JSON.stringify(prepared)).not.toContain('hunter2');
  });

  it('fails the file when it cannot be searched for secrets: nothing of it is used', async () => {
    const failing = createPreparer({ redact: async () => Promise.reject(new Error('a pattern broke')) });
    expect(await failing(fileOf('runbooks/a.md', '# A\n\nText.\n'))).toEqual({
      documents: [],
      fragment: undefined,
      problems: [],
      redacted: {},
      unread: { status: 'failed', reason: 'a pattern broke' },
    });
  });

  it.each([
    ['an empty file', '   \n'],
    ['not a text file', 'a\0b'],
  ])('skips %s', async (reason, content) => {
    expect((await prepare(fileOf('runbooks/a.md', content))).unread).toEqual({ status: 'skipped', reason });
  });

  it('unpacks topology, and keeps what the file knows for the others', async () => {
    const topology = gzipSync(JSON.stringify({ services: [{ name: 'web', dependsOn: ['db'] }] }));
    const prepared = await prepare(fileOf('topology/shop.json.gz', topology, 'topology'));
    expect(prepared.unread).toBeUndefined();
    expect(prepared.fragment?.services.map(({ name }) => name)).toEqual(['web']);
  });

  it('fails what only looks packed', async () => {
    const prepared = await prepare(fileOf('topology/shop.json.gz', 'no gzip at all', 'topology'));
    expect(prepared.unread).toEqual({ status: 'failed', reason: 'not a gzip file' });
  });

  it('gives plain data that can come out of a worker', async () => {
    for (const file of [
      fileOf('runbooks/a.md', '# A\n\nText.\n'),
      fileOf('topology/a.yaml', 'services: [{ name: web }]', 'topology'),
    ]) {
      const prepared = await prepare(file);
      expect(structuredClone(prepared)).toEqual(prepared);
    }
  });
});
