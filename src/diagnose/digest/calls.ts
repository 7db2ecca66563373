import type { SeenCall } from '../../domain/trace-analysis.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import { measureShift, twoProportionZ } from './robust.ts';

/** Thousands of services that all call each other are a hundred times this; a path needs few of them. */
export const MAX_CALLS = 20_000;
/** From here on a call is told as slower or erring: it only chooses between equally short ways, so little is needed. */
const CARRYING_Z = 2;
const ERROR_DRIFT = 0.005;

interface Tally {
  readonly from: string;
  readonly to: string;
  /** Milliseconds of the called spans, by window. */
  readonly before: number[];
  readonly after: number[];
  errorsBefore: number;
  errorsAfter: number;
}

/**
 * Who calls whom, as the spans of the windows tell, each once; a message handed over by a broker is a call as well, and so is
 * a call of which only the caller tells. Of more than 20,000 those stay that carry the symptom (what is called takes longer
 * than before, or errs more often), then those seen most often.
 */
export function listCalls(before: SpanForest | undefined, after: SpanForest): SeenCall[] {
  const tallies = new Map<string, Map<string, Tally>>();
  if (before) tallyCalls(before, tallies, 'before');
  tallyCalls(after, tallies, 'after');
  const calls = [...tallies.values()].flatMap((callees) => [...callees.values()]);
  const judged = calls.map((tally) => ({ tally, carries: before !== undefined && carriesSymptom(tally) }));
  if (judged.length > MAX_CALLS) {
    judged.sort((a, b) => Number(b.carries) - Number(a.carries) || seenOf(b.tally) - seenOf(a.tally));
  }
  return judged
    .slice(0, MAX_CALLS)
    .map(({ tally: { from, to }, carries }) => ({ from, to, ...(carries ? { carries: true as const } : {}) }));
}

function tallyCalls(forest: SpanForest, tallies: Map<string, Map<string, Tally>>, window: 'before' | 'after'): void {
  for (const [index, span] of forest.spans.entries()) {
    const parent = forest.parents[index] ?? -1;
    const from = parent >= 0 ? spanAt(forest, parent).service : span.service;
    const tally = from === span.service ? tallyPeer(forest, index, tallies) : findTally(tallies, from, span.service);
    if (!tally) continue;
    tally[window].push(span.durationUs / 1000);
    if (!span.isError) continue;
    if (window === 'before') tally.errorsBefore++;
    else tally.errorsAfter++;
  }
}

/** A database without spans of its own: the caller's span says whom it called, and how long that took. */
function tallyPeer(forest: SpanForest, index: number, tallies: Map<string, Map<string, Tally>>): Tally | undefined {
  const { service, peer } = spanAt(forest, index);
  if (!peer || peer.service === service || forest.childrenOf(index).length > 0) return undefined;
  return findTally(tallies, service, peer.service);
}

function findTally(tallies: Map<string, Map<string, Tally>>, from: string, to: string): Tally {
  const callees = tallies.get(from) ?? new Map<string, Tally>();
  tallies.set(from, callees);
  const tally = callees.get(to) ?? { from, to, before: [], after: [], errorsBefore: 0, errorsAfter: 0 };
  callees.set(to, tally);
  return tally;
}

function carriesSymptom({ before, after, errorsBefore, errorsAfter }: Tally): boolean {
  if (before.length === 0 || after.length === 0) return false;
  const old = { hits: errorsBefore, of: before.length };
  if (twoProportionZ(old, { hits: errorsAfter, of: after.length }, ERROR_DRIFT) >= CARRYING_Z) return true;
  const shift = measureShift(Float64Array.from(before).sort(), Float64Array.from(after).sort());
  return Math.max(shift.medianZ, shift.tailZ) >= CARRYING_Z;
}

function seenOf({ before, after }: Tally): number {
  return before.length + after.length;
}
