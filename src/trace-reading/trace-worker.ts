import type { MessagePort } from 'node:worker_threads';
import { analyseTraces } from '../diagnose/digest/analyse.ts';
import { isPrecedentError, messageOf } from '../domain/errors.ts';
import type { SnapshotFacts } from '../domain/snapshot.ts';
import type { ParsedTraces } from '../domain/trace.ts';
import { createRedactor } from '../redact/redact.ts';
import { cutAt } from '../traces/mend/as-of.ts';
import { readBody, type WindowName } from '../traces/read-body.ts';
import { createLeafRedactor, type LeafRedactor } from '../traces/snapshots/redact-leaves.ts';
import { createSnapshotPages, type SnapshotPages } from '../traces/snapshots/snapshot-pages.ts';
import { createTraceInbox, type TraceInbox } from './trace-inbox.ts';
import type { TraceJob, TraceOutcome, TraceReading, TraceRefusal, TraceWorkerData } from './trace-messages.ts';

type Windows = Partial<Record<WindowName, ParsedTraces>>;

/** What runs inside the thread: a job and the port on which its bytes come in, its outcome goes out on the same port. */
export function createTraceWorker({ policy }: TraceWorkerData): (port: MessagePort, job: TraceJob) => Promise<void> {
  const leaves = createLeafRedactor(policy.length > 0 ? createRedactor(policy) : undefined);
  return async (port, job) => {
    const inbox = createTraceInbox(port);
    inbox.send(await answer(job, inbox, leaves));
    inbox.close();
  };
}

async function answer(job: TraceJob, inbox: TraceInbox, leaves: LeafRedactor): Promise<TraceOutcome> {
  const at: { body?: number } = {};
  try {
    return { kind: 'read', reading: await readTraces(job, inbox, leaves, at) };
  } catch (error) {
    if (isPrecedentError(error)) return { kind: 'refused', refusal: toRefusal(error, at.body) };
    return { kind: 'broken', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Bodies → windows and pages → what was known then → what it says. `at` tells which body is being read. */
async function readTraces(
  job: TraceJob,
  inbox: TraceInbox,
  leaves: LeafRedactor,
  at: { body?: number | undefined },
): Promise<TraceReading> {
  const paging = createPaging(job, inbox, leaves);
  const rest: unknown[] = [];
  const windows: Windows = {};
  for (const [body, { encoding, windows: places }] of job.bodies.entries()) {
    at.body = body;
    const options = { encoding, windows: places, maxBytes: job.maxBytes, maxSpans: job.maxSpans, ...paging.listener };
    const read = await readBody(inbox.readBody(), options);
    rest.push(read.rest);
    Object.assign(windows, read.windows);
  }
  at.body = undefined;
  const { baseline, incident } = cutWindows(
    job.mayRepeat ? forgiveRepeats(windows) : windows,
    job.asOf ?? findAsOf(rest),
  );
  const analysis = incident && analyseTraces(baseline, incident);
  return { rest, analysis, snapshots: analysis ? await paging.end() : {} };
}

/** A body may say itself when its question was asked. A moment that is none is for its schema to refuse. */
function findAsOf(rest: readonly unknown[]): Date | undefined {
  for (const body of rest) {
    const asOf = typeof body === 'object' && body !== null && 'asOf' in body ? body.asOf : undefined;
    const date = typeof asOf === 'string' ? new Date(asOf) : undefined;
    if (date && !Number.isNaN(date.getTime())) return date;
  }
  return undefined;
}

function cutWindows({ baseline, incident }: Windows, asOf: Date | undefined): Windows {
  if (!asOf) return { ...(baseline ? { baseline } : {}), ...(incident ? { incident } : {}) };
  return {
    ...(baseline ? { baseline: cutAt(baseline, asOf) } : {}),
    ...(incident ? { incident: cutAt(incident, asOf) } : {}),
  };
}

function forgiveRepeats(windows: Windows): Windows {
  const forgive = ({ repairs: { 'duplicate-span': _, ...repairs }, ...traces }: ParsedTraces) => ({
    ...traces,
    repairs,
  });
  const { baseline, incident } = windows;
  return { ...(baseline ? { baseline: forgive(baseline) } : {}), ...(incident ? { incident: forgive(incident) } : {}) };
}

/** Pages of windows while they are read. One that fails costs its window the keeping, never the reading. */
function createPaging({ wantsPages }: TraceJob, inbox: TraceInbox, leaves: LeafRedactor) {
  const pages = new Map<WindowName, SnapshotPages | 'failed'>();
  async function attempt<T>(window: WindowName, work: (of: SnapshotPages) => Promise<T>): Promise<T | undefined> {
    const onPage = (content: Uint8Array) => inbox.sendPage(window, content);
    const of = pages.get(window) ?? createSnapshotPages({ leaves, onPage });
    if (of === 'failed') return undefined;
    pages.set(window, of);
    try {
      return await work(of);
    } catch (error) {
      inbox.throwIfClosed();
      pages.set(window, 'failed');
      inbox.send({ kind: 'unkept', window, reason: messageOf(error) });
      return undefined;
    }
  }
  const onPiece: Parameters<typeof readBody>[1]['onPiece'] = (window, piece) => attempt(window, (of) => of.add(piece));
  return {
    listener: wantsPages ? { onPiece } : {},
    async end(): Promise<TraceReading['snapshots']> {
      const facts: Partial<Record<WindowName, SnapshotFacts>> = {};
      for (const window of pages.keys()) {
        const of = await attempt(window, (pages) => pages.end());
        if (of) facts[window] = of;
      }
      return facts;
    },
  };
}

function toRefusal({ code, message, problems }: TraceRefusal, body: number | undefined): TraceRefusal {
  return { code, message, problems, body };
}
