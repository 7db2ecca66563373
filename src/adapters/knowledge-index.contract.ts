import { describe, expect, it } from 'vitest';
import type { Chunk, Incident, KnowledgeDocument, Runbook } from '../domain/document.ts';
import type { EmbeddingModel, Generation } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { EmbeddedChunk, KnowledgeIndex } from '../ports.ts';
import { buildGeneration, buildManifest, publishDocuments } from '../testing/generation-builder.ts';

const MODEL: EmbeddingModel = { id: 'model-a', checksum: 'aaaa', dimension: 4 };
const OTHER_MODEL: EmbeddingModel = { id: 'model-b', checksum: 'bbbb', dimension: 8 };

/** Every promise of `KnowledgeIndex`. Each test opens an index of its own, which must be empty. */
export function describeKnowledgeIndex(name: string, open: () => Promise<KnowledgeIndex>): void {
  const promise = (what: string, check: (index: KnowledgeIndex) => Promise<void>) =>
    it(what, async () => {
      await using index = await open();
      await check(index);
    });

  describe(`${name}: generations`, () => {
    promise('serves nothing before the first publish', async (index) => {
      expect(await index.findGeneration()).toBeUndefined();
    });

    promise('serves what was published, to the letter', async (index) => {
      const generation = await publish(index, 'g1', [incident(), runbook('web/High')]);
      expect(await index.findGeneration()).toEqual(generation);
      expect(await read(index, generation)).toEqual([incident(), runbook('web/High')]);
    });

    promise('keeps absent what is optional and empty what is a list', async (index) => {
      const bare = { ...runbook('bare'), tags: [], steps: [], alerts: [], services: [], sections: [], chunks: [] };
      const generation = { ...generationOf('g1', [bare]), sources: [] };
      await publishDocuments(index, generation, [bare]);
      expect(await index.findGeneration()).toStrictEqual(generation);
      expect(await read(index, generation)).toStrictEqual([bare]);
    });

    promise('a reader sees the old generation until the pointer flips', async (index) => {
      const old = await publish(index, 'g1', [runbook('a')]);
      await addChunks(index, [runbook('b')]);
      expect(await index.findGeneration()).toEqual(old);
      expect(await read(index, old)).toEqual([runbook('a')]);
    });

    promise('who began to read before a flip reads on to the end', async (index) => {
      const old = await publish(index, 'g1', [runbook('a'), runbook('b')]);
      const reading = index.readDocuments(old)[Symbol.asyncIterator]();
      const first = await reading.next();
      await publish(index, 'g2', [runbook('c')]);
      await index.sweep();
      const second = await reading.next();
      expect([first.value?.id, second.value?.id].sort()).toEqual(['a', 'b']);
    });

    promise('the generation before stays readable until the next publish', async (index) => {
      const old = await publish(index, 'g1', [runbook('a')]);
      await publish(index, 'g2', [runbook('b')]);
      await index.sweep();
      expect(await read(index, old)).toEqual([runbook('a')]);
    });

    promise('a generation that is gone says so, rather than being empty', async (index) => {
      const oldest = await publish(index, 'g1', [runbook('a')]);
      await publish(index, 'g2', [runbook('b')]);
      await publish(index, 'g3', [runbook('c')]);
      await index.sweep();
      await expect(read(index, oldest)).rejects.toMatchObject({ code: 'index-empty' });
    });

    promise('publishing the same generation again changes nothing', async (index) => {
      const first = await publish(index, 'g1', [runbook('a')]);
      const second = await publish(index, 'g2', [runbook('b')]);
      await publish(index, 'g2', [runbook('b')]);
      await index.sweep();
      expect(await read(index, second)).toEqual([runbook('b')]);
      expect(await read(index, first)).toEqual([runbook('a')]);
    });

    promise('one document may be in many generations', async (index) => {
      const [same, changed] = [runbook('same'), runbook('changed')];
      await publish(index, 'g1', [same, changed]);
      const second = await publish(index, 'g2', [same, { ...changed, title: 'New title' }]);
      const third = await publish(index, 'g3', [same]);
      await index.sweep();
      expect((await read(index, second)).map((document) => document.title).sort()).toEqual(
        ['New title', same.title].sort(),
      );
      expect(await read(index, third)).toEqual([same]);
    });

    promise('a document of 30 sections has 30 sections after it was added twice', async (index) => {
      const sections = Array.from({ length: 30 }, (_, at) => ({ ...section(), text: `Section ${at}` }));
      const long = { ...runbook('long'), sections };
      await publish(index, 'g1', [long]);
      const again = await publish(index, 'g2', [{ ...long, title: 'New title' }]);
      const last = await publish(index, 'g3', [long]);
      await index.sweep();
      for (const generation of [again, last]) {
        const [found] = await read(index, generation);
        expect(found?.sections).toEqual(sections);
      }
    });

    promise('documents of 200 KB come back whole', async (index) => {
      const text = 'A line with "quotes", ünïcode, a tab\t and an emoji 🔥.\n'.repeat(4_000);
      const large = { ...runbook('large'), sections: [{ ...section(), text }] };
      const generation = await publish(index, 'g1', [large]);
      expect(text.length).toBeGreaterThan(200_000);
      expect(await read(index, generation)).toEqual([large]);
    });

    promise('holds thousands of documents', async (index) => {
      const documents = Array.from({ length: 2_500 }, (_, at) => ({ ...runbook(`many/${at}`), chunks: [] }));
      const generation = await publish(index, 'g1', documents);
      const ids = (await read(index, generation)).map((document) => document.id);
      expect(ids.sort()).toEqual(documents.map((document) => document.id).sort());
    });
  });

  describe(`${name}: documents and manifests`, () => {
    promise('adding documents returns their hashes in order, the same for the same document', async (index) => {
      const [a, b] = [runbook('a'), runbook('b')];
      const hashes = await index.addDocuments([a, b, a]);
      expect(hashes).toHaveLength(3);
      expect(hashes[2]).toBe(hashes[0]);
      expect(hashes[1]).not.toBe(hashes[0]);
      expect(await index.addDocuments([b])).toEqual([hashes[1]]);
      expect(await index.addDocuments([])).toEqual([]);
    });

    promise('documents that no manifest names are invisible', async (index) => {
      const generation = await publish(index, 'g1', [runbook('a')]);
      await index.addDocuments([runbook('b')]);
      expect(await read(index, generation)).toEqual([runbook('a')]);
    });

    promise('documents may be added a few at a time, and one manifest names them all', async (index) => {
      const documents = ['a', 'b', 'c'].map(runbook);
      const hashes: string[] = [];
      for (const document of documents) hashes.push(...(await index.addDocuments([document])));
      const generation = generationOf('g1', documents);
      await index.publish(generation, buildManifest(documents, hashes));
      expect(await read(index, generation)).toEqual(documents);
    });

    promise('the manifest comes back to the letter', async (index) => {
      const manifest: Manifest = { recipe: 'r1', files: [...buildManifest([runbook('a')], ['h']).files, unreadFile()] };
      const [hash = ''] = await index.addDocuments([runbook('a')]);
      manifest.files[0]!.documents[0]!.hash = hash;
      const generation = generationOf('g1', [runbook('a')]);
      await index.publish(generation, manifest);
      expect(await index.findManifest(generation)).toStrictEqual(manifest);
    });

    promise('a manifest of thousands of files comes back whole', async (index) => {
      const documents = Array.from({ length: 3_000 }, (_, at) => runbook(`many/${at}`));
      const hashes = documents.map((_, at) => `${at}`.padStart(40, 'f'));
      const generation = generationOf('g1', documents);
      await index.publish(generation, buildManifest(documents, hashes));
      expect(await index.findManifest(generation)).toEqual(buildManifest(documents, hashes));
    });

    promise('the manifest before is kept, and older ones are gone', async (index) => {
      const [first, second] = [await publish(index, 'g1', [runbook('a')]), await publish(index, 'g2', [runbook('b')])];
      expect((await index.findManifest(first))?.files).toHaveLength(1);
      await publish(index, 'g3', []);
      expect(await index.findManifest(first)).toBeUndefined();
      expect((await index.findManifest(second))?.files).toHaveLength(1);
      expect(await index.findManifest(generationOf('never', []))).toBeUndefined();
    });

    promise('publishing the served key again changes only the facts beside it', async (index) => {
      const before = await publish(index, 'g1', [runbook('a')]);
      const served = await publish(index, 'g2', [runbook('b')]);
      const [source] = served.sources;
      const moved = { ...served, sources: [{ ...source!, sha: 'f'.repeat(40), dirty: false }] };
      const manifest = { ...(await index.findManifest(served))!, recipe: 'newer' };
      await index.publish(moved, manifest);
      await index.sweep();
      expect(await index.findGeneration()).toEqual(moved);
      expect(await index.findManifest(served)).toEqual(manifest);
      expect(await read(index, served)).toEqual([runbook('b')]);
      expect(await read(index, before)).toEqual([runbook('a')]);
    });

    promise('a change taken back serves the old content again', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      await publish(index, 'g2', [runbook('b')]);
      await index.sweep();
      const again = await publish(index, 'g1', [runbook('a')]);
      await index.sweep();
      expect(await index.findGeneration()).toEqual(again);
      expect(await read(index, again)).toEqual([runbook('a')]);
    });

    promise('a run that ended before it published leaves the old served, and the next one completes', async (index) => {
      const old = await publish(index, 'g1', [runbook('a')]);
      await index.sweep();
      await index.exclusively(async () => {
        await addChunks(index, [runbook('b'), runbook('left')]);
        await index.addDocuments([runbook('b'), runbook('left')]);
      });
      expect(await index.findGeneration()).toEqual(old);
      expect(await read(index, old)).toEqual([runbook('a')]);
      const next = await publish(index, 'g2', [runbook('b')]);
      expect(await index.sweep()).toEqual({ chunks: 1, documents: 1 });
      expect(await read(index, next)).toEqual([runbook('b')]);
      const ids = ['a', 'b', 'left'].map(chunkIdOf);
      expect(await index.listMissing('runbook', MODEL, ids)).toEqual([chunkIdOf('left')]);
    });
  });

  describe(`${name}: vectors`, () => {
    promise('the nearest chunks come best first, with their cosine similarity', async (index) => {
      await index.addChunks('runbook', MODEL, [
        chunk('near', [0.8, 0.6, 0, 0]),
        chunk('far', [0, 0, 1, 0]),
        chunk('same', [1, 0, 0, 0]),
      ]);
      const matches = await index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 2);
      expect(matches.map((match) => match.chunkId)).toEqual(['same', 'near']);
      expect(matches[0]!.similarity).toBeCloseTo(1, 3);
      expect(matches[1]!.similarity).toBeCloseTo(0.8, 3);
    });

    promise('opposite vectors have a similarity of -1', async (index) => {
      await index.addChunks('runbook', MODEL, [chunk('opposite', [-1, 0, 0, 0])]);
      const [match] = await index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 1);
      expect(match!.similarity).toBeCloseTo(-1, 3);
    });

    promise('fewer chunks than asked for is all there are', async (index) => {
      await index.addChunks('runbook', MODEL, [chunk('only', [1, 0, 0, 0])]);
      expect(await index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 50)).toHaveLength(1);
    });

    promise('kinds never mix', async (index) => {
      await index.addChunks('runbook', MODEL, [chunk('r', [1, 0, 0, 0])]);
      await index.addChunks('incident', MODEL, [chunk('i', [1, 0, 0, 0])]);
      const found = await index.nearest('incident', MODEL, unit(1, 0, 0, 0), 10);
      expect(found.map((match) => match.chunkId)).toEqual(['i']);
    });

    promise('a kind without any chunk is empty, not an error', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      expect(await index.nearest('service', MODEL, unit(1, 0, 0, 0), 5)).toEqual([]);
    });

    promise('asking an index that never held anything is index-empty', async (index) => {
      await expect(index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 5)).rejects.toMatchObject({ code: 'index-empty' });
    });

    promise('a generation of another model is refused with index-model-mismatch', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      expect((await index.findGeneration())?.model).toEqual(MODEL);
      const asking = index.nearest('runbook', OTHER_MODEL, unit(1, 0, 0, 0, 0, 0, 0, 0), 5);
      await expect(asking).rejects.toMatchObject({
        code: 'index-model-mismatch',
        message: expect.stringContaining('precedent ingest'),
      });
    });

    promise('the same model with other weights is another model', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      const asking = index.nearest('runbook', { ...MODEL, checksum: 'changed' }, unit(1, 0, 0, 0), 5);
      await expect(asking).rejects.toMatchObject({ code: 'index-model-mismatch' });
    });

    promise('two models live side by side until the first is swept', async (index) => {
      await publish(index, 'g1', [runbook('a')], MODEL);
      await publish(index, 'g2', [runbook('a')], OTHER_MODEL);
      await index.sweep();
      expect(await index.nearest('runbook', MODEL, axis(MODEL), 5)).toHaveLength(1);
      await publish(index, 'g3', [runbook('b')], OTHER_MODEL);
      await index.sweep();
      await expect(index.nearest('runbook', MODEL, axis(MODEL), 5)).rejects.toMatchObject({
        code: 'index-model-mismatch',
      });
      expect(await index.nearest('runbook', OTHER_MODEL, axis(OTHER_MODEL), 5)).toHaveLength(2);
    });

    promise('says which vectors are missing, in the order of the question', async (index) => {
      expect(await index.listMissing('runbook', MODEL, ['x', 'y'])).toEqual(['x', 'y']);
      await index.addChunks('runbook', MODEL, [chunk('y', [1, 0, 0, 0])]);
      expect(await index.listMissing('runbook', MODEL, ['z', 'y', 'x'])).toEqual(['z', 'x']);
      expect(await index.listMissing('incident', MODEL, ['y'])).toEqual(['y']);
      expect(await index.listMissing('runbook', OTHER_MODEL, ['y'])).toEqual(['y']);
      expect(await index.listMissing('runbook', MODEL, [])).toEqual([]);
    });

    promise('adding a chunk again, or none at all, is no mistake', async (index) => {
      await index.addChunks('runbook', MODEL, []);
      await index.addChunks('runbook', MODEL, [chunk('x', [1, 0, 0, 0])]);
      await index.addChunks('runbook', MODEL, [chunk('x', [1, 0, 0, 0]), chunk('y', [0, 1, 0, 0])]);
      expect(await index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 10)).toHaveLength(2);
    });

    promise('takes more chunks in one call than any server takes in one request', async (index) => {
      const chunks = Array.from({ length: 6_000 }, (_, at) => chunk(`c${at}`, [Math.cos(at), Math.sin(at), 0, 0]));
      await index.addChunks('runbook', MODEL, chunks);
      const ids = chunks.map(({ id }) => id);
      expect(await index.listMissing('runbook', MODEL, [...ids, 'absent'])).toEqual(['absent']);
    });

    for (const [fault, vector] of [
      ['NaN', [Number.NaN, 0, 0, 0]],
      ['infinity', [Number.POSITIVE_INFINITY, 0, 0, 0]],
      ['too few numbers', [1, 0, 0]],
      ['too many numbers', [1, 0, 0, 0, 0]],
      ['a length other than one', [0.5, 0, 0, 0]],
      ['no direction', [0, 0, 0, 0]],
    ] as const) {
      promise(`a vector with ${fault} is refused, and with it the whole call`, async (index) => {
        const adding = index.addChunks('runbook', MODEL, [chunk('good', [1, 0, 0, 0]), chunk('bad', vector)]);
        await expect(adding).rejects.toMatchObject({ code: 'input-invalid' });
        expect(await index.listMissing('runbook', MODEL, ['good', 'bad'])).toEqual(['good', 'bad']);
      });
    }

    promise('a query of the wrong length is refused', async (index) => {
      await index.addChunks('runbook', MODEL, [chunk('x', [1, 0, 0, 0])]);
      await expect(index.nearest('runbook', MODEL, unit(1, 0, 0), 5)).rejects.toMatchObject({ code: 'input-invalid' });
    });
  });

  describe(`${name}: sweeping`, () => {
    promise('chunks of no generation are swept, those of the last two stay', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      await publish(index, 'g2', [runbook('b')]);
      await publish(index, 'g3', [runbook('c')]);
      await addChunks(index, [runbook('orphan')]);
      expect(await index.sweep()).toMatchObject({ chunks: 2 });
      const ids = ['a', 'b', 'c', 'orphan'].map(chunkIdOf);
      expect(await index.listMissing('runbook', MODEL, ids)).toEqual([chunkIdOf('a'), chunkIdOf('orphan')]);
    });

    promise('a chunk that an old and a new document share stays', async (index) => {
      const shared = runbook('shared');
      await publish(index, 'g1', [shared]);
      await publish(index, 'g2', [{ ...shared, id: 'renamed' }]);
      await publish(index, 'g3', [{ ...shared, id: 'renamed-again' }]);
      await index.sweep();
      expect(await index.listMissing('runbook', MODEL, [chunkIdOf('shared')])).toEqual([]);
    });

    promise('sweeping twice, or an empty index, sweeps nothing', async (index) => {
      expect(await index.sweep()).toEqual({ chunks: 0, documents: 0 });
      for (const id of ['a', 'b', 'c']) await publish(index, id, [runbook(id)]);
      expect((await index.sweep()).documents).toBeGreaterThan(0);
      expect(await index.sweep()).toEqual({ chunks: 0, documents: 0 });
    });
  });

  describe(`${name}: sweeping again`, () => {
    promise('what a later turn adds is swept, too', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      for (const orphan of ['x', 'y']) {
        await index.exclusively(() => addChunks(index, [runbook(orphan)]));
        expect(await index.exclusively(() => index.sweep())).toEqual({ chunks: 1, documents: 0 });
        await index.exclusively(() => index.addDocuments([runbook(orphan)]));
        expect(await index.exclusively(() => index.sweep())).toEqual({ chunks: 0, documents: 1 });
      }
    });

    promise('what is added after a sweep in the same turn is swept by the next', async (index) => {
      await publish(index, 'g1', [runbook('a')]);
      await index.exclusively(async () => {
        await addChunks(index, [runbook('x')]);
        expect(await index.sweep()).toMatchObject({ chunks: 1 });
        await addChunks(index, [runbook('y')]);
        expect(await index.sweep()).toMatchObject({ chunks: 1 });
      });
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('answers a ping', async (index) => {
      await expect(index.ping()).resolves.toBeUndefined();
    });

    promise('lets writers take turns, and goes on after one that failed', async (index) => {
      const log: string[] = [];
      const turn = (name: string) => async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 10));
        log.push(`${name} ends`);
        if (name === 'first') throw new Error('the first failed');
      };
      const turns = [index.exclusively(turn('first')), index.exclusively(turn('second'))];
      await expect(turns[0]).rejects.toThrow('the first failed');
      await turns[1];
      expect(log).toHaveLength(4);
      for (const at of [0, 2]) expect(log[at]?.split(' ')[0]).toBe(log[at + 1]?.split(' ')[0]);
    });

    promise('does nothing once its caller has given up', async (index) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(index.addChunks('runbook', MODEL, [chunk('x', [1, 0, 0, 0])], given)).rejects.toThrow('given up');
      await expect(index.addDocuments([runbook('a')], given)).rejects.toThrow('given up');
      await expect(index.publish(generationOf('g1', []), buildManifest([], []), given)).rejects.toThrow('given up');
      expect(await index.findGeneration()).toBeUndefined();
      expect(await index.listMissing('runbook', MODEL, ['x'])).toEqual(['x']);
    });

    promise('does not notice when its caller changes a vector later', async (index) => {
      const vector = unit(1, 0, 0, 0);
      await index.addChunks('runbook', MODEL, [{ id: 'x', text: 'x', vector }]);
      vector.fill(0);
      const [match] = await index.nearest('runbook', MODEL, unit(1, 0, 0, 0), 1);
      expect(match!.similarity).toBeCloseTo(1, 3);
    });

    it('a closed index is unavailable', async () => {
      const index = await open();
      await index[Symbol.asyncDispose]();
      await expect(index.ping()).rejects.toMatchObject({ code: 'index-unavailable' });
    });
  });
}

async function publish(
  index: KnowledgeIndex,
  key: string,
  documents: readonly KnowledgeDocument[],
  model = MODEL,
): Promise<Generation> {
  await addChunks(index, documents, model);
  const generation = generationOf(key, documents, model);
  await publishDocuments(index, generation, documents);
  return generation;
}

async function addChunks(index: KnowledgeIndex, documents: readonly KnowledgeDocument[], model = MODEL): Promise<void> {
  for (const document of documents) {
    const embedded = document.chunks.map(({ id, text }) => ({ id, text, vector: axis(model) }));
    await index.addChunks(document.kind, model, embedded);
  }
}

/** Sorted by id, because the port promises no order. */
async function read(index: KnowledgeIndex, generation: Generation): Promise<KnowledgeDocument[]> {
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  return documents.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function generationOf(key: string, documents: readonly KnowledgeDocument[], model = MODEL): Generation {
  const chunks = documents.reduce((sum, document) => sum + document.chunks.length, 0);
  return buildGeneration({ key, model, documents: documents.length, chunks });
}

function runbook(id: string): Runbook {
  return { kind: 'runbook', ...fieldsOf(id), validated: '2026-02-01' };
}

function incident(): Incident {
  return {
    kind: 'incident',
    ...fieldsOf('2026/2026-03-01-queue'),
    date: '2026-03-01',
    category: 'load-spike',
    rootCause: { service: 'web', summary: 'Too many "requests" — три times as many' },
    signals: ['trace web handle-request latency'],
  };
}

function fieldsOf(id: string) {
  return {
    id,
    title: `Title of ${id}`,
    services: ['web'],
    alerts: ['High'],
    tags: ['a, b', 'c'],
    sections: [section()],
    steps: [{ text: 'Scale up', commands: ['kubectl scale \\\n  --replicas=3'], source: section().source }],
    chunks: [chunkOf(id)],
    source: section().source,
  };
}

function unreadFile(): Manifest['files'][number] {
  return {
    path: 'runbooks/huge.md',
    source: 'ops',
    unread: { status: 'skipped', reason: 'larger than 5 MB' },
    problems: [{ path: 'runbooks/huge.md', line: 1, message: 'too “large”' }],
    redacted: { email: 2 },
    documents: [],
    reusable: false,
  };
}

function section() {
  const source = { path: 'runbooks/x.md', line: 3, endLine: 4, headingPath: ['Mitigation', 'Now'], sha: 'f00d' };
  return { role: 'mitigation' as const, text: '- Scale up\n- Wait', source };
}

function chunkIdOf(id: string): string {
  return `chunk-${id}`;
}

function chunkOf(id: string): Chunk {
  return { id: chunkIdOf(id), text: `Text of ${id}`, header: `Title of ${id}`, source: section().source };
}

function chunk(id: string, vector: readonly number[]): EmbeddedChunk {
  return { id, text: `Text of ${id}`, vector: Float32Array.from(vector) };
}

function unit(...values: number[]): Float32Array {
  return Float32Array.from(values);
}

function axis(model: EmbeddingModel): Float32Array {
  return Float32Array.from({ length: model.dimension }, (_, at) => (at === 0 ? 1 : 0));
}
