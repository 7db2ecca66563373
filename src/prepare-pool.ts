import { Tinypool } from 'tinypool';
import { type PreparedFile, type PrepareFile, unread } from '../ingest/prepare.ts';
import type { SourceFile } from '../ingest/source-file.ts';
import type { HtmlPage } from '../ingest/sources/html.ts';
import type { PageText, ReadPage } from '../ingest/sources/page-text.ts';
import { messageOf } from './domain/errors.ts';
import type { RedactionPolicy } from './domain/redaction.ts';
import { untilAborted } from './domain/until-aborted.ts';

export interface PreparePoolOptions {
  /** What is blacked out. */
  readonly policy: RedactionPolicy;
  /** What any file may take; large ones get more. */
  readonly limitMs?: number;
  /** After this without work the worker ends, and its memory is free. */
  readonly idleMs?: number;
  /** Another worker file; tests put one here that hangs or dies on demand. */
  readonly worker?: string;
}

/**
 * Prepares files and pages in a thread of its own, so that a hostile one holds up nothing else. Starts at the first of
 * them.
 */
export interface PreparePool extends AsyncDisposable {
  readonly prepare: PrepareFile;
  readonly readPage: ReadPage;
  /** Starts the thread beside whatever goes on: for who knows that a file will come. It takes a second. */
  readonly warm: () => void;
}

const WORKER = new URL('./prepare.worker.js', import.meta.url).href;
const MB = 1024 * 1024;

/** Files that travel together, so that messages are few; a large one travels alone. */
const BATCH = { files: 32, bytes: MB / 2 };

/** A file that needs more than this ends its worker, not the process. */
const WORKER_MEMORY_MB = 1_024;

/** Added to the limit for every megabyte of a batch. */
const MB_MS = 10_000;

interface Job {
  readonly file: SourceFile;
  /** Once aborted nobody waits for it any more. */
  readonly signal: AbortSignal | undefined;
  readonly resolve: (prepared: PreparedFile) => void;
  readonly reject: (error: unknown) => void;
}

type Task = { readonly files: readonly SourceFile[] } | { readonly page: PageText };

/** What the worker file answers; it is JavaScript, so its promise is written down here. */
type Reply =
  | { readonly prepared: readonly PreparedFile[] }
  | { readonly page: HtmlPage }
  | { readonly broken: string }
  | { readonly unloadable: string };

export function createPreparePool(options: PreparePoolOptions): PreparePool {
  const thread = createThread(options);
  const waiting: Job[] = [];
  let isWorking = false;

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    while (waiting.length > 0) {
      const jobs = waiting.splice(0, countBatch(waiting)).filter(({ signal }) => !signal?.aborted);
      if (jobs.length > 0)
        await run(jobs).catch((error: unknown) => {
          for (const job of jobs) job.reject(error);
        });
    }
    isWorking = false;
  }

  /** One bad file takes its batch with it; alone, each of them tells whether it was the one. */
  async function run(jobs: readonly Job[]): Promise<void> {
    const answer = await thread.ask({ files: jobs.map(({ file }) => compact(file)) }, sizeOf(jobs));
    const prepared = typeof answer !== 'string' && 'prepared' in answer ? answer.prepared : undefined;
    if (prepared === undefined && jobs.length > 1) {
      for (const job of jobs) await run([job]);
      return;
    }
    for (const [at, job] of jobs.entries()) {
      const reason = typeof answer === 'string' ? answer : 'the parser gave no answer';
      job.resolve(prepared?.[at] ?? unread('failed', reason));
    }
  }

  return {
    async readPage(page) {
      const answer = await thread.ask({ page }, page.text.length);
      if (typeof answer !== 'string' && 'page' in answer) return answer.page;
      throw new Error(typeof answer === 'string' ? answer : 'broken' in answer ? answer.broken : 'no answer');
    },
    prepare(file, signal) {
      const prepared = new Promise<PreparedFile>((resolve, reject) => waiting.push({ file, signal, resolve, reject }));
      // In a turn of its own, so that files that come together travel together.
      setImmediate(() => void work());
      return signal === undefined ? prepared : untilAborted(prepared, signal);
    },
    warm() {
      // Whoever brings the first file is told if it does not start.
      thread.ask({ files: [] }, 0).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      for (const job of waiting.splice(0)) job.reject(CLOSED());
      await thread.close();
    },
  };
}

const CLOSED = () => new Error('the reading of files was stopped');

/** The worker, replaced whenever it hangs or dies. */
function createThread({ policy, limitMs = 30_000, idleMs = 10_000, worker = WORKER }: PreparePoolOptions) {
  let pool: Tinypool | undefined;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();

  function open(): Tinypool {
    if (isClosed) throw CLOSED();
    if (pool) return pool;
    pool = new Tinypool({
      filename: worker,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: idleMs,
      // The loaders and flags of the parent are not meant for the worker, which brings its own.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY_MB },
    });
    // A worker that dies while idle is replaced by the pool; unheard, the event would end the process.
    pool.on('error', () => {});
    return pool;
  }

  async function stop(): Promise<void> {
    const old = pool;
    pool = undefined;
    await old?.destroy();
  }

  /** One task at a time, so that the limit counts its own time and not that of others. */
  function ask(task: Task, bytes: number): ReturnType<typeof askNow> {
    const answer = last.then(() => askNow(task, bytes));
    last = answer.catch(() => {});
    return answer;
  }

  /** What the worker makes of it, or why it does not. `bytes` is how much there is to read. */
  async function askNow(task: Task, bytes: number): Promise<Exclude<Reply, { readonly unloadable: string }> | string> {
    const allowed = limitMs + (MB_MS * bytes) / MB;
    let reply: Reply | undefined;
    try {
      reply = await inTime<Reply>(open().run({ policy, ...task }), allowed);
    } catch (error) {
      if (isClosed) throw CLOSED();
      return `the parser did not survive it: ${messageOf(error)}`;
    }
    if (reply === undefined) {
      await stop();
      return `took longer than ${Math.round(allowed / 1_000)} s to parse: split it`;
    }
    if (!('unloadable' in reply)) return reply;
    throw new Error(`the worker that reads files does not start: ${reply.unloadable}`);
  }

  return {
    ask,
    async close() {
      isClosed = true;
      await stop();
    },
  };
}

function countBatch(waiting: readonly Job[]): number {
  let bytes = 0;
  const end = waiting.findIndex(({ file }, at) => {
    bytes += file.bytes.length;
    return at > 0 && (at >= BATCH.files || bytes > BATCH.bytes);
  });
  return end === -1 ? waiting.length : end;
}

function sizeOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, { file }) => sum + file.bytes.length, 0);
}

/** Small buffers are views of a larger one, which would travel whole. */
function compact(file: SourceFile): SourceFile {
  return file.bytes.length === file.bytes.buffer.byteLength ? file : { ...file, bytes: Uint8Array.from(file.bytes) };
}

/** Undefined when it did not come in time. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
