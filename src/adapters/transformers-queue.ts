interface Job {
  readonly text: string;
  readonly urgent: boolean;
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

export interface EmbeddingQueueOptions {
  /** Batches at work at the same time. */
  readonly width: number;
  /** Texts in a batch: what an urgent text may have to wait for. */
  readonly batch: number;
  /** Characters in a batch of more than one text, for the same reason: a long fence takes as long as eight paragraphs. */
  readonly characters: number;
  readonly run: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
}

/**
 * Spreads texts over the workers. A single text starts at once when a worker is free; texts that wait for one travel
 * together, whoever asked for them. A question never waits behind a long ingest, only for the batches at work.
 */
export class EmbeddingQueue {
  readonly #options: EmbeddingQueueOptions;
  #waiting: Job[] = [];
  #running = 0;

  constructor(options: EmbeddingQueueOptions) {
    this.#options = options;
  }

  /** Vectors in the order of `texts`; texts not yet begun are taken back when `signal` aborts. */
  async add(texts: readonly string[], urgent: boolean, signal?: AbortSignal): Promise<Float32Array[]> {
    signal?.throwIfAborted();
    const jobs: Job[] = [];
    const vectors = texts.map(
      (text) => new Promise<Float32Array>((resolve, reject) => jobs.push({ text, urgent, resolve, reject })),
    );
    const abort = () => this.#takeBack(jobs, signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#enqueue(jobs, urgent);
    this.#dispatch();
    try {
      return await Promise.all(vectors);
    } catch (error) {
      // The rest of a call that already failed would be work for nobody.
      this.#takeBack(jobs, error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Fails everything that still waits. */
  close(error: unknown): void {
    this.#takeBack(this.#waiting, error);
  }

  #enqueue(jobs: readonly Job[], urgent: boolean): void {
    if (!urgent) {
      this.#waiting.push(...jobs);
      return;
    }
    const firstPassage = this.#waiting.findIndex((job) => !job.urgent);
    this.#waiting.splice(firstPassage === -1 ? this.#waiting.length : firstPassage, 0, ...jobs);
  }

  #takeBack(jobs: readonly Job[], error: unknown): void {
    const gone = new Set(jobs);
    this.#waiting = this.#waiting.filter((job) => !gone.has(job));
    for (const job of gone) job.reject(error);
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#running < this.#options.width) {
      void this.#work(this.#waiting.splice(0, this.#countNext()));
    }
  }

  /** Texts of the next batch: a fair share of what waits for the idle workers, within the limits. */
  #countNext(): number {
    const { width, batch, characters } = this.#options;
    const share = Math.min(batch, Math.ceil(this.#waiting.length / (width - this.#running)));
    let left = characters;
    const end = this.#waiting.slice(0, share).findIndex(({ text }) => {
      left -= text.length;
      return left < 0;
    });
    return end === -1 ? share : Math.max(1, end);
  }

  async #work(jobs: readonly Job[]): Promise<void> {
    this.#running++;
    try {
      const vectors = await this.#options.run(jobs.map((job) => job.text));
      jobs.forEach((job, position) => {
        const vector = vectors[position];
        if (vector) job.resolve(vector);
        else job.reject(new Error('a worker answered with fewer vectors than texts'));
      });
    } catch (error) {
      for (const job of jobs) job.reject(error);
    } finally {
      this.#running--;
      this.#dispatch();
    }
  }
}
