import { isPrecedentError, PrecedentError } from '../../domain/errors.ts';
import { type EmbeddingModel, isSameModel } from '../../domain/generation.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Embedder, KnowledgeIndex } from '../../ports.ts';
import { buildKnowledge, type Knowledge } from './knowledge.ts';

/** How long a loaded generation is served before the pointer is looked at again. */
const FRESH_MS = 1_000;

export interface KnowledgeReader {
  /**
   * The served generation, loaded; while the index is away, the one loaded last. Errors: `index-empty`,
   * `index-model-mismatch`, `index-unavailable` when nothing was loaded yet.
   */
  current(signal?: AbortSignal): Promise<Knowledge>;
  /** What was loaded last; undefined as long as nothing was. */
  findLoaded(): Knowledge | undefined;
}

/** Keeps one generation in memory and follows the pointer: a request sees one whole generation, a later one the next. */
export function createKnowledgeReader(ports: {
  readonly index: KnowledgeIndex;
  readonly embedder: Pick<Embedder, 'describe'>;
  readonly elapsed: () => number;
}): KnowledgeReader {
  let loaded: { knowledge: Knowledge; checkedAt: number } | undefined;
  let loading: Promise<Knowledge> | undefined;

  async function refresh(): Promise<Knowledge> {
    const [generation, model] = await Promise.all([ports.index.findGeneration(), ports.embedder.describe()]);
    if (!generation) throw new PrecedentError('index-empty', 'no knowledge is published yet: run `precedent ingest`');
    assertSameModel(generation.model, model);
    const isCurrent = loaded?.knowledge.generation.key === generation.key;
    // The sources may have moved on while the content stayed.
    const knowledge = isCurrent && loaded ? { ...loaded.knowledge, generation } : await loadOrFollow(generation);
    loaded = { knowledge, checkedAt: ports.elapsed() };
    return knowledge;
  }

  /** Two publishes during one long load take away what is being loaded: then the pointer leads to another. */
  async function loadOrFollow(generation: Knowledge['generation']): Promise<Knowledge> {
    try {
      return await loadKnowledge(ports.index, generation);
    } catch (error) {
      const next = isPrecedentError(error, 'index-empty') ? await ports.index.findGeneration() : undefined;
      if (next === undefined || next.key === generation.key) throw error;
      assertSameModel(next.model, await ports.embedder.describe());
      return loadKnowledge(ports.index, next);
    }
  }

  /** Documents and topology can be read without the index; whoever queries it learns there that it is away. */
  function serveLoaded(error: unknown): Knowledge {
    if (!loaded || !isPrecedentError(error, 'index-unavailable')) throw error;
    loaded = { ...loaded, checkedAt: ports.elapsed() };
    return loaded.knowledge;
  }

  return {
    findLoaded: () => loaded?.knowledge,
    async current(signal) {
      if (loaded && ports.elapsed() - loaded.checkedAt < FRESH_MS) return loaded.knowledge;
      // One load serves all who wait; it outlives the impatience of the one who asked first.
      loading ??= refresh()
        .catch(serveLoaded)
        .finally(() => {
          loading = undefined;
        });
      return signal ? untilAborted(loading, signal) : loading;
    },
  };
}

/** A generation whole, whether it is the one being served or the one before. */
export async function loadKnowledge(
  index: Pick<KnowledgeIndex, 'readDocuments'>,
  generation: Knowledge['generation'],
): Promise<Knowledge> {
  const documents = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  return buildKnowledge(generation, documents);
}

function assertSameModel(indexed: EmbeddingModel, configured: EmbeddingModel): void {
  if (isSameModel(indexed, configured)) return;
  throw new PrecedentError(
    'index-model-mismatch',
    `the index was built with ${describe(indexed)}, but ${describe(configured)} is configured: ` +
      'run `precedent ingest` to embed the knowledge again, or set EMBEDDING_MODEL back',
  );
}

function describe({ id, dimension, checksum }: EmbeddingModel): string {
  return `${id} (${dimension} dimensions, ${checksum.slice(0, 8)})`;
}
