import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { TraceJob, TraceWorkerData, TraceWorkerNews } from './trace-messages.ts';

export interface TraceThreadOptions extends TraceWorkerData {
  /** The worker's file; tests put one here that hangs or dies on demand. */
  readonly worker: string | URL;
  /** After this without work the worker ends, and its memory is free; undefined keeps it. */
  readonly idleMs: number | undefined;
  /** What more memory than this is needed for ends the worker, not the process. */
  readonly memoryMb: number;
}

/** One job in a thread. */
export interface TraceCall {
  readonly port: MessagePort;
  /** Resolves when the thread has started; it never does for one that dies before. */
  readonly started: Promise<void>;
  /** Rejects when the thread ends in the middle of the job. */
  readonly died: Promise<never>;
}

/** A thread for one job at a time. It starts at the first of them, and again after it has ended, for whatever reason. */
export interface TraceThread extends AsyncDisposable {
  isRunning(): boolean;
  /** Starts it before there is a job; resolves when it has started, or cannot. */
  warm(): Promise<void>;
  call(job: TraceJob): TraceCall;
  /** Gives the job up if it is not done; then the thread is free for the next. */
  settle(): Promise<void>;
}

/** A worker that has nobody to work for any more may take this long to notice. */
const GRACE_MS = 500;

/** Starting is a second's work, of a machine that is busy several; one that takes this long never will. */
const START_MS = 60_000;

export function createTraceThread(options: TraceThreadOptions): TraceThread {
  const { idleMs, memoryMb } = options;
  let running: Running | undefined;
  let idling: NodeJS.Timeout | undefined;
  let current: Current | undefined;
  let isClosed = false;

  function run(): Running {
    const ours = startWorker(options);
    ours.worker.once('exit', () => {
      if (running === ours) running = undefined;
    });
    return ours;
  }

  async function stop(): Promise<void> {
    const old = running;
    running = undefined;
    // Until the worker has ended this holds the program open, unless somebody lets go of it.
    await old?.worker.terminate();
  }

  /** An idle thread holds nothing up, not even the end of the process. */
  function idle({ worker }: Running): void {
    worker.unref();
    clearTimeout(idling);
    if (idleMs !== undefined) idling = setTimeout(() => void stop(), idleMs).unref();
  }

  return {
    isRunning: () => running !== undefined,
    async warm() {
      if (isClosed) return;
      if (!running) {
        running = run();
        idle(running);
      }
      await Promise.race([running.started, running.ended]);
    },
    call(job) {
      clearTimeout(idling);
      running ??= run();
      running.worker.ref();
      current = begin(running, job, memoryMb);
      const { port, died } = current;
      return { port, started: running.started, died };
    },
    async settle() {
      if (!current) return;
      const { running: ours, giveUp, free, forget } = current;
      current = undefined;
      // One that is still starting knows nothing of the job: it goes on, for whoever comes next.
      const isFree = giveUp() || (await inTime(free, GRACE_MS));
      forget();
      // It may have ended by now, or be about to: then letting go of it would let the program end before it has.
      if (running !== ours) return;
      if (isFree) idle(ours);
      else await stop();
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(idling);
      await stop();
    },
  };
}

type Running = ReturnType<typeof startWorker>;

function startWorker({ worker: file, policy, memoryMb }: TraceThreadOptions) {
  const worker = new Worker(file, {
    workerData: { policy } satisfies TraceWorkerData,
    // The loaders and flags of the parent are not meant for the worker, which brings its own.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  // Unheard, the event would end the process; whoever has a job in the thread hears it too.
  worker.on('error', () => {});
  const tooLong = setTimeout(() => void worker.terminate(), START_MS).unref();
  const started = new Promise<void>((resolve) => {
    worker.on('message', (news: TraceWorkerNews) => {
      if (news === 'started') resolve();
    });
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  void Promise.race([started, ended]).then(() => clearTimeout(tooLong));
  return { worker, started, ended };
}

type Current = ReturnType<typeof begin>;

/** Hands the job over as soon as the worker has started. */
function begin(running: Running, job: TraceJob, memoryMb: number) {
  const { worker, started } = running;
  const { port1: port, port2 } = new MessageChannel();
  let state: 'waiting' | 'handed over' | 'given up' = 'waiting';
  void started.then(() => {
    if (state === 'given up') return;
    state = 'handed over';
    worker.postMessage({ port: port2, job }, [port2]);
  });
  /** True when the worker need not even be told. */
  const giveUp = () => {
    const isUntold = state === 'waiting';
    state = 'given up';
    port.close();
    return isUntold;
  };
  return { running, port, giveUp, ...watch(worker, memoryMb) };
}

/** What becomes of the worker during one job. */
function watch(worker: Worker, memoryMb: number) {
  const heard: (() => void)[] = [];
  const hear = (event: 'message' | 'error' | 'exit', listener: (content: unknown) => void) => {
    worker.on(event, listener);
    heard.push(() => worker.off(event, listener));
  };
  const died = new Promise<never>((_resolve, reject) => {
    hear('error', (error) => reject(explainDeath(error, memoryMb)));
    hear('exit', (code) => reject(new Error(`the thread that reads traces ended with code ${code}`)));
  });
  died.catch(() => {});
  const free = new Promise<boolean>((resolve) => {
    hear('message', (news) => news === ('free' satisfies TraceWorkerNews) && resolve(true));
    hear('exit', () => resolve(false));
  });
  const forget = () => {
    for (const stop of heard) stop();
  };
  return { died, free, forget };
}

function explainDeath(error: unknown, memoryMb: number): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const advice = 'send shorter windows, or fewer traces of each';
    return new PrecedentError('input-too-large', `the traces need more than ${memoryMb} MB to be read: ${advice}`);
  }
  return new Error(`the thread that reads traces died: ${messageOf(error)}`, { cause: error });
}

/** False when it did not come in time. */
async function inTime(free: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([free, late]);
  } finally {
    clearTimeout(timer);
  }
}
