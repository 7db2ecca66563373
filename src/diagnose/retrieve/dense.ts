import type { DocumentKind } from '../../domain/document.ts';
import type { EmbeddingModel } from '../../domain/generation.ts';
import type { KnowledgeIndex } from '../../ports.ts';
import { type Knowledge, keyOf, type Placement } from './knowledge.ts';

/**
 * Chunks asked for, however many documents are wanted: several chunks of one document often stand next to each other,
 * and the worst chunk found is what min–max scaling calls 0, so it must be a stranger. One depth for all, because the
 * order of the first results must not depend on how many more were asked for.
 */
const FETCH = 200;

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
  },
  knowledge: Knowledge,
  { index }: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  signal?: AbortSignal,
): Promise<Map<string, DenseMatch>> {
  const matches = await index.nearest(query.kind, query.model, query.vector, FETCH, signal);
  const best = new Map<string, DenseMatch>();
  for (const { chunkId, similarity } of matches) {
    for (const placement of knowledge.placements.get(chunkId) ?? []) {
      if (placement.document.kind !== query.kind) continue;
      const key = keyOf(placement.document);
      if (!best.has(key)) best.set(key, { similarity, placement });
    }
  }
  return best;
}
