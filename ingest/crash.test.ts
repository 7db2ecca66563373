import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { Embedder, KnowledgeIndex } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { ingest } from './pipeline.ts';
import { createPreparer } from './prepare.ts';

const FILES = ['runbooks/a.md', 'runbooks/b.md', 'runbooks/c.md', 'incidents/d.md', 'topology/shop.yaml'];

function contentFor(path: string, version: number): string {
  if (path.endsWith('.yaml')) return `system: shop\nservices: [{ name: web${version}, dependsOn: [db] }]\n`;
  return `# ${path}\n\n## Meaning\n\nAlways.\n\n## Mitigation\n\n1. Do thing ${version}\n`;
}

const prepare = createPreparer({ redact: async (text) => ({ text, counts: {} }) });

type Workshop = { readonly index: KnowledgeIndex; readonly embedder: Embedder };

async function ingestFrom(folder: KnowledgeFolder, workshop: Workshop): Promise<void> {
  const state = { name: '', kind: 'directory' as const, location: folder.path };
  const checkout = { name: '', root: folder.path, globs: {}, pageKind: undefined, state, problem: undefined };
  const now = () => new Date('2026-03-01T10:00:00Z');
  await ingest({ open: async () => [checkout], recipe: 'plain', now }, { ...workshop, prepare });
}

/** What readers see, which is all that a crash must not harm. */
async function look(index: KnowledgeIndex) {
  const generation = (await index.findGeneration())!;
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  documents.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
  for (const { kind, chunks } of documents) {
    const ids = chunks.map(({ id }) => id);
    expect(await index.listMissing(kind, generation.model, ids)).toEqual([]);
  }
  return { key: generation.key, documents, manifest: await index.findManifest(generation) };
}

/** Dies at its n-th call, as a server does that goes away, and stays dead. */
function dyingAt<T extends object>(port: T, n: number): T {
  let calls = 0;
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (++calls >= n) throw new PrecedentError('index-unavailable', `gone at call ${n}`);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** Two generations, and a third that is still to be ingested. */
async function prepareFolder() {
  const folder = await createKnowledgeFolder(Object.fromEntries(FILES.map((path) => [path, contentFor(path, 1)])));
  const workshop = { index: createMemoryIndex(), embedder: createHashEmbedder({ maxBatch: 2 }) };
  for (const version of [1, 2]) {
    await folder.write('runbooks/a.md', contentFor('runbooks/a.md', version));
    await ingestFrom(folder, workshop);
  }
  const before = await look(workshop.index);
  for (const path of FILES.slice(1)) await folder.write(path, contentFor(path, 3));
  await folder.remove('runbooks/a.md');
  const fresh = { index: createMemoryIndex(), embedder: createHashEmbedder() };
  await ingestFrom(folder, fresh);
  return { folder, workshop, before, after: await look(fresh.index) };
}

/** Runs with a workshop that dies ever later, until one lives to the end; returns how many have died. */
async function dieEverywhere(breakIt: (workshop: Workshop, n: number) => Workshop): Promise<number> {
  for (let n = 1; ; n++) {
    const { folder, workshop, before, after } = await prepareFolder();
    await using _ = folder;
    const died = await ingestFrom(folder, breakIt(workshop, n)).then(
      () => false,
      () => true,
    );
    if (!died) return n - 1;
    const served = await look(workshop.index);
    expect(served).toEqual(served.key === before.key ? before : after);
    await ingestFrom(folder, workshop);
    expect(await look(workshop.index)).toEqual(after);
  }
}

describe('a crash leaves the old generation served, and the next run completes', () => {
  it('whenever the index goes away', async () => {
    const died = await dieEverywhere(({ index, embedder }, n) => ({ index: dyingAt(index, n), embedder }));
    expect(died).toBeGreaterThanOrEqual(10);
  });

  it('whenever the embedder goes away', async () => {
    const died = await dieEverywhere(({ index, embedder }, n) => ({ index, embedder: dyingAt(embedder, n) }));
    expect(died).toBeGreaterThanOrEqual(3);
  });

  it('nothing is left behind once it has completed', async () => {
    const { folder, workshop } = await prepareFolder();
    await using _ = folder;
    await ingestFrom(folder, { ...workshop, index: dyingAt(workshop.index, 8) }).catch(() => {});
    await ingestFrom(folder, workshop);
    await workshop.index.addChunks('runbook', await workshop.embedder.describe(), []);
    expect(await workshop.index.sweep()).toEqual({ chunks: 0, documents: 0 });
  });
});
