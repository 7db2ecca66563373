/**
 * Runs in a process of its own, so that its memory is its own: one body from a file through the reader that the service
 * uses, worker thread and all; or, for comparison, as a whole through JSON.parse.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SnapshotSink } from '../../src/snapshot-keeper.ts';
import { createTraceReader, type TraceBody } from '../../src/trace-reading/trace-reader.ts';
import { writeTraceBody } from './traces-body.ts';

export interface ReaderTask {
  readonly path: string;
  readonly by: 'JSON.parse' | 'reader';
  readonly encoding: TraceBody['encoding'];
  readonly keepsPages: boolean;
}

export interface Reading {
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
  /** Of the whole process, threads included, from its start. */
  readonly peakBytes: number;
  /** Before the body was opened: what a process has anyway. */
  readonly idleBytes: number;
  /** The longest time that the main thread did not answer anybody. */
  readonly blockedMs: number;
  readonly spans: number;
  readonly pages: number;
}

const PLACES = { baseline: ['baseline'], incident: ['incident'] };
const WARM_SPANS = 5_000;

const task: ReaderTask = JSON.parse(process.argv[2] ?? '');
const kept = { pages: 0 };
/** Takes pages as a store would, and forgets them. */
const sink: SnapshotSink = {
  begin: () => ({
    async page() {
      kept.pages++;
      return true;
    },
    commit: async ({ key }) => key,
    async discard() {},
  }),
};
process.send?.(task.by === 'reader' ? await throughReader() : await atOnce());

async function throughReader(): Promise<Reading> {
  await using reader = createTraceReader({
    policy: ['secrets', 'emails'],
    ...(task.keepsPages ? { snapshots: sink } : {}),
  });
  const read = (bytes: AsyncIterable<Uint8Array>, encoding: TraceBody['encoding']) =>
    reader.read([{ bytes, encoding, windows: PLACES }], { maxBytes: Number.POSITIVE_INFINITY });
  await read(warm(), 'identity');
  kept.pages = 0;
  return await measure(async () => {
    const { analysis } = await read(createReadStream(task.path), task.encoding);
    return (analysis?.windows.baseline?.spans ?? 0) + (analysis?.windows.incident.spans ?? 0);
  });
}

async function* warm(): AsyncGenerator<Uint8Array> {
  for (const text of writeTraceBody(WARM_SPANS)) yield Buffer.from(text);
}

async function atOnce(): Promise<Reading> {
  return measure(async () => {
    const body: unknown = JSON.parse(await readFile(task.path, 'utf8'));
    return Object.keys(Object(body)).length > 0 ? 0 : -1;
  });
}

async function measure(work: () => Promise<number>): Promise<Reading> {
  const idleBytes = process.memoryUsage.rss();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const began = performance.now();
  const usedBefore = process.cpuUsage();
  const spans = await work();
  const seconds = (performance.now() - began) / 1_000;
  const used = process.cpuUsage(usedBefore);
  const processorSeconds = (used.user + used.system) / 1e6;
  // A block is noticed by whoever comes after it.
  await sleep(50);
  loop.disable();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { seconds, processorSeconds, peakBytes, idleBytes, blockedMs: loop.max / 1e6, spans, pages: kept.pages };
}
