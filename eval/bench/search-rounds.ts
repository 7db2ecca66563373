import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { App } from '../../src/app.ts';
import type { Embedder } from '../../src/ports.ts';
import type { Asked, Workload } from './search-asked.ts';
import type { RawChroma } from './search-chroma.ts';
import { type LatencyRow, percentilesOf } from './search-figures.ts';

/** Everything that is measured is measured on these. */
export interface Bench {
  readonly app: App;
  readonly model: Embedder;
  readonly chroma: RawChroma;
  /** Filled by every search. */
  readonly asked: Asked;
}

const RESOLUTION_MS = 1;
const ROUNDS = 4;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;

/** A search and its parts alone, question by question: whatever else the machine does hits both alike. */
export async function measureLatency(
  bench: Bench,
  { name, kinds, ask }: Workload,
  samples: number,
): Promise<LatencyRow> {
  const texts = await listTexts(bench, ask, samples);
  const search: Spent[] = [];
  const floor: Spent[] = [];
  for (const [at, text] of texts.entries()) {
    const whole = async () => search.push(await spend(() => bench.app.search(ask(at))));
    const parts = async () => floor.push(await spend(() => askParts(bench, kinds, text)));
    // Who comes second finds warm caches, so they take turns.
    for (const measure of at % 2 === 0 ? [whole, parts] : [parts, whole]) await measure();
  }
  const processor = { search: meanProcessor(search), floor: meanProcessor(floor) };
  return {
    name,
    search: percentilesOf(search.map(({ ms }) => ms)),
    floor: percentilesOf(floor.map(({ ms }) => ms)),
    processor,
  };
}

/** The texts that the searches of a workload embed; asking for them warms everything up. */
async function listTexts({ app, asked }: Bench, ask: Workload['ask'], count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let at = 0; at < count; at++) {
    await app.search(ask(at));
    texts.push(asked.text);
  }
  return texts;
}

/** One embedding, then one Chroma query for each kind, side by side, as no search can do without. */
async function askParts({ model, chroma, asked }: Bench, kinds: readonly string[], text: string): Promise<void> {
  const [vector] = await model.embed([text], 'query');
  if (!vector) throw new Error('a text without a vector');
  await Promise.all(kinds.map((kind) => chroma.query(kind, vector, asked.limit)));
}

export interface LoopRow {
  readonly name: string;
  /** Longest time in which nothing else got its turn, the median and the worst of some rounds. */
  readonly search: readonly [median: number, worst: number];
  /** The same while only the parts are asked for: what the machine itself does to the probe. */
  readonly parts: readonly [median: number, worst: number];
}

export async function measureLoop(bench: Bench, { name, kinds, ask }: Workload, samples: number): Promise<LoopRow> {
  const texts = await listTexts(bench, ask, samples);
  const search: number[] = [];
  const parts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    search.push(await longestBlock(samples, (at) => bench.app.search(ask(at))));
    parts.push(await longestBlock(samples, (at) => askParts(bench, kinds, texts[at] ?? '')));
  }
  return { name, search: [medianOf(search), Math.max(...search)], parts: [medianOf(parts), Math.max(...parts)] };
}

async function longestBlock(samples: number, once: (at: number) => Promise<unknown>): Promise<number> {
  const probe = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  probe.enable();
  for (let at = 0; at < samples; at++) await once(at);
  probe.disable();
  return probe.max / NANOSECONDS - RESOLUTION_MS;
}

export interface ThroughputRow {
  readonly name: string;
  /** Searches a second, and the pairs of embedding and query a second that the same clients get without us. */
  readonly search: number;
  readonly floor: number;
  /** Embeddings a second: of one client after the other, and of all at once. */
  readonly embedAlone: number;
  readonly embedTogether: number;
}

/** Slices of both in turn; each slice is long enough for queues to fill. */
export async function measureThroughput(
  bench: Bench,
  { name, kinds, ask }: Workload,
  { clients, seconds, questions }: { readonly clients: number; readonly seconds: number; readonly questions: number },
): Promise<ThroughputRow> {
  const texts = await listTexts(bench, ask, questions);
  const textAt = (at: number) => texts[at % texts.length] ?? '';
  const slice = seconds / ROUNDS;
  const search: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floor.push(await countPerSecond(clients, slice, (at) => askParts(bench, kinds, textAt(at))));
    search.push(await countPerSecond(clients, slice, (at) => bench.app.search(ask(at % texts.length))));
  }
  const embed = (at: number) => bench.model.embed([textAt(at)], 'query');
  return {
    name,
    search: medianOf(search),
    floor: medianOf(floor),
    embedAlone: await countPerSecond(1, slice, embed),
    embedTogether: await countPerSecond(clients, slice, embed),
  };
}

async function countPerSecond(
  clients: number,
  seconds: number,
  once: (at: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  const end = began + seconds * 1_000;
  let next = 0;
  let done = 0;
  const client = async () => {
    while (performance.now() < end) {
      await once(next++);
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return done / ((performance.now() - began) / 1_000);
}

interface Spent {
  readonly ms: number;
  /** Of all threads of this process: what a busy machine does not change much. Chroma's is not in it. */
  readonly processorMs: number;
}

async function spend(once: () => Promise<unknown>): Promise<Spent> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await once();
  const [ms, { user, system }] = [performance.now() - began, process.cpuUsage(before)];
  return { ms, processorMs: (user + system) / MICROSECONDS };
}

function meanProcessor(spent: readonly Spent[]): number {
  return spent.reduce((sum, { processorMs }) => sum + processorMs, 0) / spent.length;
}

function medianOf(values: readonly number[]): number {
  return percentilesOf(values).p50;
}
