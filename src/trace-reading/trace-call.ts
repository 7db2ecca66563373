import type { MessagePort } from 'node:worker_threads';
import { PrecedentError } from '../domain/errors.ts';
import type { WindowName } from '../traces/read-body.ts';
import { createWorkClock, type WorkClock } from './trace-clock.ts';
import type { TraceInput, TraceOutcome, TraceOutput } from './trace-messages.ts';
import { createStallWatch, type StallWatchOptions } from './trace-stall.ts';
import type { TraceCall } from './trace-thread.ts';

export interface ConverseOptions extends StallWatchOptions {
  /** Of each body, in the order of the job. */
  readonly sources: readonly AsyncIterable<Uint8Array>[];
  /** Takes care of a page; the thread waits for it. False for one that is lost. Never throws. */
  readonly keepPage: (window: WindowName, content: Uint8Array) => Promise<boolean>;
  readonly onUnkept: (window: WindowName, reason: string) => void;
  /** What the thread may work, whatever the size; larger bodies get more. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

const MB = 1024 * 1024;

/** Added to the limit for every megabyte that is sent. */
const MB_MS = 1_000;

/** Bytes on their way to the thread: enough that it need not wait for them, few enough to be no burden. */
const MAX_IN_FLIGHT = MB / 2;

/**
 * Feeds a job its bodies as fast as the thread reads them, takes its pages, and gives its outcome. What a source throws
 * is thrown; so is the reason of the signal, at once.
 */
export async function converse({ port, started, died }: TraceCall, options: ConverseOptions): Promise<TraceOutcome> {
  const { signal } = options;
  const clock = createWorkClock(options.limitMs, tookTooLong);
  const stall = createStallWatch(options);
  const feed = createFeed(port, clock);
  let forget = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    forget = () => signal.removeEventListener('abort', abort);
  });
  try {
    signal.throwIfAborted();
    const outcome = listen(port, feed, options);
    void started.then(feed.begin);
    const fed = feed.send(options.sources.map(stall.over)).then(() => outcome);
    return await Promise.race([outcome, fed, died, clock.late, stall.stalled, aborted]);
  } finally {
    forget();
    clock.stop();
    stall.stop();
    feed.stop();
  }
}

/** Hears what the thread says until it gives an outcome. */
function listen(port: MessagePort, feed: Feed, { keepPage, onUnkept }: ConverseOptions): Promise<TraceOutcome> {
  return new Promise((resolve) => {
    port.on('message', async (output: TraceOutput) => {
      if (output.kind === 'taken') feed.taken(output.bytes);
      else if (output.kind === 'page') await feed.keep(output.window, keepPage(output.window, output.content));
      else if (output.kind === 'unkept') onUnkept(output.window, output.reason);
      else resolve(output);
    });
  });
}

interface Feed {
  /** The thread has started. What it is sent before waits for it. */
  begin(): void;
  /** Sends all bodies, one after the other, never more than the thread can take. */
  send(sources: readonly AsyncIterable<Uint8Array>[]): Promise<void>;
  /** The thread is done with so many bytes. */
  taken(bytes: number): void;
  /** Tells the thread when the page has been taken care of. */
  keep(window: WindowName, keeping: Promise<boolean>): Promise<void>;
  stop(): void;
}

function createFeed(port: MessagePort, clock: WorkClock): Feed {
  let inFlight = 0;
  let openPages = 0;
  let isBegun = false;
  let isAllSent = false;
  let isStopped = false;
  let wake = () => {};

  /** The thread is at work when it has from us all that it needs. With a page on its way it may be, or wait for that. */
  function turn(): void {
    if (!isStopped && isBegun) clock.turn(openPages === 0 && (inFlight > 0 || isAllSent));
  }

  function post(input: TraceInput, transfer: ArrayBuffer[] = []): void {
    if (!isStopped) port.postMessage(input, transfer);
  }

  async function sendBody(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of source) {
      if (isStopped) return;
      // A copy: what is transferred is gone here, and small chunks share their memory with others.
      const copy = Uint8Array.from(bytes);
      inFlight += copy.length;
      clock.extend((MB_MS * copy.length) / MB);
      post({ kind: 'chunk', bytes: copy }, [copy.buffer]);
      turn();
      while (inFlight > MAX_IN_FLIGHT && !isStopped) await new Promise<void>((resolve) => (wake = resolve));
    }
    post({ kind: 'end-of-body' });
  }

  return {
    begin() {
      isBegun = true;
      turn();
    },
    async send(sources) {
      for (const source of sources) if (!isStopped) await sendBody(source);
      isAllSent = true;
      turn();
    },
    taken(bytes) {
      inFlight -= bytes;
      turn();
      wake();
    },
    async keep(window, keeping) {
      openPages++;
      turn();
      const isKept = await keeping;
      openPages--;
      post({ kind: 'kept', window, isLost: !isKept });
      turn();
    },
    stop() {
      isStopped = true;
      wake();
    },
  };
}

function tookTooLong(allowedMs: number): PrecedentError {
  const seconds = Math.round(allowedMs / 1_000);
  return new PrecedentError(
    'input-too-large',
    `the traces took longer than ${seconds} s to read: send shorter windows, or fewer traces of each`,
  );
}
