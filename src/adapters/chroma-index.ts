import path from 'node:path';
import type { DocumentKind, KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type EmbeddingModel, type Generation, isSameModel } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ChunkMatch, EmbeddedChunk, KnowledgeIndex } from '../ports.ts';
import { ChromaCollections } from './chroma-collections.ts';
import { ChromaConnection, type ChromaOptions } from './chroma-connection.ts';
import { ChromaGenerations, type KeptGeneration } from './chroma-generations.ts';
import { ChromaLease, type LeaseOptions } from './chroma-lease.ts';
import { ChromaVectors, explainNoVectors } from './chroma-vectors.ts';
import { FileLock } from './file-lock.ts';

const PING_MS = 2_000;

const WRITERS = {
  waitMs: 60_000,
  busy: (file: string) =>
    new PrecedentError('ingest-running', `another ingest is at work on this data folder; if none is, delete ${file}`),
};

/** How writers take turns. */
interface Turns {
  exclusively<T>(turn: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Throws when the turn was lost while it went on. */
  assertHeld(signal?: AbortSignal): Promise<void>;
}

export interface ChromaIndexOptions extends ChromaOptions {
  readonly lease?: Partial<LeaseOptions>;
}

/** The index in Chroma: an embedded server unless a URL or an API key says otherwise. Does nothing until first asked. */
export function createChromaIndex(options: ChromaIndexOptions): KnowledgeIndex {
  const connection = new ChromaConnection(options);
  const collections = new ChromaCollections(connection);
  const turns = connection.isEmbedded ? createLocalTurns(options.dataDir) : new ChromaLease(collections, options.lease);
  return new ChromaIndex(connection, collections, turns);
}

/** Nobody but the processes of its data folder reaches an embedded server, and a lock on a file ends with its holder. */
function createLocalTurns(dataDir: string): Turns {
  const lock = new FileLock(path.join(dataDir, 'ingest.lock'), WRITERS);
  return { exclusively: (turn, signal) => lock.exclusively(turn, signal), assertHeld: async () => {} };
}

class ChromaIndex implements KnowledgeIndex {
  readonly #connection: ChromaConnection;
  readonly #vectors: ChromaVectors;
  readonly #generations: ChromaGenerations;
  readonly #turns: Turns;
  /** Set while a turn lasts in which something was added: no need to write it down again. */
  #mark: Promise<void> | undefined;
  #isInTurn = false;

  constructor(connection: ChromaConnection, collections: ChromaCollections, turns: Turns) {
    this.#connection = connection;
    this.#vectors = new ChromaVectors(collections);
    this.#generations = new ChromaGenerations(collections);
    this.#turns = turns;
  }

  async findGeneration(signal?: AbortSignal): Promise<Generation | undefined> {
    return this.#generations.find(signal);
  }

  async findManifest(generation: Generation, signal?: AbortSignal): Promise<Manifest | undefined> {
    return this.#generations.findManifest(generation, signal);
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
    if (chunks.length === 0) return;
    await this.#markAdded(signal);
    await this.#vectors.add(kind, model, chunks, signal);
  }

  async addDocuments(documents: readonly KnowledgeDocument[], signal?: AbortSignal): Promise<string[]> {
    if (documents.length === 0) return [];
    await this.#markAdded(signal);
    return this.#generations.addDocuments(documents, signal);
  }

  async publish(generation: Generation, manifest: Manifest, signal?: AbortSignal): Promise<void> {
    await this.#generations.publish(generation, manifest, () => this.#turns.assertHeld(signal), signal);
  }

  /** Among the processes of one data folder, or among all machines that use one Chroma. */
  async exclusively<T>(write: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#turns.exclusively(async () => {
      this.#isInTurn = true;
      try {
        return await write();
      } finally {
        this.#isInTurn = false;
        this.#mark = undefined;
      }
    }, signal);
  }

  async sweep(signal?: AbortSignal): Promise<{ chunks: number; documents: number }> {
    if (!(await this.#generations.needsSweep(signal))) return { chunks: 0, documents: 0 };
    const kept = await this.#generations.listKept(signal);
    await this.#turns.assertHeld(signal);
    const swept = {
      chunks: await this.#vectors.keepOnly((kind, model) => listNamed(kept, kind, model), signal),
      documents: await this.#generations.keepOnly(kept, signal),
    };
    await this.#turns.assertHeld(signal);
    this.#mark = undefined;
    await this.#generations.markSwept(signal);
    return swept;
  }

  /** Once per turn: what another process has swept since the last one is not known here. */
  async #markAdded(signal?: AbortSignal): Promise<void> {
    if (!this.#isInTurn) return this.#generations.markAdded(signal);
    this.#mark ??= this.#generations.markAdded().catch((error: unknown) => {
      this.#mark = undefined;
      throw error;
    });
    await this.#mark;
    signal?.throwIfAborted();
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
