import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChromaClient } from 'chromadb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingModel } from '../domain/generation.ts';
import type { EmbeddedChunk, KnowledgeIndex } from '../ports.ts';
import { buildGeneration, buildManifest, publishDocuments } from '../testing/generation-builder.ts';
import { buildRunbook } from '../testing/knowledge-builder.ts';
import { createChromaIndex } from './chroma-index.ts';
import { ChromaServer } from './chroma-server.ts';
import { describeKnowledgeIndex } from './knowledge-index.contract.ts';

const MODEL: EmbeddingModel = { id: 'model-a', checksum: 'aaaa', dimension: 4 };
const X = Float32Array.of(1, 0, 0, 0);

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-chroma-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function newFolder(): Promise<string> {
  return mkdtemp(path.join(scratch, 'data-'));
}

async function open(): Promise<KnowledgeIndex> {
  return createChromaIndex({ dataDir: await newFolder() });
}

describeKnowledgeIndex('Chroma, embedded', open);

describe('the embedded server dies', () => {
  it('and the next call starts it again and answers, with nothing lost', async () => {
    const dataDir = await newFolder();
    await using index = createChromaIndex({ dataDir });
    await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    const registration = JSON.parse(await readFile(path.join(dataDir, 'chroma.json'), 'utf8'));
    process.kill(registration.pid, 'SIGKILL');
    expect(await index.nearest('runbook', MODEL, X, 1)).toHaveLength(1);
    await index.ping();
  });

  it('and everything is there again after a restart of the whole program', async () => {
    const dataDir = await newFolder();
    {
      await using first = createChromaIndex({ dataDir });
      await first.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    }
    await using second = createChromaIndex({ dataDir });
    expect(await second.listMissing('runbook', MODEL, ['x', 'y'])).toEqual(['y']);
  });
});

describe('a server at a URL', () => {
  it('is used, and left running', async () => {
    await using server = new ChromaServer({ dataDir: await newFolder() });
    const url = await server.ensureRunning();
    {
      await using index = createChromaIndex({ url, dataDir: 'unused' });
      await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    }
    await using other = createChromaIndex({ url, dataDir: 'unused' });
    expect(await other.listMissing('runbook', MODEL, ['x'])).toEqual([]);
  });

  it('that nobody listens at is named, with what to do', async () => {
    await using index = createChromaIndex({ url: 'http://127.0.0.1:1', dataDir: 'unused' });
    await expect(index.findGeneration()).rejects.toMatchObject({
      code: 'index-unavailable',
      isRetryable: true,
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 .*CHROMA_URL/),
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is no Chroma', (_, response) => void response.end('<html>hello</html>'), /is not a Chroma server/],
    ['refuses us', (_, response) => void response.writeHead(401).end(), /CHROMA_API_KEY/],
    ['is broken', (_, response) => void response.writeHead(500).end('out of disk'), /index|Chroma at/],
  ])('that %s is unavailable, not a crash', async (_case, listener, message) => {
    await using fake = await listen(listener);
    await using index = createChromaIndex({ url: fake.url, dataDir: 'unused' });
    const failure = { code: 'index-unavailable', message: expect.stringMatching(message) };
    await expect(index.findGeneration()).rejects.toMatchObject(failure);
  });

  it('that says nothing is given up in time: a ping within 2 s', async () => {
    await using fake = await listen(() => {});
    await using index = createChromaIndex({ url: fake.url, dataDir: 'unused', callMs: 300 });
    await expect(index.findGeneration()).rejects.toThrow('did not answer in time');
    const started = performance.now();
    await expect(index.ping()).rejects.toMatchObject({ code: 'index-unavailable' });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it('stops answering a caller who gives up', async () => {
    await using fake = await listen(() => {});
    await using index = createChromaIndex({ url: fake.url, dataDir: 'unused' });
    const abort = new AbortController();
    const asking = index.findGeneration(abort.signal);
    setTimeout(() => abort.abort(new Error('given up')), 50);
    await expect(asking).rejects.toThrow('given up');
  });
});

describe('what is stored', () => {
  it('names its model, and a collection of another format is refused', async () => {
    await using server = new ChromaServer({ dataDir: await newFolder() });
    const url = await server.ensureRunning();
    const chroma = new ChromaClient({ host: '127.0.0.1', port: Number(new URL(url).port), ssl: false });
    {
      await using index = createChromaIndex({ url, dataDir: 'unused' });
      await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    }
    const collections = await chroma.listCollections();
    const collection = collections.find(({ name }) => name.startsWith('precedent-runbook'));
    const metadata = { kind: 'runbook', modelId: 'model-a', modelChecksum: 'aaaa', dimension: 4, format: 1 };
    expect(collection).toMatchObject({ name: expect.stringMatching(/^precedent-runbook-[0-9a-f]{12}$/), metadata });
    expect(collection?.configuration.hnsw).toMatchObject({ space: 'cosine' });
    await collection?.modify({ metadata: { ...metadata, format: 2 } });
    await using later = createChromaIndex({ url, dataDir: 'unused' });
    const asking = later.nearest('runbook', MODEL, X, 1);
    await expect(asking).rejects.toMatchObject({
      code: 'index-model-mismatch',
      message: expect.stringContaining('precedent ingest'),
    });
  });

  it('is found again when another process deleted and rewrote it', async () => {
    await using server = new ChromaServer({ dataDir: await newFolder() });
    const url = await server.ensureRunning();
    await using index = createChromaIndex({ url, dataDir: 'unused' });
    await using other = createChromaIndex({ url, dataDir: 'unused' });
    await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    expect(await other.listMissing('runbook', MODEL, ['x'])).toEqual([]);
    await index.sweep();
    expect(await other.listMissing('runbook', MODEL, ['x'])).toEqual(['x']);
    await other.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
    expect(await index.listMissing('runbook', MODEL, ['x'])).toEqual([]);
  });

  it('by an earlier version counts as nothing published: all is written anew, and the old is swept', async () => {
    await using server = new ChromaServer({ dataDir: await newFolder() });
    const url = await server.ensureRunning();
    const chroma = new ChromaClient({ host: '127.0.0.1', port: Number(new URL(url).port), ssl: false });
    for (const [name, id, text] of [
      [
        'precedent-generations',
        'current/0',
        JSON.stringify({ format: 1, generation: buildGeneration({ key: 'old' }) }),
      ],
      ['precedent-documents', 'hash/0', '{"kind":"runbook"}'],
    ] as const) {
      const old = await chroma.createCollection({ name, metadata: { format: 1 }, embeddingFunction: null });
      await old.add({ ids: [id], documents: [text], metadatas: [{ parts: 1 }], embeddings: [[1]] });
    }
    await using index = createChromaIndex({ url, dataDir: 'unused' });
    expect(await index.findGeneration()).toBeUndefined();
    expect(await index.findManifest(buildGeneration({ key: 'old' }))).toBeUndefined();
    const generation = buildGeneration({ key: 'new' });
    await publishDocuments(index, generation, [buildRunbook({ id: 'a' })]);
    await index.sweep();
    expect(await index.findGeneration()).toEqual(generation);
    const names = (await chroma.listCollections()).map(({ name }) => name);
    expect(names.sort()).toEqual(['precedent-documents-v2', 'precedent-generations-v2']);
  });

  it('is not even listed by a sweep when nothing was added since the last one, whoever did that', async () => {
    await using server = new ChromaServer({ dataDir: await newFolder() });
    const url = await server.ensureRunning();
    const chroma = new ChromaClient({ host: '127.0.0.1', port: Number(new URL(url).port), ssl: false });
    const generation = buildGeneration({ key: 'g1' });
    const manifest = buildManifest([], []);
    {
      await using index = createChromaIndex({ url, dataDir: 'unused' });
      await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector: X }]);
      await index.publish(generation, manifest);
      expect(await index.sweep()).toEqual({ chunks: 1, documents: 0 });
    }
    const documents = await chroma.createCollection({ name: 'precedent-documents-v2', embeddingFunction: null });
    await documents.add({ ids: ['orphan/0'], metadatas: [{ parts: 1 }], embeddings: [[1]] });
    await using other = createChromaIndex({ url, dataDir: 'unused' });
    await other.publish({ ...generation, publishedAt: '2026-04-01T10:00:00.000Z' }, manifest);
    expect(await other.sweep()).toEqual({ chunks: 0, documents: 0 });
    expect(await documents.count()).toBe(1);
    await other.publish(buildGeneration({ key: 'g2' }), { ...manifest, recipe: 'other' });
    expect(await other.sweep()).toEqual({ chunks: 0, documents: 1 });
    expect(await documents.count()).toBe(0);
  });

  it('is found by its nearest neighbours nearly always: recall@10 of at least 0.98 on 3,000 random vectors', async () => {
    await using index = await open();
    const model = { ...MODEL, dimension: 64 };
    const random = createRandom(7);
    const chunks = Array.from({ length: 3_000 }, (_, at) => ({ id: `${at}`, text: '', vector: toUnit(random, 64) }));
    await index.addChunks('runbook', model, chunks);
    let hits = 0;
    for (let queries = 0; queries < 50; queries++) {
      const query = toUnit(random, 64);
      const truth = new Set(findNearest(chunks, query, 10));
      hits += (await index.nearest('runbook', model, query, 10)).filter(({ chunkId }) => truth.has(chunkId)).length;
    }
    expect(hits / 500).toBeGreaterThanOrEqual(0.98);
    expect(await index.nearest('runbook', model, toUnit(random, 64), 1_000)).toHaveLength(1_000);
  });
});

async function listen(listener: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function findNearest(chunks: readonly EmbeddedChunk[], query: Float32Array, k: number): string[] {
  const similarity = (vector: Float32Array) => vector.reduce((sum, value, at) => sum + value * query[at]!, 0);
  return [...chunks]
    .sort((a, b) => similarity(b.vector) - similarity(a.vector))
    .slice(0, k)
    .map(({ id }) => id);
}

function toUnit(random: () => number, dimension: number): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => random() + random() + random() - 1.5);
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** A seeded generator (a linear congruence): the same vectors in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
