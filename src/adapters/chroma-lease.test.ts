import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChromaClient, type Collection } from 'chromadb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddingModel } from '../domain/generation.ts';
import type { KnowledgeIndex } from '../ports.ts';
import { buildGeneration, buildManifest } from '../testing/generation-builder.ts';
import { createChromaIndex } from './chroma-index.ts';
import { ChromaServer } from './chroma-server.ts';

const MODEL: EmbeddingModel = { id: 'model-a', checksum: 'aaaa', dimension: 4 };
const LEASE = { lifeMs: 1_000, waitMs: 10_000 };

let scratch: string;
let server: ChromaServer;
let url: string;
let chroma: ChromaClient;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-lease-'));
  server = new ChromaServer({ dataDir: scratch });
  url = await server.ensureRunning();
  chroma = new ChromaClient({ host: '127.0.0.1', port: Number(new URL(url).port), ssl: false });
});
beforeEach(async () => {
  for (const { name } of await chroma.listCollections()) await chroma.deleteCollection({ name });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

/** As another machine would open it. */
function open(lease = LEASE): KnowledgeIndex {
  return createChromaIndex({ url, dataDir: 'unused', lease });
}

function getWriters(): Promise<Collection> {
  return chroma.getOrCreateCollection({ name: 'precedent-writers', embeddingFunction: null });
}

/** What a holder leaves behind that was killed. */
async function leaveLease(number: number): Promise<void> {
  const lease = { number, token: 'gone', holder: 'process 7 on db-1', beat: 3, isOver: false };
  const row = { ids: [`lease/${number}`], metadatas: [lease], embeddings: [[1]] };
  await (await getWriters()).add(row);
}

describe('Chroma itself', () => {
  it('lets exactly one of many writers have an id, and all of them see which', async () => {
    const writers = await getWriters();
    for (let round = 0; round < 10; round++) {
      const claims = Array.from({ length: 8 }, async (_, who) => {
        await writers.add({ ids: [`${round}`], metadatas: [{ who }], embeddings: [[1]] });
        return (await writers.get({ ids: [`${round}`] })).metadatas[0]?.['who'];
      });
      expect(new Set(await Promise.all(claims)).size).toBe(1);
    }
  });

  it('changes nothing when asked to update an id that is gone', async () => {
    const writers = await getWriters();
    await writers.update({ ids: ['absent'], metadatas: [{ who: 1 }] });
    expect(await writers.count()).toBe(0);
  });
});

describe('writers on several machines', () => {
  it('take turns, each alone', async () => {
    const indexes = Array.from({ length: 4 }, () => open({ ...LEASE, waitMs: 20_000 }));
    let inside = 0;
    let turns = 0;
    const turn = async () => {
      expect(++inside).toBe(1);
      await sleep(30);
      inside--;
      turns++;
    };
    await Promise.all([...indexes, ...indexes].map((index) => index.exclusively(turn)));
    expect(turns).toBe(8);
    await Promise.all(indexes.map((index) => index[Symbol.asyncDispose]()));
    expect(await (await getWriters()).count()).toBeLessThanOrEqual(2);
  });

  it('let a turn take longer than a lease lives, while its holder does', async () => {
    await using first = open();
    await using second = open();
    const log: string[] = [];
    const long = first.exclusively(async () => {
      await sleep(LEASE.lifeMs * 2.5);
      log.push('first');
    });
    await sleep(100);
    await second.exclusively(async () => void log.push('second'));
    await long;
    expect(log).toEqual(['first', 'second']);
  });

  it('hear who is at work when they have waited too long', async () => {
    await using first = open();
    await using second = open({ ...LEASE, waitMs: 300 });
    const long = first.exclusively(() => sleep(1_500));
    await sleep(100);
    await expect(second.exclusively(async () => {})).rejects.toMatchObject({
      code: 'ingest-running',
      isRetryable: true,
      message: expect.stringContaining(`process ${process.pid} on `),
    });
    await long;
  });

  it('give up waiting when their caller does', async () => {
    await using first = open();
    await using second = open();
    const long = first.exclusively(() => sleep(500));
    await sleep(100);
    const waiting = second.exclusively(async () => {}, AbortSignal.timeout(100));
    await expect(waiting).rejects.toThrow();
    await long;
  });

  it('take over from one that was killed, and not before its lease has run out', async () => {
    await leaveLease(41);
    await using index = open();
    const started = performance.now();
    await index.exclusively(async () => {
      expect((await (await getWriters()).get()).ids).toEqual(['lease/42']);
    });
    expect(performance.now() - started).toBeGreaterThan(LEASE.lifeMs);
  });

  it('go on at once after a turn that failed', async () => {
    await using first = open();
    await using second = open();
    await expect(first.exclusively(() => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
    const started = performance.now();
    await second.exclusively(async () => {});
    expect(performance.now() - started).toBeLessThan(LEASE.lifeMs);
  });
});

describe('a writer that was taken for dead', () => {
  /** Another holder takes the next number, as it may when it has watched ours for its whole life. */
  async function loseTurn(): Promise<void> {
    const { ids } = await (await getWriters()).get();
    await leaveLease(Number(ids[0]?.split('/')[1]) + 1);
  }

  it('can publish nothing, and is told to run again', async () => {
    await using index = open();
    const served = buildGeneration({ key: 'g1' });
    await index.publish(served, buildManifest([], []));
    const ingest = index.exclusively(async () => {
      await loseTurn();
      await index.publish(buildGeneration({ key: 'g2' }), buildManifest([], []));
    });
    await expect(ingest).rejects.toMatchObject({
      code: 'ingest-running',
      isRetryable: true,
      message: expect.stringMatching(/lost its turn: process 7 on db-1 took over/),
    });
    expect(await index.findGeneration()).toEqual(served);
  });

  it('sweeps nothing that the new holder has added', async () => {
    await using index = open();
    const chunk = { id: 'theirs', text: 'x', vector: Float32Array.of(1, 0, 0, 0) };
    const ingest = index.exclusively(async () => {
      await loseTurn();
      await index.addChunks('runbook', MODEL, [chunk]);
      await index.sweep();
    });
    await expect(ingest).rejects.toMatchObject({ code: 'ingest-running' });
    expect(await index.listMissing('runbook', MODEL, ['theirs'])).toEqual([]);
  });
});
