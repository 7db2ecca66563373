import type { DocumentKind } from '../../domain/document.ts';
import type { EmbeddingModel } from '../../domain/generation.ts';
import type { KnowledgeIndex } from '../../ports.ts';
import { type Knowledge, keyOf, type Placement } from './knowledge.ts';

/** Chunks asked for, per document wanted: several chunks of one document often stand next to each other. */
const OVER_FETCH = 6;
const MIN_FETCH = 60;

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
    readonly k: number;
  },
  knowledge: Knowledge,
  { index }: { readonly index: Pick<KnowledgeIndex, 'nearest'> },
  signal?: AbortSignal,
): Promise<Map<string, DenseMatch>> {
  const wanted = Math.max(MIN_FETCH, query.k * OVER_FETCH);
  const matches = await index.nearest(query.kind, query.model, query.vector, wanted, signal);
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
