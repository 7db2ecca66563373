import path from 'node:path';
import type { DocumentKind, KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type EmbeddingModel, type Generation, isSameModel } from '../domain/generation.ts';
import type { ChunkMatch, EmbeddedChunk, KnowledgeIndex } from '../ports.ts';
import { ChromaCollections } from './chroma-collections.ts';
import { ChromaConnection, type ChromaOptions } from './chroma-connection.ts';
import { ChromaGenerations, type KeptGeneration } from './chroma-generations.ts';
import { ChromaVectors, explainNoVectors } from './chroma-vectors.ts';
import { FileLock } from './file-lock.ts';

const PING_MS = 2_000;

const WRITERS = {
  waitMs: 60_000,
  busy: (file: string) =>
    new PrecedentError('ingest-running', `another ingest is at work on this data folder; if none is, delete ${file}`),
};

/** The index in Chroma: an embedded server unless a URL or an API key says otherwise. Does nothing until first asked. */
export function createChromaIndex(options: ChromaOptions): KnowledgeIndex {
  const writers = new FileLock(path.join(options.dataDir, 'ingest.lock'), WRITERS);
  return new ChromaIndex(new ChromaConnection(options), writers);
}

class ChromaIndex implements KnowledgeIndex {
  readonly #connection: ChromaConnection;
  readonly #vectors: ChromaVectors;
  readonly #generations: ChromaGenerations;

  readonly #writers: FileLock;

  constructor(connection: ChromaConnection, writers: FileLock) {
    this.#writers = writers;
    const collections = new ChromaCollections(connection);
    this.#connection = connection;
    this.#vectors = new ChromaVectors(collections);
    this.#generations = new ChromaGenerations(collections);
  }

  async findGeneration(signal?: AbortSignal): Promise<Generation | undefined> {
    return this.#generations.find(signal);
  }

  readDocuments(generation: Generation, signal?: AbortSignal): AsyncIterable<KnowledgeDocument> {
    return this.#generations.read(generation, signal);
  }

  async nearest(
    kind: DocumentKind,
    model: EmbeddingModel,
    vector: Float32Array,
    k: number,
    signal?: AbortSignal,
  ): Promise<ChunkMatch[]> {
    const matches = await this.#vectors.nearest(kind, model, vector, k, signal);
    if (matches) return matches;
    // No vectors of this kind is a fact when the model is the right one, and a mistake when it is not.
    const served = await this.#generations.find(signal);
    const present = [...(served ? [served.model] : []), ...(await this.#vectors.listModels(signal))];
    const problem = explainNoVectors(model, present);
    if (problem) throw problem;
    return [];
  }

  async listMissing(
    kind: DocumentKind,
    model: EmbeddingModel,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]> {
    return this.#vectors.listMissing(kind, model, ids, signal);
  }

  async addChunks(
    kind: DocumentKind,
    model: EmbeddingModel,
    chunks: readonly EmbeddedChunk[],
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#vectors.add(kind, model, chunks, signal);
  }

  async publish(generation: Generation, documents: readonly KnowledgeDocument[], signal?: AbortSignal): Promise<void> {
    await this.#generations.publish(generation, documents, signal);
  }

  /** Among the processes of one data folder; writers on other machines must be kept apart by who starts them. */
  async exclusively<T>(write: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#writers.exclusively(write, signal);
  }

  async sweep(signal?: AbortSignal): Promise<{ chunks: number; documents: number }> {
    const kept = await this.#generations.listKept(signal);
    return {
      chunks: await this.#vectors.keepOnly((kind, model) => listNamed(kept, kind, model), signal),
      documents: await this.#generations.keepOnly(kept, signal),
    };
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.#connection.call((client) => client.heartbeat(), signal, PING_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }
}

/** The chunks of a kind that generations made with this model name. */
function listNamed(kept: readonly KeptGeneration[], kind: DocumentKind, model: EmbeddingModel): ReadonlySet<string> {
  const sameModel = kept.filter(({ generation }) => isSameModel(generation.model, model));
  return new Set(sameModel.flatMap(({ chunksOf }) => chunksOf(kind)));
}
