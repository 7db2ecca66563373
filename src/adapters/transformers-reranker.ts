import { availableParallelism } from 'node:os';
import { PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { Reranker } from '../ports.ts';
import { shareAttempt } from './share-attempt.ts';
import { locateModel, type ModelPlace } from './transformers-locate.ts';
import { type ModelFiles, type ModelUse, openModelFolder } from './transformers-model-files.ts';
import { splitIdentifiers } from './transformers-preparation.ts';
import { scorerOf } from './transformers-scores.ts';
import { InferenceThreads } from './transformers-threads.ts';

/** The model is a text-classification one that reads two texts: a cross-encoder. */
export interface TransformersRerankerOptions extends ModelPlace {
  /** Pairs that one call may hold. */
  readonly maxPairs?: number;
  readonly threads?: number;
  /** A few pairs that take longer than this have hung; their workers are replaced. */
  readonly batchMs?: number;
  /** Who asks waits this long for the model's files: enough to check what is on disk, not to download it. */
  readonly openingMs?: number;
  /** Another worker file; tests put one here that dies on demand. */
  readonly worker?: string;
}

const USE: ModelUse = {
  noun: 'reranker model',
  setting: 'RERANKER_MODEL',
  task: 'text-classification',
  example: 'Xenova/ms-marco-MiniLM-L-6-v2',
  unavailable: 'reranker-unavailable',
  restore: 'Restore it',
  otherwise: 'nothing is reranked',
};

const WORKER = new URL('./transformers-reranker.worker.js', import.meta.url).href;
const MAX_PAIRS = 50;
/** Few, because a search that came later waits for those at work, and one that was given up stops after them. */
const WORKER_BATCH = 4;
/** More than any of its tokens can stand for: nobody tokenises a whole log to read its beginning. */
const QUERY_CHARACTERS = 2_000;
const PASSAGE_CHARACTERS = 6_000;

interface WorkerTask {
  readonly model: Pick<ModelFiles, 'folder' | 'dtype'>;
  readonly query: string;
  readonly passages: readonly string[];
}

/** What the worker file answers; it is JavaScript, so its promise is written down here. */
type WorkerReply =
  | { readonly logits: readonly (readonly number[])[]; readonly labels: Readonly<Record<string, string>> }
  | { readonly unloadable: string };

/** Reads in worker threads, so that the event loop keeps answering. Does nothing until it is first asked. */
export function createTransformersReranker(options: TransformersRerankerOptions): Reranker {
  return new TransformersReranker(options);
}

class TransformersReranker implements Reranker {
  readonly name: string;
  readonly maxPairs: number;
  readonly #options: TransformersRerankerOptions;
  readonly #width: number;
  readonly #threads: InferenceThreads<WorkerTask, WorkerReply>;
  readonly #lifetime = new AbortController();
  #findFiles = shareAttempt(() => this.#openFiles());
  #isFetching = false;

  constructor(options: TransformersRerankerOptions) {
    this.#options = options;
    this.name = options.model;
    this.maxPairs = options.maxPairs ?? MAX_PAIRS;
    this.#width = Math.max(1, options.threads ?? Math.min(2, availableParallelism() - 1));
    this.#threads = new InferenceThreads({
      worker: options.worker ?? WORKER,
      threads: this.#width,
      taskMs: options.batchMs ?? 30_000,
      unavailable: USE.unavailable,
      noun: 'a reranker worker',
    });
  }

  async score(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]> {
    if (passages.length > this.maxPairs) {
      const message = `${passages.length} passages in one call, at most ${this.maxPairs} are allowed`;
      throw new PrecedentError('input-invalid', message);
    }
    const ends = [this.#lifetime.signal, ...(signal ? [signal] : [])];
    for (const end of ends) end.throwIfAborted();
    const read = this.#read(prepare(query, QUERY_CHARACTERS), passages, ends);
    return untilAborted(untilAborted(read, this.#lifetime.signal), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new PrecedentError('reranker-unavailable', 'the reranker is closed');
    this.#lifetime.abort(closed);
    await this.#threads.close(closed);
  }

  async #openFiles(): Promise<ModelFiles> {
    const { id, folder } = await locateModel(this.#options, USE, this.#lifetime.signal);
    return openModelFolder(folder, id, USE);
  }

  /** A download goes on by itself: no search waits for it, nor for one that is stuck. */
  async #filesSoon(): Promise<ModelFiles> {
    const tooLate = new PrecedentError(
      'reranker-unavailable',
      `the model ${this.name} is still being fetched or checked`,
    );
    if (this.#isFetching) throw tooLate;
    const files = this.#findFiles();
    const { openingMs = 1_000 } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.#isFetching = true;
        const done = () => {
          this.#isFetching = false;
        };
        files.then(done, done);
        reject(tooLate);
      }, openingMs);
    });
    return Promise.race([files, late]).finally(() => clearTimeout(timer));
  }

  /** As many batches at a time as there are workers, each beginning when its predecessor is done. */
  async #read(query: string, passages: readonly string[], ends: readonly AbortSignal[]): Promise<number[]> {
    const files = await this.#filesSoon();
    const scores: number[] = [];
    let next = 0;
    const lane = async () => {
      while (next < passages.length) {
        for (const end of ends) end.throwIfAborted();
        const from = next;
        next += WORKER_BATCH;
        const batch = passages.slice(from, next).map((passage) => prepare(passage, PASSAGE_CHARACTERS));
        for (const [at, score] of (await this.#readBatch(files, query, batch)).entries()) scores[from + at] = score;
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#width }, lane));
    } catch (error) {
      // The other lanes would work for nobody.
      next = passages.length;
      throw error;
    }
    return scores;
  }

  async #readBatch({ id, folder, dtype }: ModelFiles, query: string, passages: readonly string[]): Promise<number[]> {
    const reply = await this.#threads.run({ model: { folder, dtype }, query, passages });
    if ('unloadable' in reply) {
      // The files may be mended by the next attempt.
      this.#findFiles = shareAttempt(() => this.#openFiles());
      throw new PrecedentError('model-corrupt', `the reranker model at ${folder} does not load: ${reply.unloadable}`);
    }
    return reply.logits.map(scorerOf(id, reply.labels));
  }
}

/** Models of this kind were trained on prose; identifiers are split for them as they are for embedding models. */
function prepare(text: string, characters: number): string {
  return splitIdentifiers(text.slice(0, characters));
}
