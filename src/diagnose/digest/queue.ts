import { correlateBlocks } from './rank-correlation.ts';
import { isFaster, measureRate, type Rate } from './rate.ts';
import { isSpacedOut } from './spacing.ts';

/** One request at one place: when it came, when it was through, and how long it was there without waiting for others. */
export interface Visit {
  readonly trace: string;
  readonly startUs: number;
  readonly endUs: number;
  readonly ownUs: number;
}

export interface QueueEvidence {
  readonly isQueue: boolean;
  readonly arrivals: Rate;
  readonly completions: Rate;
}

/** Fewer requests than two blocks say nothing. */
const BLOCK = 8;
const FEWEST = 2 * BLOCK;
const QUARTERS = 4;
/** Chosen on made-up queues (one worker, eight, more work than they can do) and on mere delays (steady, sudden, by turns). */
const BACKLOG = { correlation: 0.4, z: 2.5, overtaken: 0.25 } as const;
const COMPANY = { correlation: 0.3, z: 3.5 } as const;
const GROWTH = { correlation: 0.3, z: 2.5 } as const;
const OUTRUN_FACTOR = 1.2;

/**
 * Whether requests wait for each other, which is what tells a queue from a delay. Any of these shows it:
 * - who arrives while much is left to do for others takes longer than who arrives when little is, and nobody overtakes;
 * - who arrives among many takes longer than who arrives among few, whoever is served first;
 * - they come in clumps and leave one by one;
 * - they arrive faster than they are completed;
 * - with more load than before, time grows with the number in flight, or from one request to the next.
 * Undefined with too few requests. `ahead`: what may stand in front of a visit, itself included.
 */
export function measureQueue(
  visits: readonly Visit[],
  ahead: readonly Visit[],
  hasMoreLoad: boolean,
): QueueEvidence | undefined {
  if (visits.length < FEWEST) return undefined;
  const queue = [...visits].sort(byArrival);
  const arrivals = measureRate(Float64Array.from(queue, (visit) => visit.startUs));
  const completions = measureRate(Float64Array.from(queue, (visit) => visit.endUs));
  if (!arrivals || !completions) return undefined;
  const requests = joinByTrace(queue);
  const isQueue =
    isFaster(completions, arrivals, OUTRUN_FACTOR) ||
    leavesOneByOne(ahead) ||
    waitsForOthers(queue, ahead) ||
    (requests.length < queue.length && waitsForOthers(requests, joinByTrace(ahead))) ||
    (hasMoreLoad && growsWithLoad(requests));
  return { isQueue, arrivals, completions };
}

/** A trace that comes several times waits several times: all of its waiting as one visit. */
function joinByTrace(visits: readonly Visit[]): Visit[] {
  const joined = new Map<string, Visit>();
  for (const visit of visits) {
    const known = joined.get(visit.trace);
    joined.set(visit.trace, {
      trace: visit.trace,
      startUs: Math.min(visit.startUs, known?.startUs ?? visit.startUs),
      endUs: Math.max(visit.endUs, known?.endUs ?? visit.endUs),
      ownUs: visit.ownUs + (known?.ownUs ?? 0),
    });
  }
  return [...joined.values()].sort(byArrival);
}

function byArrival(a: Visit, b: Visit): number {
  return a.startUs - b.startUs || a.endUs - b.endUs;
}

function waitsForOthers(queue: readonly Visit[], ahead: readonly Visit[]): boolean {
  return waitsForBacklog(queue, ahead) || correlates(queue, countOthers(queue, ahead), BLOCK, COMPANY);
}

/**
 * A worker may be free when the request is through, or already when it waits for others: both are tried. In a mere delay
 * the time of a request owes nothing to those before it, and whoever is lucky overtakes.
 */
function waitsForBacklog(queue: readonly Visit[], ahead: readonly Visit[]): boolean {
  return [(visit: Visit) => visit.endUs, releaseOf].some(
    (endOf) =>
      correlates(queue, measureBacklog(queue, ahead, endOf), BLOCK, BACKLOG) &&
      shareOvertaken(queue, endOf) <= BACKLOG.overtaken,
  );
}

/**
 * For each visit, how long the last of those that came before it is still busy. Its own trace does not count: whom it
 * waits for there is its caller.
 */
function measureBacklog(
  queue: readonly Visit[],
  ahead: readonly Visit[],
  endOf: (visit: Visit) => number,
): Float64Array {
  const earlier = [...ahead].sort(byArrival);
  let next = 0;
  // The last to end, and the last to end of any other trace.
  let last = { trace: '', endUs: Number.NEGATIVE_INFINITY };
  let other = last;
  return Float64Array.from(queue, (visit) => {
    for (; (earlier[next]?.startUs ?? Number.POSITIVE_INFINITY) < visit.startUs; next++) {
      const before = earlier[next] ?? visit;
      const end = { trace: before.trace, endUs: endOf(before) };
      if (end.endUs > last.endUs) {
        if (end.trace !== last.trace) other = last;
        last = end;
      } else if (end.trace !== last.trace && end.endUs > other.endUs) other = end;
    }
    const relevant = last.trace === visit.trace ? other : last;
    return Math.max(0, relevant.endUs - visit.startUs);
  });
}

/** Of neighbours that are there at the same time, how often the later one is through first. */
function shareOvertaken(queue: readonly Visit[], endOf: (visit: Visit) => number): number {
  let together = 0;
  let overtaken = 0;
  for (const [index, visit] of queue.entries()) {
    const before = queue[index - 1];
    if (!before || before.trace === visit.trace || endOf(before) <= visit.startUs) continue;
    together++;
    if (endOf(visit) < endOf(before)) overtaken++;
  }
  return together === 0 ? 0 : overtaken / together;
}

function leavesOneByOne(ahead: readonly Visit[]): boolean {
  const arrivals = Float64Array.from(ahead, (visit) => visit.startUs);
  return [(visit: Visit) => visit.endUs, releaseOf].some((endOf) =>
    isSpacedOut(arrivals, Float64Array.from(ahead, endOf)),
  );
}

/** How many of other traces are there when a visit begins. */
function countOthers(queue: readonly Visit[], ahead: readonly Visit[]): Float64Array {
  const starting = [...ahead].sort(byArrival);
  const ending = [...ahead].sort((a, b) => releaseOf(a) - releaseOf(b));
  const ofTrace = new Map<string, number>();
  const count = (visit: Visit, by: number) => ofTrace.set(visit.trace, (ofTrace.get(visit.trace) ?? 0) + by);
  let started = 0;
  let ended = 0;
  return Float64Array.from(queue, (visit) => {
    for (let next = starting[started]; next && next.startUs < visit.startUs; next = starting[++started]) count(next, 1);
    for (let next = ending[ended]; next && releaseOf(next) <= visit.startUs; next = ending[++ended]) count(next, -1);
    return started - ended - (ofTrace.get(visit.trace) ?? 0);
  });
}

/** A visit that takes no time ends with its start, and is not there for whom starts then. */
function releaseOf({ startUs, ownUs }: Visit): number {
  return startUs + ownUs;
}

/** In each quarter of the window: after an onset all that follows is slower, and more is in flight, without any queue. */
function growsWithLoad(queue: readonly Visit[]): boolean {
  const size = Math.floor(queue.length / QUARTERS);
  const order = Float64Array.from(queue, (_, index) => index);
  return [order, countInFlight(queue)].some((load) => correlates(queue, load, size, GROWTH));
}

function correlates(
  queue: readonly Visit[],
  load: Float64Array,
  block: number,
  least: { readonly correlation: number; readonly z: number },
): boolean {
  const own = Float64Array.from(queue, (visit) => visit.ownUs);
  const { typical, z } = correlateBlocks(own, load, block);
  return typical >= least.correlation && z >= least.z;
}

function countInFlight(queue: readonly Visit[]): Float64Array {
  const ends = Float64Array.from(queue, (visit) => visit.endUs).sort();
  let ended = 0;
  return Float64Array.from(queue, (visit, index) => {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= visit.startUs) ended++;
    return index - ended;
  });
}
