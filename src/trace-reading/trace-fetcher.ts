import { startDeadline } from '../adapters/deadline.ts';
import { MAX_WINDOW_BYTES } from '../adapters/trace-api.ts';
import { untilAborted } from '../adapters/until-aborted.ts';
import type { TraceFetch, TraceFetchQuery } from '../diagnose/fetch-traces.ts';
import type { WindowSettings } from '../diagnose/trace-windows.ts';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { TraceSource } from '../ports.ts';
import type { TraceReader } from './trace-reader.ts';

/** So much of a window is taken in while the other is read. */
const AHEAD_BYTES = 16 * 1024 * 1024;

const UNREADABLE: ReadonlySet<PrecedentError['code']> = new Set(['input-invalid', 'input-too-large', 'trace-invalid']);

export interface TraceFetchSettings extends WindowSettings {
  /** For both windows together, until they are read. */
  readonly timeoutMs: number;
}

/** Both windows from the source through the reader, side by side and within one deadline. */
export function createTraceFetch(
  source: TraceSource,
  reader: TraceReader,
  { timeoutMs, ...windows }: TraceFetchSettings,
): TraceFetch {
  async function readWindows(query: TraceFetchQuery, signal: AbortSignal): Promise<TraceAnalysis | undefined> {
    const { services, baseline, incident, asOf } = query;
    const from = (range: typeof incident) => readAhead(source.fetchTraces({ services, ...range }, signal), AHEAD_BYTES);
    const bodies = [
      { bytes: from(baseline), encoding: 'identity', windows: { baseline: [] } },
      { bytes: from(incident), encoding: 'identity', windows: { incident: [] } },
    ] as const;
    return (await reader.read(bodies, { maxBytes: MAX_WINDOW_BYTES, asOf }, signal)).analysis;
  }

  return {
    name: source.name,
    windows,
    async read(query, signal) {
      using deadline = startDeadline(timeoutMs, signal);
      const within = deadline.signal;
      try {
        // Raced as well as signalled: nobody waits for a source or a reader that does not heed the signal.
        return await untilAborted(readWindows(query, within), within);
      } catch (error) {
        if (isEmptyIncident(error)) return undefined;
        if (!deadline.isOver()) throw isUnreadable(error) ? toUnavailable(source, error) : error;
        throw new PrecedentError('traces-unavailable', `${source.name} took longer than ${timeoutMs / 1000} s`);
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

/** Begins to take at once, whoever reads when. */
function readAhead(bytes: AsyncIterable<Uint8Array>, maxAhead: number): AsyncIterable<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxAhead }),
  );
}
