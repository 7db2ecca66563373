import type { DocumentKind } from '../../domain/document.ts';
import type { EmbeddingModel } from '../../domain/generation.ts';
import type { KnowledgeIndex } from '../../ports.ts';
import type { Knowledge, Placement } from './knowledge.ts';

/**
 * Chunks asked for, however many documents are wanted: several chunks of one document often stand next to each other,
 * and the worst chunk found is what min–max scaling calls 0, so it must be a stranger. One depth for all, because the
 * order of the first results must not depend on how many more were asked for.
 */
const FETCH = 200;

/** Where a filter leaves most of them out; filtering inside the index is slower than asking for more. */
const FETCH_NARROW = 1_000;

export interface DenseMatch {
  /** Cosine similarity of the document's best chunk. */
  readonly similarity: number;
  readonly placement: Placement;
}

/** The nearest documents of a kind by their best chunk. Chunks of other generations are not ours and are ignored. */
export async function searchDense(
  query: {
    readonly vector: Float32Array;
    readonly model: EmbeddingModel;
    readonly kind: DocumentKind;
    /** Whether most of what is near may not answer. */
    readonly isNarrow?: boolean;
  },
  knowledge: Pick<Knowledge, 'placements'>,
  { index }: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  signal?: AbortSignal,
): Promise<Map<string, DenseMatch>> {
  const fetch = query.isNarrow ? FETCH_NARROW : FETCH;
  const matches = await index.nearest(query.kind, query.model, query.vector, fetch, signal);
  const best = new Map<string, DenseMatch>();
  for (const { chunkId, similarity } of matches) {
    for (const placement of knowledge.placements.get(chunkId) ?? []) {
      if (placement.document.kind !== query.kind || best.has(placement.key)) continue;
      best.set(placement.key, { similarity, placement });
    }
  }
  return best;
}
