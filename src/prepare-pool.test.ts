import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../ingest/source-file.ts';
import { type PageText, readPageHere } from '../ingest/sources/page-text.ts';
import type { RedactionPolicy } from './domain/redaction.ts';
import { createLocalPreparer } from './local-preparer.ts';
import { createPreparePool } from './prepare-pool.ts';

function fileOf(path: string, text: string): SourceFile {
  const name = path.replace(/^runbooks\/|\.md$/g, '');
  return { path, source: '', name, id: name, kind: 'runbook', sha: 'f'.repeat(40), bytes: Buffer.from(text) };
}

const RUNBOOK = '# High\n\n## Meaning\n\nSlow; ask pat@example.com.\n\n## Mitigation\n\n- Scale\n';

describe('reading pages in a worker', () => {
  it('gives what the same reader gives in this process, for sites and wikis', async () => {
    await using pool = createPreparePool({ policy: [] });
    const pages: PageText[] = [
      {
        format: 'html',
        text: '<main><h1>High</h1><p>Slow. <a href="b">More</a></main>',
        url: 'https://docs.example.com/a',
      },
      {
        format: 'storage',
        text: '<h2>Fix</h2><ac:structured-macro ac:name="info"><ac:rich-text-body><p>Ask.</p></ac:rich-text-body></ac:structured-macro>',
        page: { id: '1', space: 'OPS', baseUrl: 'https://wiki.example.com' },
      },
    ];
    const read = await Promise.all(pages.map(pool.readPage));
    expect(read).toEqual(await Promise.all(pages.map(readPageHere)));
    expect(read[0]).toMatchObject({ title: 'High', links: ['https://docs.example.com/b'] });
  });

  it('says why a page cannot be read, and reads the next one', async () => {
    await using pool = createPreparePool({ policy: [] });
    const url = 'https://docs.example.com/deep';
    const deep = { format: 'html' as const, text: '<div>'.repeat(500), url };
    await expect(pool.readPage(deep)).rejects.toThrow(await readPageHere(deep).catch((error: Error) => error.message));
    expect(await pool.readPage({ ...deep, text: '<main><p>Fine.</p></main>' })).toMatchObject({ markdown: 'Fine.\n' });
  });
});

describe('preparing files in a worker', () => {
  it('gives what the same preparer gives in this process', async () => {
    const policy: RedactionPolicy = ['secrets', 'emails'];
    await using pool = createPreparePool({ policy });
    const prepare = createLocalPreparer(policy);
    const files = [
      fileOf('runbooks/a.md', RUNBOOK),
      fileOf('runbooks/empty.md', ''),
      fileOf('runbooks/bytes.md', 'a\0b'),
      { ...fileOf('topology/shop.yaml', 'services: [{ name: web, dependsOn: [db] }]'), kind: 'topology' as const },
    ];
    const prepared = await Promise.all(files.map((file) => pool.prepare(file)));
    expect(prepared).toEqual(await Promise.all(files.map((file) => prepare(file))));
    expect(prepared.map(({ unread }) => unread?.reason)).toEqual([
      undefined,
      'an empty file',
      'not a text file',
      undefined,
    ]);
    expect(prepared[0]).toMatchObject({ documents: [{ title: 'High' }], redacted: { email: 1 } });
    expect(prepared[3]?.fragment?.services).toHaveLength(1);
  });
});

describe('a worker that misbehaves', () => {
  let folder: string;
  let worker: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'precedent-worker-'));
    const source = `
      const answer = (text) => ({ documents: [], fragment: undefined, problems: [], redacted: { [text]: 1 }, unread: undefined });
      export default async function prepare({ files }) {
        const texts = files.map(({ bytes }) => new TextDecoder().decode(bytes));
        if (texts.includes('unloadable')) return { unloadable: 'no such package' };
        if (texts.includes('dies')) await new Promise(() => setImmediate(() => { throw new Error('out of memory'); }));
        if (texts.includes('hangs')) for (;;) {}
        if (texts.includes('waits')) await new Promise((resume) => setTimeout(resume, 300));
        return { prepared: texts.map(answer) };
      }`;
    worker = pathToFileURL(join(folder, 'worker.mjs')).href;
    await writeFile(join(folder, 'worker.mjs'), source);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const open = (limitMs = 60_000) => createPreparePool({ policy: [], worker, limitMs });

  it('fails the file that it hangs on, and prepares those that came along', async () => {
    await using pool = open(500);
    const [good, bad, next] = await Promise.all(
      ['good', 'hangs', 'next'].map((text) => pool.prepare(fileOf(`runbooks/${text}.md`, text))),
    );
    expect([good?.redacted, next?.redacted]).toEqual([{ good: 1 }, { next: 1 }]);
    expect(bad?.unread).toEqual({ status: 'failed', reason: 'took longer than 1 s to parse: split it' });
    expect((await pool.prepare(fileOf('runbooks/later.md', 'later'))).unread).toBeUndefined();
  });

  it('fails the file that it dies of, and prepares those that came along', async () => {
    await using pool = open();
    const [good, bad] = await Promise.all(
      ['good', 'dies'].map((text) => pool.prepare(fileOf(`runbooks/${text}.md`, text))),
    );
    expect(good?.redacted).toEqual({ good: 1 });
    expect(bad?.unread).toEqual({ status: 'failed', reason: expect.stringContaining('the parser did not survive it') });
  });

  it('that cannot even start is no fault of any file', async () => {
    await using pool = open();
    const preparing = pool.prepare(fileOf('runbooks/a.md', 'unloadable'));
    await expect(preparing).rejects.toThrow('the worker that reads files does not start: no such package');
  });

  it('is not waited for by whoever gave up, nor after closing', async () => {
    const pool = open();
    const stop = new AbortController();
    const given = pool.prepare(fileOf('runbooks/a.md', 'waits'), stop.signal);
    const other = pool.prepare(fileOf('runbooks/b.md', 'waits'));
    stop.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    await pool[Symbol.asyncDispose]();
    await expect(other).rejects.toThrow('was stopped');
    await expect(pool.prepare(fileOf('runbooks/c.md', 'good'))).rejects.toThrow('was stopped');
  });

  it('starts at the first file, and not before', async () => {
    const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = threads();
    await using pool = open();
    expect(threads()).toBe(before);
    await pool.prepare(fileOf('runbooks/a.md', 'good'));
  });
});
