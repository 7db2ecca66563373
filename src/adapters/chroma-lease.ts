import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import type { ChromaCollections, CollectionRecipe } from './chroma-collections.ts';

export interface LeaseOptions {
  /** How long a lease must go without a sign of life, as others watch it, before it is nobody's. */
  readonly lifeMs: number;
  /** Longer than a lease's life, so that whoever waits outlives a holder that died. */
  readonly waitMs: number;
}

const DEFAULTS: LeaseOptions = { lifeMs: 30_000, waitMs: 60_000 };
const BEATS_PER_LIFE = 6;

/** One turn: `beat` moves on while its holder lives. The highest number is the turn that counts. */
const Lease = z.object({ number: z.int(), token: z.string(), holder: z.string(), beat: z.int(), isOver: z.boolean() });
type Lease = Readonly<z.infer<typeof Lease>>;

const NAME = 'precedent-writers';
const RECIPE: CollectionRecipe = { metadata: { format: 1 }, configuration: {} };

/**
 * Writers on several machines take turns through the Chroma they share. Chroma ignores an `add` under an id that is
 * there, so of all who add the lease of the next number exactly one finds its own name in it. No two clocks are ever
 * compared: a lease ends when it says so, or when it was watched for its whole life and never moved.
 */
export class ChromaLease {
  readonly #collections: ChromaCollections;
  readonly #options: LeaseOptions;
  #held: Lease | undefined;

  constructor(collections: ChromaCollections, options: Partial<LeaseOptions> = {}) {
    this.#collections = collections;
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Runs `turn` while no other writer runs theirs. */
  async exclusively<T>(turn: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lease = await this.#acquire(signal);
    const end = new AbortController();
    const beating = this.#keepAlive(lease, end.signal);
    this.#held = lease;
    try {
      return await turn();
    } finally {
      this.#held = undefined;
      end.abort();
      await beating;
      // Nobody is kept waiting for good by a release that failed: the lease then dies by itself.
      await this.#write({ ...lease, beat: -1, isOver: true }).catch(() => {});
    }
  }

  /** Throws when this turn has outlived its lease, so that a writer that was stopped for long cannot undo another's work. */
  async assertHeld(signal?: AbortSignal): Promise<void> {
    if (this.#held === undefined) return;
    const latest = await this.#findLatest(signal);
    if (latest?.token === this.#held.token) return;
    const taker = latest ? `: ${latest.holder} took over` : '';
    throw new PrecedentError(
      'ingest-running',
      `this ingest gave no sign of life for ${this.#options.lifeMs / 1000} s and lost its turn${taker}. ` +
        'Nothing of it was published; run it again',
    );
  }

  async #acquire(signal?: AbortSignal): Promise<Lease> {
    const { lifeMs, waitMs } = this.#options;
    const started = performance.now();
    let watched = { state: '', since: started };
    for (;;) {
      const latest = await this.#findLatest(signal);
      const now = performance.now();
      const state = `${latest?.number} ${latest?.token} ${latest?.beat}`;
      if (state !== watched.state) watched = { state, since: now };
      if (!latest || latest.isOver || now - watched.since > lifeMs) {
        const lease = await this.#claim((latest?.number ?? 0) + 1, signal);
        if (lease) return lease;
      } else if (now - started > waitMs) throw busy(latest.holder);
      await sleep(Math.min(lifeMs / BEATS_PER_LIFE / 2, 1_000), undefined, signal ? { signal } : {});
    }
  }

  /** Undefined when another was faster. */
  async #claim(number: number, signal?: AbortSignal): Promise<Lease | undefined> {
    const holder = `process ${process.pid} on ${hostname()}`;
    const lease: Lease = { number, token: randomUUID(), holder, beat: 0, isOver: false };
    const row = { ids: [idOf(number)], metadatas: [{ ...lease }], embeddings: [[1]] };
    await this.#collections.write(NAME, RECIPE, (collection) => collection.add(row), signal);
    // The highest, not this number: it may be an old one, used and deleted since we looked.
    if ((await this.#findLatest(signal))?.token !== lease.token) return undefined;
    await this.#forgetBefore(number, signal);
    return lease;
  }

  async #keepAlive(lease: Lease, end: AbortSignal): Promise<void> {
    const pauseMs = this.#options.lifeMs / BEATS_PER_LIFE;
    for (let beat = 1; !end.aborted; beat++) {
      await sleep(pauseMs, undefined, { signal: end, ref: false }).catch(() => {});
      // A beat that is not heard is followed by another; whether the lease was lost is asked before it matters.
      if (!end.aborted) await this.#write({ ...lease, beat }).catch(() => {});
    }
  }

  /** Changes a lease that is there; one that was deleted stays so. */
  async #write(lease: Lease): Promise<void> {
    const row = { ids: [idOf(lease.number)], metadatas: [{ ...lease }] };
    await this.#collections.read(NAME, (collection) => collection.update(row));
  }

  async #forgetBefore(number: number, signal?: AbortSignal): Promise<void> {
    const older = (await this.#list(signal)).filter((lease) => lease.number < number);
    await this.#collections.deleteIds(
      NAME,
      older.map((lease) => idOf(lease.number)),
      signal,
    );
  }

  async #findLatest(signal?: AbortSignal): Promise<Lease | undefined> {
    return (await this.#list(signal)).sort((a, b) => b.number - a.number)[0];
  }

  /** There are never many: each new holder deletes those before its own. */
  async #list(signal?: AbortSignal): Promise<Lease[]> {
    const limit = this.#collections.connection.pageSize;
    const found = await this.#collections.read(
      NAME,
      (collection) => collection.get({ limit, include: ['metadatas'] }),
      signal,
    );
    return (found?.metadatas ?? []).flatMap((metadata) => Lease.safeParse(metadata).data ?? []);
  }
}

function idOf(number: number): string {
  return `lease/${number}`;
}

function busy(holder: string): PrecedentError {
  return new PrecedentError(
    'ingest-running',
    `another ingest is at work on this index (${holder}): try again when it is done`,
  );
}
