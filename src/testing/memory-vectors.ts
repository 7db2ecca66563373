import { DOCUMENT_KINDS, type DocumentKind } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type EmbeddingModel, type Generation, isSameModel } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ChunkMatch, EmbeddedChunk } from '../ports.ts';

/** Vectors of one kind by one model. Nothing is ever compared across two of these. */
interface Collection {
  readonly kind: DocumentKind;
  readonly model: EmbeddingModel;
  readonly vectors: Map<string, Float32Array>;
}

/** All vectors, by kind and model. */
export type Collections = Map<string, Collection>;

export function listMissing(
  collections: Collections,
  kind: DocumentKind,
  model: EmbeddingModel,
  ids: readonly string[],
): string[] {
  const known = collections.get(collectionKey(kind, model));
  return ids.filter((id) => !known?.vectors.has(id));
}

export function findNearest(
  collections: Collections,
  served: Generation | undefined,
  kind: DocumentKind,
  model: EmbeddingModel,
  vector: Float32Array,
  k: number,
): ChunkMatch[] {
  const collection = collections.get(collectionKey(kind, model));
  if (collection === undefined) return findNothing(collections, served, model);
  assertUnit(vector, model, 'the query');
  return [...collection.vectors]
    .map(([chunkId, stored]) => ({ chunkId, similarity: dot(stored, vector) }))
    .sort((a, b) => b.similarity - a.similarity || (a.chunkId < b.chunkId ? -1 : 1))
    .slice(0, k);
}

/** No vectors of this kind is a fact when the model is the right one, and a mistake when it is not. */
function findNothing(collections: Collections, served: Generation | undefined, model: EmbeddingModel): ChunkMatch[] {
  const models = [...collections.values()].map((collection) => collection.model);
  const [other] = served === undefined ? models : [served.model];
  if (models.some((known) => isSameModel(known, model)) || (served && isSameModel(served.model, model))) return [];
  if (other === undefined) throw new PrecedentError('index-empty', 'nothing is indexed yet: run `precedent ingest`');
  throw new PrecedentError(
    'index-model-mismatch',
    `the index holds vectors of ${other.id}, not of ${model.id}: run \`precedent ingest\` to make them anew`,
  );
}

/** All of them are checked before the first is stored. */
export function addVectors(
  collections: Collections,
  kind: DocumentKind,
  model: EmbeddingModel,
  chunks: readonly EmbeddedChunk[],
): void {
  for (const { id, vector } of chunks) assertUnit(vector, model, `chunk ${id}`);
  if (chunks.length === 0) return;
  const key = collectionKey(kind, model);
  const collection = collections.get(key) ?? { kind, model, vectors: new Map() };
  collections.set(key, collection);
  for (const { id, vector } of chunks) collection.vectors.set(id, Float32Array.from(vector));
}

/** Float32 rounding over a thousand dimensions stays well below this. */
const NORM_TOLERANCE = 1e-3;

function assertUnit(vector: Float32Array, model: EmbeddingModel, owner: string): void {
  const norm = Math.sqrt(dot(vector, vector));
  if (vector.length === model.dimension && Math.abs(norm - 1) <= NORM_TOLERANCE) return;
  const found = vector.length === model.dimension ? `length ${norm}` : `${vector.length} dimensions`;
  const message = `${owner}: its vector has ${found}, but ${model.id} makes unit vectors of ${model.dimension} dimensions`;
  throw new PrecedentError('input-invalid', message);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Deletes the vectors that none of these generations names; returns how many went. */
export function sweepVectors(
  collections: Collections,
  kept: readonly { readonly generation: Generation; readonly manifest: Manifest }[],
): number {
  const named = new Set(kept.flatMap(({ generation, manifest }) => listNamed(generation, manifest)));
  let swept = 0;
  for (const [key, { vectors }] of collections) {
    for (const id of [...vectors.keys()]) {
      if (!named.has(`${key} ${id}`) && vectors.delete(id)) swept++;
    }
    if (vectors.size === 0) collections.delete(key);
  }
  return swept;
}

/** The chunks of a generation's documents, each in the collection of its kind and of the generation's model. */
function listNamed({ model }: Generation, { files }: Manifest): string[] {
  const keys = new Map(DOCUMENT_KINDS.map((kind) => [kind, collectionKey(kind, model)]));
  const documents = files.flatMap((file) => file.documents);
  return documents.flatMap(({ kind, chunks }) => chunks.map((id) => `${keys.get(kind)} ${id}`));
}

function collectionKey(kind: DocumentKind, model: EmbeddingModel): string {
  return JSON.stringify([kind, model.id, model.checksum, model.dimension]);
}
