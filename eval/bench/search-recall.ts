import type { DocumentKind } from '../../src/domain/document.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import type { RawChroma } from './search-chroma.ts';

const NEAREST = 10;
/** Two chunks that are equally near are equally right. */
const TIE = 1e-6;

export interface Recall {
  readonly mean: number;
  readonly worst: number;
  readonly questions: number;
}

/** Of the ten nearest chunks by brute force, how many does the index find among its first ten? */
export async function measureRecall(
  { index, model, chroma }: { readonly index: KnowledgeIndex; readonly model: Embedder; readonly chroma: RawChroma },
  kind: DocumentKind,
  texts: readonly string[],
  limit: number,
): Promise<Recall> {
  const stored = await chroma.readVectors(kind);
  const description = await model.describe();
  const found: number[] = [];
  for (const text of texts) {
    const [vector] = await model.embed([text], 'query');
    if (!vector) throw new Error('a text without a vector');
    const matches = await index.nearest(kind, description, vector, limit);
    const ids = matches.slice(0, NEAREST).map(({ chunkId }) => chunkId);
    found.push(recallOf(ids, vector, stored));
  }
  const mean = found.reduce((sum, share) => sum + share, 0) / found.length;
  return { mean, worst: Math.min(...found), questions: found.length };
}

/** Share of the nearest that are among `ids`. */
export function recallOf(
  ids: readonly string[],
  query: Float32Array,
  stored: ReadonlyMap<string, Float32Array>,
): number {
  const similarities = Float64Array.from(stored.values(), (vector) => dot(query, vector)).sort();
  const wanted = Math.min(NEAREST, similarities.length);
  const lowest = similarities[similarities.length - wanted] ?? 1;
  const right = ids.filter((id) => {
    const vector = stored.get(id);
    return vector !== undefined && dot(query, vector) >= lowest - TIE;
  });
  return Math.min(wanted, right.length) / wanted;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
