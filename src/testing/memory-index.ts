import { DOCUMENT_KINDS, type DocumentKind, type KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type EmbeddingModel, type Generation, isSameModel } from '../domain/generation.ts';
import type { ChunkMatch, EmbeddedChunk, KnowledgeIndex } from '../ports.ts';

/** Vectors of one kind by one model. Nothing is ever compared across two of these. */
interface Collection {
  readonly kind: DocumentKind;
  readonly model: EmbeddingModel;
  readonly vectors: Map<string, Float32Array>;
}

interface State {
  readonly collections: Map<string, Collection>;
  readonly documents: Map<string, readonly KnowledgeDocument[]>;
  served: Generation | undefined;
  /** Stays readable for those who began to read before the last flip. */
  before: Generation | undefined;
  /** Settles when the writers so far have had their turn. */
  lastWriter: Promise<unknown>;
  isOpen: boolean;
}

/** The index in this process's memory: for tests, and for knowledge so small that a server would be a burden. */
export function createMemoryIndex(): KnowledgeIndex {
  const state: State = {
    collections: new Map(),
    documents: new Map(),
    served: undefined,
    before: undefined,
    lastWriter: Promise.resolve(),
    isOpen: true,
  };
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!state.isOpen) throw new PrecedentError('index-unavailable', 'the index is closed');
  };
  return {
    async findGeneration(signal) {
      enter(signal);
      return state.served;
    },
    async *readDocuments(generation, signal) {
      enter(signal);
      for (const document of getDocuments(state, generation)) {
        enter(signal);
        yield document;
      }
    },
    async nearest(kind, model, vector, k, signal) {
      enter(signal);
      return findNearest(state, kind, model, vector, k);
    },
    async listMissing(kind, model, ids, signal) {
      enter(signal);
      const known = state.collections.get(collectionKey(kind, model));
      return ids.filter((id) => !known?.vectors.has(id));
    },
    async addChunks(kind, model, chunks, signal) {
      enter(signal);
      addVectors(state, kind, model, chunks);
    },
    async publish(generation, documents, signal) {
      enter(signal);
      state.documents.set(generation.key, structuredClone([...documents]));
      if (state.served?.key !== generation.key) state.before = state.served;
      state.served = generation;
    },
    async exclusively(write, signal) {
      enter(signal);
      const turn = state.lastWriter.then(write);
      state.lastWriter = turn.then(ignore, ignore);
      return turn;
    },
    async sweep(signal) {
      enter(signal);
      return { chunks: sweepChunks(state), documents: sweepDocuments(state) };
    },
    async ping(signal) {
      enter(signal);
    },
    async [Symbol.asyncDispose]() {
      state.isOpen = false;
    },
  };
}

function ignore(): void {}

function collectionKey(kind: DocumentKind, model: EmbeddingModel): string {
  return JSON.stringify([kind, model.id, model.checksum, model.dimension]);
}

function getDocuments(state: State, generation: Generation): readonly KnowledgeDocument[] {
  const documents = state.documents.get(generation.key);
  if (documents) return documents;
  throw new PrecedentError('index-empty', `generation ${generation.key} is gone: ask for the one being served`);
}

function findNearest(
  state: State,
  kind: DocumentKind,
  model: EmbeddingModel,
  vector: Float32Array,
  k: number,
): ChunkMatch[] {
  const collection = state.collections.get(collectionKey(kind, model));
  if (collection === undefined) return findNothing(state, model);
  assertUnit(vector, model, 'the query');
  return [...collection.vectors]
    .map(([chunkId, stored]) => ({ chunkId, similarity: dot(stored, vector) }))
    .sort((a, b) => b.similarity - a.similarity || (a.chunkId < b.chunkId ? -1 : 1))
    .slice(0, k);
}

/** No vectors of this kind is a fact when the model is the right one, and a mistake when it is not. */
function findNothing(state: State, model: EmbeddingModel): ChunkMatch[] {
  const models = [...state.collections.values()].map((collection) => collection.model);
  const [other] = state.served === undefined ? models : [state.served.model];
  if (models.some((known) => isSameModel(known, model)) || (state.served && isSameModel(state.served.model, model)))
    return [];
  if (other === undefined) throw new PrecedentError('index-empty', 'nothing is indexed yet: run `precedent ingest`');
  throw new PrecedentError(
    'index-model-mismatch',
    `the index holds vectors of ${other.id}, not of ${model.id}: run \`precedent ingest\` to make them anew`,
  );
}

/** All of them are checked before the first is stored. */
function addVectors(state: State, kind: DocumentKind, model: EmbeddingModel, chunks: readonly EmbeddedChunk[]): void {
  for (const { id, vector } of chunks) assertUnit(vector, model, `chunk ${id}`);
  if (chunks.length === 0) return;
  const key = collectionKey(kind, model);
  const collection = state.collections.get(key) ?? { kind, model, vectors: new Map() };
  state.collections.set(key, collection);
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

function listKept(state: State): Generation[] {
  return [state.served, state.before].filter((generation) => generation !== undefined);
}

function sweepDocuments(state: State): number {
  const kept = new Set(listKept(state).map((generation) => generation.key));
  let swept = 0;
  for (const [key, documents] of state.documents) {
    if (kept.has(key)) continue;
    swept += documents.length;
    state.documents.delete(key);
  }
  return swept;
}

function sweepChunks(state: State): number {
  const named = new Set(listKept(state).flatMap((generation) => listNamed(state, generation)));
  let swept = 0;
  for (const [key, { vectors }] of state.collections) {
    for (const id of [...vectors.keys()]) {
      if (!named.has(`${key} ${id}`) && vectors.delete(id)) swept++;
    }
    if (vectors.size === 0) state.collections.delete(key);
  }
  return swept;
}

/** The chunks of a generation's documents, each in the collection of its kind and of the generation's model. */
function listNamed(state: State, generation: Generation): string[] {
  const documents = state.documents.get(generation.key) ?? [];
  const keys = new Map(DOCUMENT_KINDS.map((kind) => [kind, collectionKey(kind, generation.model)]));
  return documents.flatMap((document) => document.chunks.map((chunk) => `${keys.get(document.kind)} ${chunk.id}`));
}
