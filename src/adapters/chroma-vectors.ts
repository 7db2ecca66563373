import { createHash } from 'node:crypto';
import type { CollectionMetadata } from 'chromadb';
import { DOCUMENT_KINDS, type DocumentKind } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type EmbeddingModel, isSameModel } from '../domain/generation.ts';
import type { ChunkMatch, EmbeddedChunk } from '../ports.ts';
import { type ChromaCollections, type CollectionRecipe, toPages } from './chroma-collections.ts';

const FORMAT = 1;
/** Float32 rounding over a thousand dimensions stays well below this. */
const NORM_TOLERANCE = 1e-3;
/** Chosen by measurement: docs/adr/0004-index-layout.md. */
const HNSW = { space: 'cosine', ef_construction: 200, max_neighbors: 32, ef_search: 800 } as const;

/** The vectors of one kind by one model are one collection: no filter is ever needed, and no two models ever meet. */
export class ChromaVectors {
  readonly #collections: ChromaCollections;

  constructor(collections: ChromaCollections) {
    this.#collections = collections;
  }

  /** Undefined when there is no collection of this kind and model. */
  async nearest(
    kind: DocumentKind,
    model: EmbeddingModel,
    vector: Float32Array,
    k: number,
    signal?: AbortSignal,
  ): Promise<ChunkMatch[] | undefined> {
    const name = nameOf(kind, model);
    assertFormat(name, await this.#collections.find(name, signal));
    assertUnit(vector, model, 'the query');
    const limit = this.#collections.connection.isCloud ? Math.min(k, 300) : k;
    const found = await this.#collections.nearest(name, { vector, limit }, signal);
    return found?.ids.map((chunkId, row) => ({ chunkId, similarity: 1 - (found.distances[row] ?? 1) }));
  }

  async listMissing(
    kind: DocumentKind,
    model: EmbeddingModel,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]> {
    const missing: string[] = [];
    for (const page of toPages(ids, this.#collections.connection.pageSize)) {
      const unique = [...new Set(page)];
      const found = await this.#collections.read(
        nameOf(kind, model),
        (collection) => collection.get({ ids: unique, include: [] }),
        signal,
      );
      const there = new Set(found?.ids);
      missing.push(...page.filter((id) => !there.has(id)));
    }
    return missing;
  }

  /** Chroma would take NaN and any length of vector, so all of them are checked before the first is sent. */
  async add(
    kind: DocumentKind,
    model: EmbeddingModel,
    chunks: readonly EmbeddedChunk[],
    signal?: AbortSignal,
  ): Promise<void> {
    for (const { id, vector } of chunks) assertUnit(vector, model, `chunk ${id}`);
    const name = nameOf(kind, model);
    // Chroma refuses a request that names an id twice.
    const unique = [...new Map(chunks.map((chunk) => [chunk.id, chunk])).values()];
    for (const page of toPages(unique, this.#collections.connection.pageSize)) {
      const records = {
        ids: page.map(({ id }) => id),
        embeddings: page.map(({ vector }) => [...vector]),
      };
      await this.#collections.write(name, this.#recipe(kind, model), (collection) => collection.add(records), signal);
    }
  }

  /** The models that have vectors here. */
  async listModels(signal?: AbortSignal): Promise<EmbeddingModel[]> {
    return (await this.#list(signal)).map(({ model }) => model);
  }

  /** Deletes all vectors but those that `kept` names; returns how many went. */
  async keepOnly(
    kept: (kind: DocumentKind, model: EmbeddingModel) => ReadonlySet<string>,
    signal?: AbortSignal,
  ): Promise<number> {
    let swept = 0;
    for (const { name, kind, model } of await this.#list(signal)) {
      const named = kept(kind, model);
      const ids: string[] = [];
      for await (const page of this.#collections.listIds(name, signal)) ids.push(...page);
      const gone = ids.filter((id) => !named.has(id));
      if (named.size === 0) await this.#collections.drop(name, signal);
      else await this.#collections.deleteIds(name, gone, signal);
      swept += gone.length;
    }
    return swept;
  }

  async #list(signal?: AbortSignal): Promise<{ name: string; kind: DocumentKind; model: EmbeddingModel }[]> {
    const found = await this.#collections.list(signal);
    return found.flatMap(({ name, metadata }) => {
      const kind = DOCUMENT_KINDS.find((candidate) => candidate === metadata['kind']);
      const model = modelOf(metadata);
      return kind && name === nameOf(kind, model) ? [{ name, kind, model }] : [];
    });
  }

  /** Chroma Cloud has an index of its own and takes no settings for HNSW. */
  #recipe(kind: DocumentKind, model: EmbeddingModel): CollectionRecipe {
    const { id: modelId, checksum: modelChecksum, dimension } = model;
    return {
      metadata: { kind, modelId, modelChecksum, dimension, format: FORMAT },
      configuration: this.#collections.connection.isCloud ? { spann: { space: HNSW.space } } : { hnsw: HNSW },
    };
  }
}

/** All that makes a model another model is in the name: the same weights under a new id are a new collection. */
function nameOf(kind: DocumentKind, { id, checksum, dimension }: EmbeddingModel): string {
  const key = createHash('sha256')
    .update(JSON.stringify([id, checksum, dimension]))
    .digest('hex');
  return `precedent-${kind}-${key.slice(0, 12)}`;
}

function modelOf(metadata: CollectionMetadata): EmbeddingModel {
  return {
    id: String(metadata['modelId']),
    checksum: String(metadata['modelChecksum']),
    dimension: Number(metadata['dimension']),
  };
}

function assertFormat(name: string, metadata: CollectionMetadata | undefined): void {
  if (metadata === undefined || metadata['format'] === FORMAT) return;
  throw new PrecedentError(
    'index-model-mismatch',
    `the Chroma collection ${name} was written by another version of Precedent: delete it, then run \`precedent ingest\``,
  );
}

function assertUnit(vector: Float32Array, model: EmbeddingModel, owner: string): void {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  // NaN compares false with everything, so this also refuses it.
  if (vector.length === model.dimension && Math.abs(norm - 1) <= NORM_TOLERANCE) return;
  const found = vector.length === model.dimension ? `length ${norm}` : `${vector.length} dimensions`;
  const message = `${owner}: its vector has ${found}, but ${model.id} makes unit vectors of ${model.dimension} dimensions`;
  throw new PrecedentError('input-invalid', message);
}

/** Why a question to a model without vectors cannot be answered. */
export function explainNoVectors(
  asked: EmbeddingModel,
  present: readonly EmbeddingModel[],
): PrecedentError | undefined {
  const [other] = present;
  if (other === undefined) return new PrecedentError('index-empty', 'nothing is indexed yet: run `precedent ingest`');
  if (present.some((model) => isSameModel(model, asked))) return undefined;
  return new PrecedentError(
    'index-model-mismatch',
    `the index holds vectors of ${other.id}, not of ${asked.id} as it is now: run \`precedent ingest\` to make them anew`,
  );
}
