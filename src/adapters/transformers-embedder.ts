import { availableParallelism } from 'node:os';
import { PrecedentError } from '../domain/errors.ts';
import type { EmbeddingModel } from '../domain/generation.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { CountTokens, Embedder } from '../ports.ts';
import { shareAttempt } from './share-attempt.ts';
import { locateModel, type ModelPlace } from './transformers-locate.ts';
import { type ModelFiles, type ModelUse, openModelFolder } from './transformers-model-files.ts';
import { type Preparation, preparationOf, prepareText } from './transformers-preparation.ts';
import { EmbeddingQueue } from './transformers-queue.ts';
import { InferenceThreads } from './transformers-threads.ts';
import { loadTokenizer } from './transformers-tokenizer.ts';

/** The model is a feature-extraction one; the bundled one is such a folder. */
export interface TransformersEmbedderOptions extends ModelPlace {
  readonly threads?: number;
  /** The model is one that ships with checksums, so a folder without them is not that model. */
  readonly mustVerify?: boolean;
  /** A batch that takes longer than this has hung; its workers are replaced. */
  readonly batchMs?: number;
  /** Another worker file; tests put one here that dies on demand. */
  readonly worker?: string;
}

const USE: ModelUse = {
  noun: 'embedding model',
  setting: 'EMBEDDING_MODEL',
  task: 'feature-extraction',
  example: 'Xenova/all-MiniLM-L6-v2',
  unavailable: 'embedder-unavailable',
  restore: 'Restore it (`git checkout -- models`)',
  otherwise: 'the bundled model is used',
};
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
  readonly #queue: EmbeddingQueue;
  readonly #lifetime = new AbortController();
  #findFiles = shareAttempt(() => this.#openFiles());
  readonly #load = shareAttempt(() => this.#open());
  readonly #openTokenizer = shareAttempt(() => this.#readTokenizer());
  readonly #threads: InferenceThreads<unknown, WorkerReply>;

  constructor(options: TransformersEmbedderOptions) {
    this.#options = options;
    const threads = Math.max(1, options.threads ?? Math.min(2, availableParallelism() - 1));
    const { worker = WORKER, batchMs: taskMs = 120_000 } = options;
    const { unavailable } = USE;
    this.#threads = new InferenceThreads({ worker, threads, taskMs, unavailable, noun: 'an embedding worker' });
    this.#queue = new EmbeddingQueue({
      width: threads,
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
    await this.#threads.close(closed);
  }

  #whileOpen<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { signal: lifetime } = this.#lifetime;
    return lifetime.aborted ? Promise.reject(lifetime.reason) : untilAborted(attempt(), signal);
  }

  async #openFiles(): Promise<ModelFiles> {
    const { id, folder } = await locateModel(this.#options, USE, this.#lifetime.signal);
    return openModelFolder(folder, id, USE, this.#options.mustVerify);
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

  async #runBatch(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const files = await this.#findFiles();
    const model = { folder: files.folder, dtype: files.dtype, pooling: preparationOf(files.id).pooling };
    const reply = await this.#threads.run({ model, texts });
    if ('vectors' in reply) return reply.vectors;
    throw new PrecedentError(
      'model-corrupt',
      `the embedding model at ${files.folder} does not load: ${reply.unloadable}`,
    );
  }
}
