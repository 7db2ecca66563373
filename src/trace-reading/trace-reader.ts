import { PrecedentError } from '../domain/errors.ts';
import type { RedactionPolicy } from '../domain/redaction.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { SnapshotSink, SnapshotUpload } from '../snapshot-keeper.ts';
import type { ContentEncoding, WindowName, WindowPlaces } from '../traces/read-body.ts';
import { converse } from './trace-call.ts';
import type { TraceJob, TraceOutcome, TraceReading, TraceRefusal } from './trace-messages.ts';
import { createTraceThread } from './trace-thread.ts';
import { createTraceTurns } from './trace-turns.ts';

/** A body with windows in it, or a window by itself. */
export interface TraceBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly encoding: ContentEncoding;
  readonly windows: WindowPlaces;
  /** Of a file, to tell it apart in what is said of its mistakes. */
  readonly name?: string;
}

export interface ReadTracesOptions {
  /** Of each body, decompressed. */
  readonly maxBytes: number;
  /** Only what had ended by this moment is looked at; a body may also say so itself, as its `asOf`. */
  readonly asOf?: Date | undefined;
  /** The same span may come more than once, for what was asked says so: that is no mistake of whoever sent it. */
  readonly mayRepeat?: boolean;
}

export interface ReadTraces {
  /** Of each body what is left without its windows; undefined for one that is a window. */
  readonly rest: readonly unknown[];
  /** Undefined when no body held an incident window. */
  readonly analysis: TraceAnalysis | undefined;
}

/**
 * Reads windows of spans and says what they say, in a thread of its own; what it read is kept as snapshots. Errors: those
 * of `readBody`, `input-too-large` also for what needs more time or memory than a reading may take, `overloaded`,
 * `interrupted`, and what the bytes themselves throw.
 */
export interface TraceReader extends AsyncDisposable {
  read(bodies: readonly TraceBody[], options: ReadTracesOptions, signal?: AbortSignal): Promise<ReadTraces>;
  /**
   * Starts a thread before there is anything to read. Resolves when one has started, or cannot; never throws. Nothing is
   * held up by it, not even the end of the process.
   */
  warm(): Promise<void>;
}

export interface TraceReaderOptions {
  /** What is blacked out of what is kept. */
  readonly policy: RedactionPolicy;
  /** Where windows are kept; without it none are. */
  readonly snapshots?: SnapshotSink | undefined;
  /** Hears why a window that should have been kept was not. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  /** Bodies that are read at the same time, each in a thread. More than one, so that a slow caller holds up no others. */
  readonly threads?: number;
  /** Readings that may wait for a thread; more are refused. */
  readonly maxWaiting?: number;
  /** What any reading may take; large ones get more. */
  readonly limitMs?: number;
  readonly idleMs?: number;
  /** Never lets the last thread end: traces are fetched within a deadline, and a start would take most of it. */
  readonly keepsWarm?: boolean;
  /** How long a body may send nothing while others wait for a thread. */
  readonly stallMs?: number;
  readonly memoryMb?: number;
  /** Another worker file; tests put one here that hangs or dies on demand. */
  readonly worker?: string | URL;
}

const WORKER = new URL('./trace.worker.js', import.meta.url);

/** Of one window: more say nothing that so many do not. */
const MAX_SPANS = 1_000_000;

export function createTraceReader(options: TraceReaderOptions): TraceReader {
  const { policy, threads = 2, maxWaiting = 16, limitMs = 60_000, onFailure = () => {} } = options;
  const { worker = WORKER, idleMs = 300_000, keepsWarm = false, stallMs = 5_000, memoryMb = 1_024 } = options;
  const open = (_: unknown, at: number) =>
    createTraceThread({ worker, policy, idleMs: keepsWarm && at === threads - 1 ? undefined : idleMs, memoryMb });
  const turns = createTraceTurns(Array.from({ length: threads }, open), maxWaiting);
  const running = new Set<AbortController>();
  let isClosed = false;

  async function read(
    bodies: readonly TraceBody[],
    asked: ReadTracesOptions,
    signal: AbortSignal,
  ): Promise<ReadTraces> {
    const uploads = beginUploads(bodies, options.snapshots);
    const job: TraceJob = {
      bodies: bodies.map(({ encoding, windows }) => ({ encoding, windows })),
      maxBytes: asked.maxBytes,
      maxSpans: MAX_SPANS,
      asOf: asked.asOf,
      mayRepeat: asked.mayRepeat ?? false,
      wantsPages: uploads.size > 0,
    };
    try {
      const outcome = await turns.run(signal, (thread) =>
        converse(thread.call(job), {
          sources: bodies.map(({ bytes }) => bytes),
          keepPage: async (window, content) => (await uploads.get(window)?.page(content)) ?? false,
          onUnkept: (window, reason) => onFailure(new Error(`the ${window} window is not kept: ${reason}`)),
          limitMs,
          stallMs,
          isWanted: turns.isWanted,
          signal,
        }),
      );
      const { rest, analysis, snapshots } = getReading(outcome, bodies);
      return { rest, analysis: analysis && withKeys(analysis, await commit(uploads, snapshots)) };
    } finally {
      // Those that were committed are not hurt by it.
      for (const upload of uploads.values()) upload.discard().catch(onFailure);
    }
  }

  return {
    async read(bodies, asked, signal) {
      signal?.throwIfAborted();
      if (isClosed) throw CLOSED();
      const stopping = new AbortController();
      const abort = () => stopping.abort(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      running.add(stopping);
      try {
        return await read(bodies, asked, stopping.signal);
      } finally {
        running.delete(stopping);
        signal?.removeEventListener('abort', abort);
      }
    },
    warm: turns.warm,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const stopping of running) stopping.abort(CLOSED());
      await turns[Symbol.asyncDispose]();
    },
  };
}

const CLOSED = () => new PrecedentError('interrupted', 'the reading of traces was stopped');

type Uploads = Map<WindowName, SnapshotUpload>;

/** The baseline's first, as its key is. */
function beginUploads(bodies: readonly TraceBody[], snapshots: SnapshotSink | undefined): Uploads {
  const uploads = new Map<WindowName, SnapshotUpload>();
  for (const window of ['baseline', 'incident'] as const) {
    const upload = bodies.some(({ windows }) => windows[window]) ? snapshots?.begin() : undefined;
    if (upload) uploads.set(window, upload);
  }
  return uploads;
}

type Keys = Partial<Record<WindowName, string>>;

async function commit(uploads: Uploads, snapshots: TraceReading['snapshots']): Promise<Keys> {
  const keys: Keys = {};
  for (const [window, upload] of uploads) {
    const facts = snapshots[window];
    const key = facts && (await upload.commit(facts));
    if (key !== undefined) keys[window] = key;
  }
  return keys;
}

function withKeys(analysis: TraceAnalysis, keys: Keys): TraceAnalysis {
  const { baseline, incident } = analysis.windows;
  const name = <Window extends object>(window: Window, snapshotKey: string | undefined) =>
    snapshotKey === undefined ? window : { ...window, snapshotKey };
  const windows = { baseline: baseline && name(baseline, keys.baseline), incident: name(incident, keys.incident) };
  return { ...analysis, windows };
}

function getReading(outcome: TraceOutcome, bodies: readonly TraceBody[]): TraceReading {
  if (outcome.kind === 'read') return outcome.reading;
  if (outcome.kind === 'refused') throw toError(outcome.refusal, bodies);
  const what = outcome.kind === 'broken' ? 'cannot read these traces' : 'does not start';
  throw new Error(`the thread that reads traces ${what}: ${outcome.reason}`);
}

function toError({ code, message, problems, body }: TraceRefusal, bodies: readonly TraceBody[]): PrecedentError {
  const name = body === undefined ? undefined : bodies[body]?.name;
  return new PrecedentError(code, name === undefined ? message : `${name}: ${message}`, { problems });
}
