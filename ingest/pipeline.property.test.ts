import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_KINDS, type KnowledgeDocument } from '../src/domain/document.ts';
import type { Manifest } from '../src/domain/manifest.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import { createGitFolder, type GitFolder } from '../src/testing/git-folder.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import type { KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { type IngestContext, ingest } from './pipeline.ts';
import { createPreparer } from './prepare.ts';

const PATHS = [
  'runbooks/web/High.md',
  'runbooks/web/High.markdown',
  'runbooks/web/Low.md',
  'incidents/2026/2026-01-02-slow.md',
  'postmortems/2026/2026-01-02-slow.md',
  'runbooks/not-read.png',
  'topology/shop.yaml',
];

/** Versions share most of their sections, and some share their whole text. */
function contentFor(path: string, version: number): string {
  if (path.endsWith('.yaml'))
    return `system: shop\nservices:\n  - name: s${version}\n    dependsOn: [db]\n  - name: common\n    tier: ${version}\n`;
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
  | { readonly kind: 'commit' | 'clean' | 'go back' };

const anyPath = fc.constantFrom(...PATHS);
const prose = fc.constantFrom(...PATHS.filter((path) => !path.endsWith('.yaml')));
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      path: anyPath,
      version: fc.integer({ min: 0, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), from: prose, to: prose }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: anyPath }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('commit', 'clean', 'go back'),
    }) as fc.Arbitrary<Edit>,
  },
);

/** Most edits are ingested at once, some together with the next. */
const anyStep = fc.record({ edit: anyEdit, ingested: fc.integer({ min: 0, max: 3 }).map((die) => die > 0) });

/** Deleting or moving what is not there is no edit at all. */
async function apply(edit: Edit, folder: GitFolder): Promise<void> {
  if (edit.kind === 'write') await folder.write(edit.path, contentFor(edit.path, edit.version));
  else if (edit.kind === 'move') await folder.move(edit.from, edit.to).catch(() => {});
  else if (edit.kind === 'remove') await folder.remove(edit.path).catch(() => {});
  else if (edit.kind === 'commit') await folder.commit();
  else if (edit.kind === 'clean') await folder.git('clean', '--quiet', '--force', '-d');
  else if (edit.kind === 'go back') {
    await folder.commit();
    await folder.git('revert', '--no-edit', 'HEAD').catch(() => folder.git('revert', '--abort').catch(() => ''));
  }
}

const prepare = createPreparer({ redact: async (text) => ({ text, counts: {} }) });

function openWorkshop() {
  return { index: createMemoryIndex(), embedder: createHashEmbedder(), prepare };
}

async function ingestFrom(folder: KnowledgeFolder, context: IngestContext): Promise<void> {
  const state = { name: '', kind: 'directory' as const, location: folder.path };
  const checkout = { name: '', root: folder.path, globs: {}, pageKind: undefined, state, problem: undefined };
  const now = () => new Date('2026-03-01T10:00:00Z');
  await ingest({ open: async () => [checkout], recipe: 'plain', now }, context);
}

interface Seen {
  readonly documents: readonly KnowledgeDocument[];
  readonly key: string | undefined;
  readonly manifest: Manifest | undefined;
  /** For every kind what a search would find, as long as the served generation names it. */
  readonly found: unknown;
}

/** Everything that a reader of the index can see, and the next ingest builds upon. */
async function look(index: KnowledgeIndex): Promise<Seen> {
  const generation = await index.findGeneration();
  if (generation === undefined) return { documents: [], key: undefined, manifest: undefined, found: [] };
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  documents.sort((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1));
  const [vector] = await createHashEmbedder().embed(['common thing word1'], 'query');
  const found = await Promise.all(
    DOCUMENT_KINDS.map(async (kind) => {
      const ofKind = documents.filter((document) => document.kind === kind);
      const own = new Set(ofKind.flatMap(({ chunks }) => chunks.map(({ id }) => id)));
      expect(await index.listMissing(kind, generation.model, [...own])).toEqual([]);
      return (await index.nearest(kind, generation.model, vector!, 1_000)).filter(({ chunkId }) => own.has(chunkId));
    }),
  );
  return { documents, key: generation.key, manifest: await index.findManifest(generation), found };
}

/** What a sweep finds that cannot know whether there is anything to find. */
async function sweepAgain(index: KnowledgeIndex) {
  const { model } = (await index.findGeneration())!;
  await index.addChunks('runbook', model, []);
  return index.sweep();
}

describe('whatever was edited, renamed, deleted, committed and taken back', () => {
  it('the index is the one that a fresh ingest makes, and nothing is left behind', async () => {
    // Two pairs of them have the same id.
    const files = Object.fromEntries(PATHS.map((path) => [path, contentFor(path, 1)]));
    await using folder = await createGitFolder({ ...files, 'runbooks/always.md': '# Always\n\nHere.\n' });
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 24 }), async (edits) => {
        await folder.startOver();
        const workshop = openWorkshop();
        for (const { edit, ingested } of edits) {
          await apply(edit, folder);
          if (ingested) await ingestFrom(folder, workshop);
        }
        await ingestFrom(folder, workshop);
        const fresh = openWorkshop();
        await ingestFrom(folder, fresh);
        expect(await look(workshop.index)).toEqual(await look(fresh.index));
        expect(await sweepAgain(workshop.index)).toEqual({ chunks: 0, documents: 0 });
      }),
      { numRuns: 100 },
    );
  });
});
