import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_KINDS, type KnowledgeDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { Embedder, KnowledgeIndex } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { ingest } from './pipeline.ts';

const now = () => new Date('2026-03-01T10:00:00Z');

const PATHS = [
  'runbooks/web/High.md',
  'runbooks/web/Low.md',
  'runbooks/Other.md',
  'incidents/2026/2026-01-02-slow.md',
  'incidents/2026/2026-01-03-slow.md',
  'postmortems/2026/2026-01-02-slow.md',
  'topology/shop.yaml',
];

function contentFor(path: string, version: number): string {
  if (path.endsWith('.yaml'))
    return `system: shop\nservices:\n  - name: s${version}\n  - name: common\n    tier: ${version}\n`;
  const parts = Array.from(
    { length: version + 1 },
    (_, at) => `## Part ${at}\n\nCommon words and word${version - at}.\n`,
  );
  return `# Title ${version % 2}\n\n${parts.join('\n')}\n## Mitigation\n\n1. Do thing ${version}\n`;
}

/** What a team does to its knowledge between two ingests. */
type Edit =
  | { readonly kind: 'write'; readonly path: string; readonly version: number }
  | { readonly kind: 'move'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'ingest' };

const anyPath = fc.constantFrom(...PATHS);
const prose = fc.constantFrom(...PATHS.filter((path) => path.endsWith('.md')));
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path: anyPath, version: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('move' as const), from: prose, to: prose }),
  fc.record({ kind: fc.constant('remove' as const), path: anyPath }),
  fc.constant({ kind: 'ingest' as const }),
);

/** Deleting or moving what is not there is no edit at all. */
async function apply(edit: Edit, folder: KnowledgeFolder): Promise<void> {
  if (edit.kind === 'write') await folder.write(edit.path, contentFor(edit.path, edit.version));
  else if (edit.kind === 'move') await folder.move(edit.from, edit.to).catch(() => {});
  else if (edit.kind === 'remove') await folder.remove(edit.path).catch(() => {});
}

interface Seen {
  readonly documents: readonly KnowledgeDocument[];
  readonly key: string | undefined;
  /** For every kind what a search would find, as long as the served generation names it. */
  readonly found: unknown;
}

/** Everything that a reader of the index can see. */
async function look(index: KnowledgeIndex): Promise<Seen> {
  const generation = await index.findGeneration();
  if (generation === undefined) return { documents: [], key: undefined, found: [] };
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  documents.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
  const [vector] = await createHashEmbedder().embed(['common thing word1'], 'query');
  const found = await Promise.all(
    DOCUMENT_KINDS.map(async (kind) => {
      const own = new Set(
        documents.filter((document) => document.kind === kind).flatMap(({ chunks }) => chunks.map(({ id }) => id)),
      );
      expect(await index.listMissing(kind, generation.model, [...own])).toEqual([]);
      return (await index.nearest(kind, generation.model, vector!, 1_000)).filter(({ chunkId }) => own.has(chunkId));
    }),
  );
  return { documents, key: generation.key, found };
}

const lookAtFresh = async (folder: KnowledgeFolder): Promise<Seen> => {
  const fresh = createMemoryIndex();
  await ingest({ knowledgeDir: folder.path, now }, { index: fresh, embedder: createHashEmbedder() });
  return look(fresh);
};

describe('whatever was edited, renamed and deleted', () => {
  it('the index is the one that a fresh ingest makes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 14 }), async (edits) => {
        await using folder = await createKnowledgeFolder({ 'runbooks/always.md': '# Always\n\nHere.\n' });
        const workshop = { index: createMemoryIndex(), embedder: createHashEmbedder() };
        for (const edit of [...edits, { kind: 'ingest' as const }]) {
          if (edit.kind === 'ingest') await ingest({ knowledgeDir: folder.path, now }, workshop);
          else await apply(edit, folder);
        }
        expect(await look(workshop.index)).toEqual(await lookAtFresh(folder));
      }),
      { numRuns: 60 },
    );
  });
});

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

async function prepare() {
  const folder = await createKnowledgeFolder(Object.fromEntries(PATHS.map((path) => [path, contentFor(path, 1)])));
  const workshop = { index: createMemoryIndex(), embedder: createHashEmbedder({ maxBatch: 2 }) };
  for (const version of [1, 2]) {
    await folder.write('runbooks/web/High.md', contentFor('runbooks/web/High.md', version));
    await ingest({ knowledgeDir: folder.path, now }, workshop);
  }
  const before = await look(workshop.index);
  for (const path of PATHS.slice(0, 4)) await folder.write(path, contentFor(path, 3));
  await folder.remove('topology/shop.yaml');
  return { folder, workshop, before };
}

type Workshop = { readonly index: KnowledgeIndex; readonly embedder: Embedder };

/** Runs with a workshop that dies ever later, until one lives to the end; returns how many have died. */
async function dieEverywhere(breakIt: (workshop: Workshop, n: number) => Workshop): Promise<number> {
  for (let n = 1; ; n++) {
    const { folder, workshop, before } = await prepare();
    await using _ = folder;
    const fresh = await lookAtFresh(folder);
    const died = await ingest({ knowledgeDir: folder.path, now }, breakIt(workshop, n)).then(
      () => false,
      () => true,
    );
    if (!died) return n - 1;
    const now_ = await look(workshop.index);
    expect([before.key, fresh.key]).toContain(now_.key);
    expect(now_).toEqual(now_.key === before.key ? before : fresh);
    await ingest({ knowledgeDir: folder.path, now }, workshop);
    expect(await look(workshop.index)).toEqual(fresh);
  }
}

describe('a crash leaves the old generation served, and the next run completes', () => {
  it('whenever the index goes away', async () => {
    expect(
      await dieEverywhere(({ index, embedder }, n) => ({ index: dyingAt(index, n), embedder })),
    ).toBeGreaterThanOrEqual(6);
  });

  it('whenever the embedder goes away, and takes up the vectors that were stored already', async () => {
    expect(
      await dieEverywhere(({ index, embedder }, n) => ({ index, embedder: dyingAt(embedder, n) })),
    ).toBeGreaterThanOrEqual(3);
  });

  it('nothing is left behind once two more generations have passed', async () => {
    const { folder, workshop } = await prepare();
    await using _ = folder;
    await ingest({ knowledgeDir: folder.path, now }, { ...workshop, index: dyingAt(workshop.index, 5) }).catch(
      () => {},
    );
    await ingest({ knowledgeDir: folder.path, now }, workshop);
    await folder.write('runbooks/one-more.md', '# One more\n\nText.\n');
    await ingest({ knowledgeDir: folder.path, now }, workshop);
    expect(await workshop.index.sweep()).toEqual({ chunks: 0, documents: 0 });
  });
});
