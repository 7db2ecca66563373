import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Tinypool } from 'tinypool';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import type { EmbeddingModel } from '../domain/generation.ts';
import type { CountTokens, Embedder } from '../ports.ts';
import { type DownloadProgress, fetchHubModel } from './transformers-hub.ts';
import { type ModelFiles, openModelFolder } from './transformers-model-files.ts';
import { type Preparation, preparationOf, prepareText } from './transformers-preparation.ts';
import { EmbeddingQueue } from './transformers-queue.ts';
import { loadTokenizer } from './transformers-tokenizer.ts';
import { untilAborted } from './until-aborted.ts';

/** How long closing waits for the batches at work. */
const CLOSING_MS = 5_000;

export interface TransformersEmbedderOptions {
  /** A folder with a transformers.js feature-extraction model (the bundled one is such a folder), or a hub id. */
  readonly model: string;
  /** Where models of the hub are kept. */
  readonly cacheDir: string;
  readonly threads?: number;
  /** The model is one that ships with checksums, so a folder without them is not that model. */
  readonly mustVerify?: boolean;
  readonly onDownload?: (progress: DownloadProgress) => void;
  readonly hubUrl?: string;
  /** A download that moves nothing for this long has failed. */
  readonly stallMs?: number;
  /** A batch that takes longer than this has hung; its workers are replaced. */
  readonly batchMs?: number;
  /** Another worker file; tests put one here that dies on demand. */
  readonly worker?: string;
}

const WORKER = new URL('./transformers-embedder.worker.js', import.meta.url).href;
const MAX_BATCH = 256;
/** Small, because a question waits for the batches at work: 8 chunks take about 35 ms. */
const WORKER_BATCH = 8;
const WORKER_CHARACTERS = 4_000;

/** What the worker file answers; it is JavaScript, so its promise is written down here. */
type WorkerReply = { readonly vectors: readonly Float32Array[] } | { readonly unloadable: string };

interface LoadedModel {
  readonly preparation: Preparation;
  readonly description: EmbeddingModel;
}

/** Embeds in worker threads, so that the event loop keeps answering. Does nothing until it is first asked. */
export function createTransformersEmbedder(options: TransformersEmbedderOptions): Embedder {
  return new TransformersEmbedder(options);
}

class TransformersEmbedder implements Embedder {
  readonly maxBatch = MAX_BATCH;
  readonly #options: TransformersEmbedderOptions;
  readonly #threads: number;
  readonly #queue: EmbeddingQueue;
  readonly #lifetime = new AbortController();
  #findFiles = shareAttempt(() => this.#openFiles());
  readonly #load = shareAttempt(() => this.#open());
  readonly #openTokenizer = shareAttempt(() => this.#readTokenizer());
  readonly #atWork = new Set<Promise<WorkerReply>>();
  #pool: Tinypool | undefined;

  constructor(options: TransformersEmbedderOptions) {
    this.#options = options;
    this.#threads = Math.max(1, options.threads ?? Math.min(2, availableParallelism() - 1));
    this.#queue = new EmbeddingQueue({
      width: this.#threads,
      batch: WORKER_BATCH,
      characters: WORKER_CHARACTERS,
      run: (texts) => this.#runBatch(texts),
    });
  }

  async describe(signal?: AbortSignal): Promise<EmbeddingModel> {
    return (await this.#whileOpen(this.#load, signal)).description;
  }

  async embed(texts: readonly string[], role: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]> {
    if (texts.length > MAX_BATCH) {
      throw new PrecedentError('input-invalid', `${texts.length} texts in one call, at most ${MAX_BATCH} are allowed`);
    }
    const { preparation } = await this.#whileOpen(this.#load, signal);
    const prepared = texts.map((text) => prepareText(preparation, text, role));
    return this.#queue.add(prepared, role === 'query', signal);
  }

  /** Needs the model's files, not the model: counting works where inference does not. */
  loadTokenizer(signal?: AbortSignal): Promise<CountTokens> {
    return this.#whileOpen(this.#openTokenizer, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new PrecedentError('embedder-unavailable', 'the embedder is closed');
    this.#lifetime.abort(closed);
    this.#queue.close(closed);
    await this.#finishBatches();
    await this.#replacePool();
  }

  #whileOpen<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { signal: lifetime } = this.#lifetime;
    return lifetime.aborted ? Promise.reject(lifetime.reason) : untilAborted(attempt(), signal);
  }

  async #openFiles(): Promise<ModelFiles> {
    const { id, folder } = await this.#locate();
    return openModelFolder(folder, id, this.#options.mustVerify);
  }

  async #open(): Promise<LoadedModel> {
    const { id, checksum } = await this.#findFiles();
    const [probe] = await this.#queue.add(['dimension'], true).catch((error: unknown) => {
      // The files may be mended by the next attempt.
      this.#findFiles = shareAttempt(() => this.#openFiles());
      throw error;
    });
    return { preparation: preparationOf(id), description: { id, checksum, dimension: probe?.length ?? 0 } };
  }

  async #readTokenizer(): Promise<CountTokens> {
    const { id, folder } = await this.#findFiles();
    return loadTokenizer(folder, preparationOf(id));
  }

  async #locate(): Promise<{ id: string; folder: string }> {
    const { model, cacheDir, stallMs = 30_000, hubUrl = 'https://huggingface.co' } = this.#options;
    const local = path.resolve(model);
    if (!isHubId(model) || (await isFolder(local))) return { id: path.basename(local), folder: local };
    const onDownload = this.#options.onDownload ?? (() => {});
    const hub = { url: hubUrl, cacheDir: path.resolve(cacheDir), stallMs, onDownload };
    return { id: model, folder: await fetchHubModel(model, hub, this.#lifetime.signal) };
  }

  async #runBatch(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const files = await this.#findFiles();
    const model = { folder: files.folder, dtype: files.dtype, pooling: preparationOf(files.id).pooling };
    const reply = await this.#runInWorker({ model, texts });
    if ('vectors' in reply) return reply.vectors;
    throw new PrecedentError(
      'model-corrupt',
      `the embedding model at ${files.folder} does not load: ${reply.unloadable}`,
    );
  }

  async #runInWorker(task: unknown): Promise<WorkerReply> {
    const { batchMs = 120_000 } = this.#options;
    const pool = this.#startPool();
    const limit = AbortSignal.timeout(batchMs);
    try {
      const batch: Promise<WorkerReply> = pool.run(task);
      this.#atWork.add(batch);
      batch.finally(() => this.#atWork.delete(batch)).catch(() => {});
      return await untilAborted(batch, limit);
    } catch (error) {
      if (isPrecedentError(error)) throw error;
      this.#lifetime.signal.throwIfAborted();
      // A hung worker would hold its place for ever.
      if (limit.aborted) await this.#replacePool();
      const reason = limit.aborted ? `no answer within ${batchMs / 1000} s` : messageOf(error);
      throw new PrecedentError('embedder-unavailable', `an embedding worker failed: ${reason}`, { cause: error });
    }
  }

  #startPool(): Tinypool {
    if (this.#pool) return this.#pool;
    // No execArgv: the loaders and flags of the parent are for TypeScript, and the worker needs none.
    const pool = new Tinypool({
      filename: this.#options.worker ?? WORKER,
      minThreads: this.#threads,
      maxThreads: this.#threads,
      execArgv: [],
    });
    // A worker that dies while idle is replaced by the pool; unheard, the event would end the process.
    pool.on('error', () => {});
    this.#pool = pool;
    return pool;
  }

  /** Ending a thread in the middle of native code ends the process with it; a batch takes a fraction of a second. */
  async #finishBatches(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSING_MS);
    });
    await Promise.race([Promise.allSettled(this.#atWork), late]);
    clearTimeout(timer);
  }

  async #replacePool(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}

/** One attempt for all callers; a failed one is forgotten, so that the next call tries again. */
function shareAttempt<T>(attempt: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= attempt().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}

function isHubId(model: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(model);
}

function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
