import { startDeadline } from '../adapters/deadline.ts';
import { MAX_WINDOW_BYTES } from '../adapters/trace-api.ts';
import type { TraceFetch, TraceFetchQuery } from '../diagnose/fetch-traces.ts';
import type { WindowSettings } from '../diagnose/trace-windows.ts';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { TraceSource } from '../ports.ts';
import type { TraceReader } from './trace-reader.ts';

/** So much of a window is taken in while the other is read. */
const AHEAD_BYTES = 16 * 1024 * 1024;

const UNREADABLE: ReadonlySet<PrecedentError['code']> = new Set(['input-invalid', 'input-too-large', 'trace-invalid']);

export interface TraceFetchSettings extends WindowSettings {
  /** For both windows together, until they are read. */
  readonly timeoutMs: number;
}

/**
 * Both windows from the source through the reader, side by side and within one deadline. A thread that must start first
 * costs the source none of its time: for as long as that took, at most as long as the deadline itself, the reading may
 * take longer once the source has sent everything.
 */
export function createTraceFetch(
  source: TraceSource,
  reader: Pick<TraceReader, 'read' | 'warm'>,
  { timeoutMs, ...windows }: TraceFetchSettings,
): TraceFetch {
  async function readWindows(
    query: TraceFetchQuery,
    arrival: Arrival,
    signal: AbortSignal,
  ): Promise<TraceAnalysis | undefined> {
    const { services, baseline, incident, asOf } = query;
    const from = (range: typeof incident) => readAhead(source.fetchTraces({ services, ...range }, signal), arrival);
    const bodies = [
      { bytes: from(baseline), encoding: 'identity', windows: { baseline: [] } },
      { bytes: from(incident), encoding: 'identity', windows: { incident: [] } },
    ] as const;
    // A trace that passes two of the services comes once for each of them.
    const options = { maxBytes: MAX_WINDOW_BYTES, asOf, mayRepeat: services.length > 1 };
    return (await reader.read(bodies, options, signal)).analysis;
  }

  return {
    name: source.name,
    windows,
    async read(query, signal) {
      const arrival = createArrival();
      const getStartMs = watchStart(reader);
      const getExtraMs = () => (arrival.isAwaited() ? 0 : Math.min(timeoutMs, getStartMs()));
      using deadline = startDeadline(timeoutMs, signal, getExtraMs);
      const within = deadline.signal;
      let wasAwaited = false;
      // At that very moment: once it has heard of it, the source is not waited for any more.
      within.addEventListener('abort', () => (wasAwaited = arrival.isAwaited()), { once: true });
      try {
        // Raced as well as signalled: nobody waits for a source or a reader that does not heed the signal.
        return await untilAborted(readWindows(query, arrival, within), within);
      } catch (error) {
        if (isEmptyIncident(error)) return undefined;
        if (!deadline.isOver()) throw isUnreadable(error) ? toUnavailable(source, error) : error;
        const late = wasAwaited ? source.name : `${source.name} answered in time, but reading its traces`;
        throw new PrecedentError('traces-unavailable', `${late} took longer than ${timeoutMs / 1000} s`);
      }
    },
  };
}

/** That no trace passed the service is an answer; what reads windows for callers calls it a mistake of theirs. */
function isEmptyIncident(error: unknown): boolean {
  return (
    isPrecedentError(error, 'trace-invalid') &&
    error.problems.some(({ path, message }) => path === 'incident' && message === 'no spans')
  );
}

/** What reads bodies for callers speaks to them of theirs; here nobody has sent any but the source. */
function isUnreadable(error: unknown): error is PrecedentError {
  return isPrecedentError(error) && UNREADABLE.has(error.code);
}

function toUnavailable({ name }: TraceSource, error: PrecedentError): PrecedentError {
  return new PrecedentError('traces-unavailable', `what ${name} sent cannot be used: ${error.message}`, {
    cause: error,
  });
}

/** How long the reader's thread has taken to start by now; nothing when it ran already. */
function watchStart(reader: Pick<TraceReader, 'warm'>): () => number {
  const since = performance.now();
  let startMs: number | undefined;
  reader.warm().then(() => {
    startMs = performance.now() - since;
  });
  return () => startMs ?? performance.now() - since;
}

/** Who is waited for: the source, or whoever reads what it sent. */
interface Arrival {
  during<T>(next: Promise<T>): Promise<T>;
  isAwaited(): boolean;
}

function createArrival(): Arrival {
  let awaited = 0;
  return {
    isAwaited: () => awaited > 0,
    async during(next) {
      awaited++;
      try {
        return await next;
      } finally {
        awaited--;
      }
    },
  };
}

/** Begins to take at once, whoever reads when. */
function readAhead(bytes: AsyncIterable<Uint8Array>, arrival: Arrival): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await arrival.during(iterator.next());
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }),
  );
}
