import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { type IngestProgress, ingest } from './pipeline.ts';
import { createPreparer, type PrepareFile } from './prepare.ts';
import { openKnowledgeDir } from './sources/open.ts';

const now = () => new Date('2026-03-01T10:00:00Z');

const FILES = {
  'runbooks/web/High.md': '# High\n\n## Meaning\n\nSlow.\n\n## Mitigation\n\n- Scale\n',
  'incidents/2026/2026-01-02-slow.md': '# Slow\n\n## Summary\n\nIt was slow.\n\n## Root cause\n\nLoad.\n',
  'topology/shop.yaml': 'system: shop\nservices:\n  - name: web\n  - name: db\n',
};

/** With an index of its own, and a list of the files that had to be prepared. */
function openWorkshop() {
  const prepared: string[] = [];
  const prepareFile = createPreparer({ redact: async (text) => ({ text, counts: {} }) });
  const prepare: PrepareFile = (file, signal) => {
    prepared.push(file.path);
    return prepareFile(file, signal);
  };
  return { index: createMemoryIndex(), embedder: createHashEmbedder(), prepare, prepared };
}

function inputFrom(folder: KnowledgeFolder) {
  return { open: async () => [await openKnowledgeDir(folder.path)], recipe: 'plain', now };
}

/** Chunks of the served documents that have no vector. */
async function listLost(index: KnowledgeIndex): Promise<string[]> {
  const { model } = (await index.findGeneration())!;
  const lost: string[] = [];
  for (const { kind, chunks } of await readServed(index)) {
    const ids = chunks.map((chunk) => chunk.id);
    lost.push(...(await index.listMissing(kind, model, ids)));
  }
  return lost;
}

async function readServed(index: KnowledgeIndex): Promise<KnowledgeDocument[]> {
  const generation = await index.findGeneration();
  const documents: KnowledgeDocument[] = [];
  if (generation) for await (const document of index.readDocuments(generation)) documents.push(document);
  return documents;
}

const run = (folder: KnowledgeFolder, workshop: ReturnType<typeof openWorkshop>) => ingest(inputFrom(folder), workshop);

describe('ingesting', () => {
  it('publishes every document with its chunks, and reports each file and stage', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const report = await run(folder, workshop);
    expect(report).toMatchObject({ published: true, documents: 4, problems: [] });
    expect(report.files).toEqual([
      { path: 'incidents/2026/2026-01-02-slow.md', status: 'added' },
      { path: 'runbooks/web/High.md', status: 'added' },
      { path: 'topology/shop.yaml', status: 'added' },
    ]);
    expect(Object.keys(report.timings)).toEqual([
      'open',
      'read',
      'prepare',
      'chunk',
      'store',
      'embed',
      'publish',
      'sweep',
      'total',
    ]);
    expect(report.sources).toEqual([{ name: '', kind: 'directory', location: folder.path }]);
    expect(await workshop.index.findGeneration()).toMatchObject({
      key: report.generation,
      documents: 4,
      chunks: report.chunks,
      publishedAt: '2026-03-01T10:00:00.000Z',
    });
    expect((await readServed(workshop.index)).map((document) => document.id).sort()).toEqual([
      '2026/2026-01-02-slow',
      'db',
      'web',
      'web/High',
    ]);
  });

  it('twice changes nothing and embeds nothing', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const first = await run(folder, workshop);
    const batches = workshop.embedder.batches.length;
    const second = await run(folder, workshop);
    expect(second).toMatchObject({ published: false, embedded: 0, generation: first.generation, chunks: first.chunks });
    expect(new Set(second.files.map((file) => file.status))).toEqual(new Set(['unchanged']));
    expect(workshop.embedder.batches.length).toBe(batches);
  });

  it('tells what was added, changed and deleted, and embeds only what is new', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    await run(folder, workshop);
    await folder.write('runbooks/web/High.md', '# High\n\n## Meaning\n\nSlow.\n\n## Mitigation\n\n- Scale further\n');
    await folder.write('runbooks/db/Full.md', '# Full\n\nFull.\n');
    await folder.remove('topology/shop.yaml');
    const report = await run(folder, workshop);
    expect(report.files.map((file) => [file.path, file.status])).toEqual([
      ['incidents/2026/2026-01-02-slow.md', 'unchanged'],
      ['runbooks/db/Full.md', 'added'],
      ['runbooks/web/High.md', 'changed'],
      ['topology/shop.yaml', 'deleted'],
    ]);
    // The changed section, and the title and the text of the new file.
    expect(report.embedded).toBe(3);
    expect((await readServed(workshop.index)).map((document) => document.id)).not.toContain('db');
  });

  it('embeds nothing for a renamed file, and its citations follow it', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    await run(folder, workshop);
    await folder.move('incidents/2026/2026-01-02-slow.md', 'incidents/archive/2026-01-02-slow.md');
    const report = await run(folder, workshop);
    expect(report).toMatchObject({ published: true, embedded: 0 });
    const incident = (await readServed(workshop.index)).find((document) => document.kind === 'incident');
    expect(incident?.chunks.map((chunk) => chunk.source.path)).toContain('incidents/archive/2026-01-02-slow.md');
  });

  it('a document with 30 sections yields 30 sections after an upsert, twice', async () => {
    const page = (last: string) =>
      `# T\n\n${Array.from({ length: 29 }, (_, at) => `## Part ${at}\n\nText ${at}.\n\n`).join('')}## Part 29\n\n${last}\n`;
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': page('one') });
    const workshop = openWorkshop();
    for (const last of ['one', 'two', 'three']) {
      await folder.write('runbooks/a.md', page(last));
      await run(folder, workshop);
      const [document] = await readServed(workshop.index);
      expect(document!.sections).toHaveLength(30);
      const told = document!.chunks.map(({ source }) => source.headingPath.join());
      expect(new Set(told.filter(Boolean)).size).toBe(30);
      expect(await listLost(workshop.index)).toEqual([]);
    }
  });

  it('names files that were not read, and problems of those that were', async () => {
    await using folder = await createKnowledgeFolder({
      ...FILES,
      'runbooks/pic.png': 'x',
      'topology/broken.yaml': 'a: [',
      'runbooks/web/Odd.md': '---\nvalidated: never\n---\n# Odd\n\nText.\n',
    });
    const report = await run(folder, openWorkshop());
    expect(report.files.filter((file) => file.reason).map((file) => [file.path, file.status])).toEqual([
      ['runbooks/pic.png', 'skipped'],
      ['topology/broken.yaml', 'failed'],
    ]);
    expect(report.problems).toEqual([
      { path: 'runbooks/web/Odd.md', line: 2, message: expect.stringContaining('validated') },
      { path: 'topology/broken.yaml', line: 1, message: expect.any(String) },
    ]);
  });

  it('of two files with one id takes the first, and says so of the second', async () => {
    await using folder = await createKnowledgeFolder({
      'runbooks/a/X.md': '# Second\n\nText.\n',
      'runbooks/a/X.markdown': '# First\n\nText.\n',
    });
    const workshop = openWorkshop();
    const report = await run(folder, workshop);
    expect(report.problems).toEqual([
      {
        path: 'runbooks/a/X.md',
        line: 1,
        message: 'runbook a/X is already defined at runbooks/a/X.markdown:1: rename one of them',
      },
    ]);
    expect(report.files.find((file) => file.path === 'runbooks/a/X.md')?.status).toBe('skipped');
    expect((await readServed(workshop.index)).map((document) => document.title).sort()).toEqual(['First']);
  });

  it.each([
    ['an empty folder', {}, 'found no file in '],
    [
      'a folder of other things',
      { 'runbooks/a.txt': 'x', 'incidents/b.md': '' },
      'found 2 files, none of them usable,',
    ],
  ])('%s is refused, and what was served stays served', async (_what, files, message) => {
    await using full = await createKnowledgeFolder(FILES);
    await using empty = await createKnowledgeFolder(files);
    const workshop = openWorkshop();
    const { generation } = await run(full, workshop);
    await expect(run(empty, workshop)).rejects.toMatchObject({
      code: 'knowledge-empty',
      message: expect.stringContaining(message),
    });
    expect((await workshop.index.findGeneration())?.key).toBe(generation);
    expect(await readServed(workshop.index)).toHaveLength(4);
  });

  it('with another model makes every vector anew', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const first = await run(folder, workshop);
    const second = await run(folder, { ...workshop, embedder: createHashEmbedder({ id: 'other', dimension: 32 }) });
    expect(second).toMatchObject({ published: true, embedded: first.chunks });
    expect(second.generation).not.toBe(first.generation);
    expect(new Set(second.files.map((file) => file.status))).toEqual(new Set(['unchanged']));
  });

  it('publishes again when the documents of the served generation are gone', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    await run(folder, workshop);
    const full = openWorkshop();
    const generation = (await workshop.index.findGeneration())!;
    const lost: KnowledgeIndex = {
      ...full.index,
      findGeneration: async () => (await full.index.findGeneration()) ?? generation,
    };
    expect(await ingest(inputFrom(folder), { ...full, index: lost })).toMatchObject({
      published: true,
    });
    expect(await readServed(full.index)).toHaveLength(4);
  });

  it('adds again what another machine’s sweep took before the flip', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const swept: number[] = [];
    const index: KnowledgeIndex = {
      ...workshop.index,
      async publish(generation, ...rest) {
        swept.push((await workshop.index.sweep()).chunks);
        return workshop.index.publish(generation, ...rest);
      },
    };
    const report = await ingest(inputFrom(folder), { ...workshop, index });
    expect(swept).toEqual([report.chunks]);
    expect(report.embedded).toBe(2 * report.chunks);
    expect(await listLost(workshop.index)).toEqual([]);
  });

  it('tells how far it is', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const seen: IngestProgress[] = [];
    const report = await ingest(inputFrom(folder), openWorkshop(), {
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen[0]).toEqual({ stage: 'read', done: 0, embedded: 0 });
    const done = seen.filter(({ stage }) => stage === 'embed').map((progress) => progress.done);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ stage: 'publish', done: 3, total: 3, embedded: report.chunks });
  });

  it('stops when it is told to, and publishes nothing', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const stop = new AbortController();
    const onProgress = ({ stage }: IngestProgress) => stage === 'embed' && stop.abort(new Error('enough'));
    const running = ingest(inputFrom(folder), workshop, { onProgress, signal: stop.signal });
    await expect(running).rejects.toThrow('enough');
    expect(await workshop.index.findGeneration()).toBeUndefined();
  });
});
