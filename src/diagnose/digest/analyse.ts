import { PrecedentError } from '../../domain/errors.ts';
import type { ParsedTraces, RepairCounts, TraceWindow } from '../../domain/trace.ts';
import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import { buildForest, type SpanForest } from '../../traces/span-forest.ts';
import { listCalls } from './calls.ts';
import { findClientOperations } from './client-operations.ts';
import { compareWindows } from './compare.ts';
import { listFindings } from './findings.ts';
import { type Load, listEntries, measureLoad } from './load.ts';
import { attributeLostCalls } from './lost-calls.ts';
import { findFragments, measureLoss } from './lost-spans.ts';
import { listLateParts } from './onset.ts';
import { measureOwnTimes } from './own-time.ts';
import { describeCompared } from './quiet.ts';
import { rankEachWay } from './rank/breakdown.ts';
import { quantile } from './robust.ts';
import { listShapes, quoteShapes } from './shapes.ts';
import { listSignals, toSignal } from './signals.ts';
import { rankSuspects } from './suspects.ts';
import { observeWindow, type WindowObservation } from './window.ts';
import { rankWithoutBaseline } from './without-baseline.ts';

/**
 * Two windows of spans → what they say by themselves. A baseline without spans counts as none. Where the incident window
 * as a whole looks healthy, its later parts are looked at: a fault may have begun in the middle of it. All of the work
 * that grows with the windows is done here.
 * Errors: `trace-invalid` when the incident window has no spans.
 */
export function analyseTraces(baseline: ParsedTraces | undefined, incident: ParsedTraces): TraceAnalysis {
  assertSpans(incident);
  const whole = analyseWindows(baseline, incident);
  if (whole.baseline !== 'compared' || whole.candidates.length > 0) return whole;
  return findLateChange(baseline, incident, whole) ?? whole;
}

/**
 * A later part that differs from the baseline and, in the same service, from the earlier part of its own window, where the
 * baseline's own later part does not. The further comparisons are what keeps healthy windows healthy: a smaller part
 * differs more by chance, but not from both alike, and what grows within every window is no incident.
 */
function findLateChange(
  baseline: ParsedTraces | undefined,
  incident: ParsedTraces,
  whole: TraceAnalysis,
): TraceAnalysis | undefined {
  const usual = baseline ? listLateParts(baseline) : [];
  for (const [at, { early, late, sinceUs }] of listLateParts(incident).entries()) {
    const changed = analyseWindows(baseline, late);
    const [suspect] = changed.candidates;
    const isPrime = (one: TraceAnalysis | undefined) => one?.candidates[0]?.service === suspect?.service;
    if (!suspect || !isPrime(analyseWindows(early, late))) continue;
    const then = usual[at];
    if (then && isPrime(analyseWindows(then.early, then.late))) continue;
    const { calls, entries, repairs, repaired, windows } = whole;
    const changedSince = new Date(sinceUs / 1000).toISOString();
    return {
      ...changed,
      calls,
      entries,
      repairs,
      repaired,
      windows: { ...windows, incident: { ...windows.incident, changedSince } },
    };
  }
  return undefined;
}

function analyseWindows(baseline: ParsedTraces | undefined, incident: ParsedTraces): TraceAnalysis {
  const after = buildForest(incident.spans);
  const before = baseline && baseline.spans.length > 0 ? buildForest(baseline.spans) : undefined;
  const forests = before ? [before, after] : [after];
  const clients = findClientOperations(forests);
  const lost = attributeLostCalls(before, after, clients);
  const timesAfter = { forest: after, own: measureOwnTimes(after), loss: measureLoss(after, incident) };
  const timesBefore = before && {
    forest: before,
    own: measureOwnTimes(before),
    loss: measureLoss(before, baseline ?? incident),
  };
  const fragments = findFragments(timesBefore, timesAfter);
  const observedAfter = observeWindow({ ...timesAfter, fragments: fragments?.after }, clients, lost.after);
  const observedBefore =
    timesBefore && observeWindow({ ...timesBefore, fragments: fragments?.before }, clients, lost.before);
  const load = before && measureLoad(before, after);
  const isComparable = observedBefore !== undefined && sharesOperation(observedBefore, observedAfter);
  const judged = isComparable ? compareAndRank(observedBefore, observedAfter, load) : judgeAlone(observedAfter);
  return {
    baseline: isComparable ? 'compared' : before ? 'foreign' : 'none',
    windows: {
      baseline: observedBefore ? describeWindow(observedBefore) : null,
      incident: describeWindow(observedAfter),
    },
    ...judged,
    calls: listCalls(before, after),
    entries: [...new Set(listEntries(after).map((entry) => entry.service))],
    repairs: sumRepairs(baseline?.repairs ?? {}, incident.repairs),
    repaired: countMended(incident.repairs),
  };
}

/** From the first start to the last end. */
function describeWindow({ forest, traces }: WindowObservation): TraceWindow {
  const { spans } = forest;
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  for (const { startUs, durationUs } of spans) {
    fromUs = Math.min(fromUs, startUs);
    toUs = Math.max(toUs, startUs + durationUs);
  }
  return {
    from: new Date(fromUs / 1000).toISOString(),
    to: new Date(toUs / 1000).toISOString(),
    traces,
    spans: spans.length,
  };
}

/** Windows of different systems have nothing to say about each other; calling the second healthy would be a lie. */
function sharesOperation(before: WindowObservation, after: WindowObservation): boolean {
  return [...after.operations.keys()].some((key) => before.operations.has(key));
}

type Judged = Pick<TraceAnalysis, 'candidates' | 'compared' | 'shapes' | 'signals'>;

function compareAndRank(before: WindowObservation, after: WindowObservation, load: Load | undefined): Judged {
  const comparison = compareWindows(before, after);
  const requestMs = typicalRequestMs(before.forest);
  const findings = listFindings(comparison, requestMs);
  const suspects = rankSuspects(findings, comparison, after, () => rankEachWay(findings, comparison, before, after));
  const shapes = listShapes({ before, after }, comparison, load, requestMs, suspects.length === 0);
  return {
    candidates: quoteShapes(suspects, shapes),
    compared: describeCompared(comparison),
    shapes,
    signals: listSignals(comparison, requestMs, load),
  };
}

function judgeAlone(incident: WindowObservation): Judged {
  const erring = [...incident.operations.values()].filter((sample) => sample.errors > 0);
  const signals = erring.map((sample) => toSignal(sample, 'error'));
  return { candidates: rankWithoutBaseline(incident), shapes: [], signals };
}

/** By the longest tree of each trace: where spans were lost, a trace is in pieces. */
function typicalRequestMs(forest: SpanForest): number {
  const longest = new Map<string, number>();
  for (const [index, { traceId, durationUs }] of forest.spans.entries()) {
    if ((forest.parents[index] ?? -1) < 0) longest.set(traceId, Math.max(durationUs, longest.get(traceId) ?? 0));
  }
  return quantile(Float64Array.from(longest.values(), (us) => us / 1000).sort(), 0.5);
}

function assertSpans(incident: ParsedTraces): void {
  if (incident.spans.length > 0) return;
  throw new PrecedentError(
    'trace-invalid',
    'the incident window has no spans; widen it, or send the alert without traces',
    {
      problems: [{ path: 'incident', message: 'no spans' }],
    },
  );
}

/** What was left out because nobody could have known of it then is no damage. */
function countMended({ 'after-as-of': _, ...mended }: RepairCounts): number {
  return Object.values(mended).reduce((sum, count) => sum + count, 0);
}

function sumRepairs(a: RepairCounts, b: RepairCounts): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [kind, count] of Object.entries(b)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
