import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../../domain/document.ts';
import { PrecedentError } from '../../domain/errors.ts';
import type { EmbeddingModel, Generation } from '../../domain/generation.ts';
import { publishDocuments } from '../../testing/generation-builder.ts';
import { buildRunbook } from '../../testing/knowledge-builder.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import { createKnowledgeReader } from './reader.ts';

const MODEL: EmbeddingModel = { id: 'runbook-embed-small', checksum: '0123456789abcdef', dimension: 256 };

const generationOf = (key: string): Generation => ({
  key,
  model: MODEL,
  sources: [],
  publishedAt: '2026-06-01T00:00:00Z',
  documents: 1,
  chunks: 0,
});

function setUp(model: EmbeddingModel = MODEL) {
  const index = createMemoryIndex();
  const reads = { pointer: 0, documents: 0 };
  let elapsed = 0;
  let gate: Promise<void> | undefined;
  const watched = {
    ...index,
    findGeneration: async (signal?: AbortSignal) => {
      reads.pointer++;
      await gate;
      return index.findGeneration(signal);
    },
    readDocuments: (generation: Generation, signal?: AbortSignal): AsyncIterable<KnowledgeDocument> => {
      reads.documents++;
      return index.readDocuments(generation, signal);
    },
  };
  const reader = createKnowledgeReader({
    index: watched,
    embedder: { describe: async () => model },
    elapsed: () => elapsed,
  });
  const publish = (key: string) => publishDocuments(index, generationOf(key), [buildRunbook({ id: key })]);
  const wait = (ms: number) => {
    elapsed += ms;
  };
  /** From now on the index answers as `answered` does. */
  const hold = (answered: Promise<void>) => {
    answered.catch(() => {});
    gate = answered;
  };
  return { reader, reads, publish, wait, hold };
}

describe('the reader', () => {
  it('follows the pointer when two publishes take away what it is loading', async () => {
    const index = createMemoryIndex();
    const publish = (key: string) => publishDocuments(index, generationOf(key), [buildRunbook({ id: key })]);
    await publish('one');
    const first = await index.findGeneration();
    for (const key of ['two', 'three']) {
      await publish(key);
      await index.sweep();
    }
    let asked = 0;
    // The pointer was read before the publishes, and the documents after them.
    const findGeneration = async () => (asked++ === 0 ? first : index.findGeneration());
    const embedder = { describe: async () => MODEL };
    const reader = createKnowledgeReader({ index: { ...index, findGeneration }, embedder, elapsed: () => 0 });
    expect((await reader.current()).generation.key).toBe('three');
  });

  it('tells where the sources stand although the content stayed', async () => {
    const index = createMemoryIndex();
    const documents = [buildRunbook({ id: 'one' })];
    await publishDocuments(index, generationOf('one'), documents);
    let now = 0;
    const embedder = { describe: async () => MODEL };
    const reader = createKnowledgeReader({ index, embedder, elapsed: () => now });
    await reader.current();
    const sources = [{ name: 'ops', kind: 'git' as const, location: 'https://git.example.com/ops.git', sha: 'abc' }];
    await publishDocuments(index, { ...generationOf('one'), sources }, documents);
    now = 1_000;
    expect((await reader.current()).generation.sources).toEqual(sources);
  });

  it('follows the pointer: who asks later sees the next generation, whole', async () => {
    const { reader, publish, wait } = setUp();
    await publish('one');
    const before = await reader.current();
    await publish('two');
    wait(1_000);
    const after = await reader.current();
    expect([before.generation.key, after.generation.key]).toEqual(['one', 'two']);
    expect([...before.documents.keys()]).toEqual(['runbook:one']);
    expect([...after.documents.keys()]).toEqual(['runbook:two']);
  });

  it('looks at the pointer at most once a second, and loads a generation once', async () => {
    const { reader, reads, publish, wait } = setUp();
    await publish('one');
    await reader.current();
    await reader.current();
    expect(reads).toEqual({ pointer: 1, documents: 1 });
    wait(1_000);
    await reader.current();
    expect(reads).toEqual({ pointer: 2, documents: 1 });
  });

  it('loads once for all who wait', async () => {
    const { reader, reads, publish } = setUp();
    await publish('one');
    const [a, b] = await Promise.all([reader.current(), reader.current()]);
    expect(a).toBe(b);
    expect(reads.documents).toBe(1);
  });

  it('says what to do while nothing is published, and serves as soon as something is', async () => {
    const { reader, publish } = setUp();
    await expect(reader.current()).rejects.toMatchObject({
      code: 'index-empty',
      message: expect.stringContaining('precedent ingest'),
    });
    await publish('one');
    expect((await reader.current()).generation.key).toBe('one');
  });

  it('refuses a mismatched model, with the command that mends it', async () => {
    const { reader, publish } = setUp({ ...MODEL, id: 'bge-small', dimension: 384 });
    await publish('one');
    await expect(reader.current()).rejects.toMatchObject({
      code: 'index-model-mismatch',
      message: expect.stringMatching(/runbook-embed-small.*bge-small.*precedent ingest/s),
    });
  });

  it('lets who lost patience go, and the load goes on for the others', async () => {
    const { reader, publish } = setUp();
    await publish('one');
    const patient = reader.current();
    await expect(reader.current(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect((await patient).generation.key).toBe('one');
  });

  it('lets who loses patience go while the index has not answered yet', async () => {
    const { reader, reads, publish, hold } = setUp();
    await publish('one');
    let answer = () => {};
    hold(
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const leaving = new AbortController();
    const impatient = reader.current(leaving.signal);
    const patient = reader.current();
    leaving.abort(new Error('gone'));
    await expect(impatient).rejects.toThrow('gone');
    answer();
    expect((await patient).generation.key).toBe('one');
    expect(reads.documents).toBe(1);
  });

  it('serves what it loaded while the index is away, and asks again a second later', async () => {
    const { reader, reads, publish, wait, hold } = setUp();
    await publish('one');
    await reader.current();
    await publish('two');
    wait(1_000);
    hold(Promise.reject(new PrecedentError('index-unavailable', 'Chroma is away')));
    expect((await reader.current()).generation.key).toBe('one');
    expect((await reader.current()).generation.key).toBe('one');
    expect(reads.pointer).toBe(2);
    hold(Promise.resolve());
    wait(1_000);
    expect((await reader.current()).generation.key).toBe('two');
  });

  it('has nothing to serve before the first load, and hides no other failure', async () => {
    const { reader, publish, wait, hold } = setUp();
    await publish('one');
    hold(Promise.reject(new PrecedentError('index-unavailable', 'Chroma is away')));
    await expect(reader.current()).rejects.toMatchObject({ code: 'index-unavailable' });
    hold(Promise.resolve());
    await reader.current();
    wait(1_000);
    hold(Promise.reject(new TypeError('a bug')));
    await expect(reader.current()).rejects.toThrow('a bug');
  });
});
