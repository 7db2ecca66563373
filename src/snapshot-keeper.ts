import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PrecedentError } from './domain/errors.ts';
import { type KnownSnapshot, type SnapshotFacts, SnapshotKey, type SnapshotPage } from './domain/snapshot.ts';
import type { Ports, SnapshotStore } from './ports.ts';

export interface SnapshotKeeperOptions {
  readonly store: SnapshotStore;
  /** Since a snapshot was used last; with 0 none are kept. */
  readonly days: number;
  /** Of all snapshots, compressed. */
  readonly maxBytes: number;
  readonly now: Ports['now'];
  readonly newId: Ports['newId'];
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Keeps windows of telemetry as snapshots, and forgets them in time. */
export interface SnapshotKeeper extends AsyncDisposable {
  /** Undefined when none are kept. */
  begin(): SnapshotUpload | undefined;
  /** Throws `not-found`, `snapshot-expired`, and `input-invalid` for what is no key or no page of it. */
  getPage(key: string, page?: number, signal?: AbortSignal): Promise<SnapshotPage>;
}

/** What whoever reads windows needs of it. */
export type SnapshotSink = Pick<SnapshotKeeper, 'begin'>;

/** Never throws: a store that is away costs a digest its key, not its answer. */
export interface SnapshotUpload {
  /** The next page, compressed by gzip. False once the snapshot can no longer be kept. */
  page(content: Uint8Array): Promise<boolean>;
  /** The key; undefined when the snapshot could not be kept. */
  commit(facts: SnapshotFacts): Promise<string | undefined>;
  /** Safe to repeat; what was committed stays. */
  discard(): Promise<void>;
}

/** Whoever waits for a digest also waits for this. */
const CALL_MS = 5_000;
const EXPIRE_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** What expiring may take to end when everything else has. */
const STOPPING_MS = 1_000;
/** Longer than reading any window takes. */
const UPLOAD_MS = 3_600_000;

export function createSnapshotKeeper(options: SnapshotKeeperOptions): SnapshotKeeper {
  const { store, days, newId } = options;
  const retention = createRetention(options);
  return {
    begin: () => (days > 0 ? createUpload(newId(), options, retention.run) : undefined),
    async getPage(key, page = 1, signal) {
      const { snapshot } = await getSnapshot(options, key, signal);
      checkPage(page, snapshot.pages);
      const content = await store.findPage(key, page, signal);
      // Only retention takes pages, so asking again says when.
      if (!content) throw missing(key, await store.findSnapshot(key, signal), options.days);
      retention.run();
      const window: unknown = JSON.parse((await promisify(gunzip)(content)).toString());
      return { ...snapshot, page, next: page < snapshot.pages ? page + 1 : null, window };
    },
    [Symbol.asyncDispose]: retention.stop,
  };
}

function createUpload(upload: string, options: SnapshotKeeperOptions, onKept: (bytes: number) => void): SnapshotUpload {
  const { store, now, maxBytes, onFailure } = options;
  let state: 'open' | 'failed' | 'kept' | 'discarded' = 'open';
  let pages = 0;
  let bytes = 0;
  const attempt = async (work: (signal: AbortSignal) => Promise<void>) => {
    if (state !== 'open') return;
    try {
      await work(AbortSignal.timeout(CALL_MS));
    } catch (error) {
      state = 'failed';
      onFailure('keep snapshot', error);
    }
  };
  const discard = async () => {
    if (state === 'kept' || state === 'discarded') return;
    state = 'discarded';
    // What is left now is swept in time.
    if (pages > 0) await store.discardUpload(upload, AbortSignal.timeout(CALL_MS)).catch(() => {});
  };
  return {
    discard,
    async page(content) {
      await attempt(async (signal) => {
        bytes += content.byteLength;
        if (bytes > maxBytes) throw new PrecedentError('input-too-large', 'one window is larger than SNAPSHOT_MAX_MB');
        await store.savePage({ upload, page: ++pages, content, savedAt: now() }, signal);
      });
      return state === 'open';
    },
    async commit(facts) {
      const moment = now().toISOString();
      await attempt(async (signal) => {
        await store.saveSnapshot(upload, { ...facts, createdAt: moment, usedAt: moment }, signal);
        state = 'kept';
      });
      if (state !== 'kept') {
        await discard();
        return undefined;
      }
      onKept(bytes);
      return facts.key;
    },
  };
}

/** Runs beside everything else: once an hour, and whenever a tenth of all that may be kept has come. */
function createRetention({ store, days, maxBytes, now, onFailure }: SnapshotKeeperOptions) {
  const stop = new AbortController();
  let lastAt = Number.NEGATIVE_INFINITY;
  let keptBytes = 0;
  let running = Promise.resolve();
  const expire = async (at: Date) => {
    const usedSince = new Date(at.getTime() - days * DAY_MS);
    const uploadedSince = new Date(at.getTime() - UPLOAD_MS);
    await store.expire({ usedSince, maxBytes, uploadedSince }, at, stop.signal);
  };
  return {
    run(bytes = 0): void {
      const at = now();
      keptBytes += bytes;
      const isDue = at.getTime() - lastAt >= EXPIRE_MS || keptBytes > maxBytes / 10;
      if (stop.signal.aborted || !isDue) return;
      lastAt = at.getTime();
      keptBytes = 0;
      running = running
        .then(() => expire(at))
        .catch((error: unknown) => {
          if (!stop.signal.aborted) onFailure('expire snapshots', error);
        });
    },
    /** A command is over soon: what it began may end, if that does not take long. */
    async stop(): Promise<void> {
      const late = setTimeout(() => stop.abort(), STOPPING_MS);
      await running;
      clearTimeout(late);
      stop.abort();
    },
  };
}

async function getSnapshot(options: SnapshotKeeperOptions, key: string, signal: AbortSignal | undefined) {
  const { error } = SnapshotKey.safeParse(key);
  if (error) {
    const problems = error.issues.map(({ message }) => ({ path: 'key', message }));
    throw new PrecedentError('input-invalid', 'this is no snapshot key', { problems });
  }
  const known = await options.store.findSnapshot(key, signal);
  if (!known || known.expiredAt !== undefined) throw missing(key, known, options.days);
  return known;
}

function missing(key: string, known: KnownSnapshot | undefined, days: number): PrecedentError {
  if (known?.expiredAt === undefined) return new PrecedentError('not-found', `there is no snapshot ${key}`);
  const why = describeExpiry(known.snapshot.usedAt, known.expiredAt, days);
  return new PrecedentError('snapshot-expired', `snapshot ${key} was kept until ${known.expiredAt}: ${why}`);
}

/** The settings may have been others then, so that only days that are over tell which of them it was. */
function describeExpiry(usedAt: string, expiredAt: string, days: number): string {
  const isOld = Date.parse(expiredAt) - Date.parse(usedAt) >= days * DAY_MS;
  if (isOld) return `no digest had come from it since ${usedAt}, and SNAPSHOT_DAYS is ${days}`;
  return 'SNAPSHOT_MAX_MB had no more room for it, unless SNAPSHOT_DAYS was shorter then';
}

function checkPage(page: number, pages: number): void {
  if (Number.isInteger(page) && page >= 1 && page <= pages) return;
  const message = `must be a whole number from 1 to ${pages}`;
  throw new PrecedentError('input-invalid', 'the snapshot has no such page', { problems: [{ path: 'page', message }] });
}
