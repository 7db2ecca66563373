import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { TraceJob, TraceWorkerData } from './trace-messages.ts';

export interface TraceThreadOptions extends TraceWorkerData {
  /** The worker's file; tests put one here that hangs or dies on demand. */
  readonly worker: string | URL;
  /** After this without work the worker ends, and its memory is free. */
  readonly idleMs: number;
  /** What more memory than this is needed for ends the worker, not the process. */
  readonly memoryMb: number;
}

/** One job in a thread. */
export interface TraceCall {
  readonly port: MessagePort;
  /** Rejects when the thread ends in the middle of the job. */
  readonly died: Promise<never>;
}

/** A thread for one job at a time. It starts at the first of them, and again after it has ended, for whatever reason. */
export interface TraceThread extends AsyncDisposable {
  call(job: TraceJob): TraceCall;
  /** Gives the job up if it is not done; then the thread is free for the next. */
  settle(): Promise<void>;
}

/** A worker that has nobody to work for any more may take this long to notice. */
const GRACE_MS = 500;

export function createTraceThread({ worker: file, policy, idleMs, memoryMb }: TraceThreadOptions): TraceThread {
  let worker: Worker | undefined;
  let idling: NodeJS.Timeout | undefined;
  let current: Current | undefined;

  function start(): Worker {
    const started = new Worker(file, {
      workerData: { policy } satisfies TraceWorkerData,
      // The loaders and flags of the parent are not meant for the worker, which brings its own.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    // Unheard, the event would end the process; whoever has a job in the thread hears it too.
    started.on('error', () => {});
    started.once('exit', () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  async function stop(): Promise<void> {
    const old = worker;
    worker = undefined;
    await old?.terminate();
  }

  return {
    call(job) {
      clearTimeout(idling);
      worker ??= start();
      worker.ref();
      const { port1: port, port2 } = new MessageChannel();
      const watched = watch(worker, memoryMb);
      current = { worker, port, ...watched };
      worker.postMessage({ port: port2, job }, [port2]);
      return { port, died: watched.died };
    },
    async settle() {
      if (!current) return;
      const { worker: ours, port, free, forget } = current;
      current = undefined;
      port.close();
      const isFree = await inTime(free, GRACE_MS);
      forget();
      if (!isFree && worker === ours) await stop();
      // An idle thread holds nothing up, not even the end of the process.
      ours.unref();
      idling = setTimeout(() => void stop(), idleMs).unref();
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(idling);
      await stop();
    },
  };
}

type Current = ReturnType<typeof watch> & { readonly worker: Worker; readonly port: MessagePort };

/** What becomes of the worker during one job. */
function watch(worker: Worker, memoryMb: number) {
  const heard: (() => void)[] = [];
  const hear = (event: 'message' | 'error' | 'exit', listener: (content: unknown) => void) => {
    worker.once(event, listener);
    heard.push(() => worker.off(event, listener));
  };
  const died = new Promise<never>((_resolve, reject) => {
    hear('error', (error) => reject(explainDeath(error, memoryMb)));
    hear('exit', (code) => reject(new Error(`the thread that reads traces ended with code ${code}`)));
  });
  died.catch(() => {});
  const free = new Promise<boolean>((resolve) => {
    hear('message', () => resolve(true));
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
