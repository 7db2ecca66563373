import type { IngestProgress } from '../ingest/pipeline.ts';
import { isPrecedentError, messageOf } from './domain/errors.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import type { LastRefresh } from './domain/knowledge-status.ts';
import type { Clock } from './ports.ts';

/** Who asked for the index to be brought up to date. */
export type RefreshReason = 'start' | 'hook' | 'poll' | 'retry';

/** How the last refresh went; undefined fields have not happened yet. */
export interface RefreshOutcome {
  readonly at: string;
  readonly reason: RefreshReason;
  readonly report?: IngestReport;
  readonly error?: unknown;
}

export interface RefresherOptions {
  readonly ingest: (reason: RefreshReason, signal: AbortSignal, onProgress?: OnProgress) => Promise<IngestReport>;
  /** Whether a source was away: the ingest went well, and what it could not see is still to come. */
  readonly isIncomplete?: (report: IngestReport) => boolean;
  readonly now: Clock;
  /** 0 is never: then only hooks and whoever calls `refresh` bring anything new. */
  readonly pollMs: number;
  /** After a failure that may pass by itself; twice as long each time. */
  readonly retryMs?: number;
  readonly onOutcome?: (outcome: RefreshOutcome) => void;
}

/** Keeps the index of a running server up with its sources. Closing it stops what runs. */
export interface Refresher extends AsyncDisposable {
  /**
   * Brings the index up to date with the sources as they are now. One ingest runs at a time; whoever asks meanwhile is
   * served by one more after it, because the one at work may have read the sources already.
   */
  refresh(reason: RefreshReason, onProgress?: OnProgress): Promise<IngestReport>;
  /** Stops what runs and what was to come, without waiting for it. */
  stop(): void;
  /** Begins to poll. */
  start(): void;
  readonly last: RefreshOutcome | undefined;
  readonly isRunning: boolean;
}

type OnProgress = (progress: IngestProgress) => void;

const RETRY_MS = 10_000;
const MAX_RETRY_MS = 600_000;

export function createRefresher(options: RefresherOptions): Refresher {
  const { now, pollMs, retryMs = RETRY_MS, onOutcome = () => {}, isIncomplete = () => false } = options;
  const stop = new AbortController();
  let running: Promise<IngestReport> | undefined;
  let next: Promise<IngestReport> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let last: RefreshOutcome | undefined;
  let failures = 0;

  async function run(reason: RefreshReason, onProgress: OnProgress | undefined): Promise<IngestReport> {
    try {
      stop.signal.throwIfAborted();
      const report = await options.ingest(reason, stop.signal, onProgress);
      tell({ at: now().toISOString(), reason, report });
      if (isIncomplete(report)) retry();
      else failures = 0;
      return report;
    } catch (error) {
      if (!stop.signal.aborted) tell({ at: now().toISOString(), reason, error });
      if (isPrecedentError(error) && error.isRetryable) retry();
      throw error;
    }
  }

  function tell(outcome: RefreshOutcome): void {
    last = outcome;
    onOutcome(outcome);
  }

  function retry(): void {
    const delay = Math.min(retryMs * 2 ** failures, MAX_RETRY_MS);
    failures++;
    // A poll that comes sooner does as well.
    if (pollMs === 0 || delay < pollMs) schedule('retry', delay);
    else schedule('poll', pollMs);
  }

  function begin(reason: RefreshReason, onProgress?: OnProgress): Promise<IngestReport> {
    running = run(reason, onProgress).finally(() => {
      running = undefined;
    });
    return running;
  }

  /** One timer for both: a retry comes sooner, and polling goes on after it. */
  function schedule(reason: 'poll' | 'retry', afterMs: number): void {
    if (stop.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      if (pollMs > 0) schedule('poll', pollMs);
      // Told to the observer already; the next poll tries again.
      refresh(reason).catch(() => {});
    }, afterMs);
    timer.unref();
  }

  function refresh(reason: RefreshReason, onProgress?: OnProgress): Promise<IngestReport> {
    if (running === undefined) return begin(reason, onProgress);
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return begin(reason, onProgress);
      });
    return next;
  }

  return {
    refresh,
    stop: () => stop.abort(new Error('the service is stopping')),
    start: () => {
      // Unless the first ingest failed, and another one is due sooner.
      if (pollMs > 0 && timer === undefined) schedule('poll', pollMs);
    },
    get last() {
      return last;
    },
    get isRunning() {
      return running !== undefined;
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      stop.abort(new Error('the service is stopping'));
      await Promise.allSettled([running, next]);
      clearTimeout(timer);
    },
  };
}

/** How the last refresh went, as plain data. */
export function toLastRefresh({ last, isRunning }: Refresher): { last: LastRefresh | undefined; isRunning: boolean } {
  if (last === undefined) return { last, isRunning };
  const { at, reason, report, error } = last;
  if (report === undefined) {
    const code = isPrecedentError(error) ? error.code : 'internal';
    return { last: { at, reason, ok: false, error: { code, detail: messageOf(error) } }, isRunning };
  }
  return { last: { at, reason, ok: true, published: report.published, problems: report.problems.length }, isRunning };
}
