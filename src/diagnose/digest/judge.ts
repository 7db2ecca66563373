import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import type { SpanForest } from '../../traces/span-forest.ts';
import { findClientOperations } from './client-operations.ts';
import { compareWindows } from './compare.ts';
import { listFindings } from './findings.ts';
import { type Load, measureLoad } from './load.ts';
import { attributeLostCalls } from './lost-calls.ts';
import { findFragments } from './lost-spans.ts';
import type { MeasuredWindow } from './measured-window.ts';
import { describeCompared } from './quiet.ts';
import { rankEachWay } from './rank/breakdown.ts';
import { quantile } from './robust.ts';
import { listShapes, quoteShapes } from './shapes.ts';
import { listSignals, toSignal } from './signals.ts';
import { rankSuspects } from './suspects.ts';
import { observeWindow, type WindowObservation } from './window.ts';
import { rankWithoutBaseline } from './without-baseline.ts';

/** What a comparison says, beside what the windows are. */
export type Judgement = Pick<TraceAnalysis, 'baseline' | 'candidates' | 'compared' | 'shapes' | 'signals'>;

/** Two windows → who stands out, and how. Without anything to compare with, what the one window says alone. */
export function judgeWindows(before: MeasuredWindow | undefined, after: MeasuredWindow): Judgement {
  const forests = before ? [before.forest, after.forest] : [after.forest];
  const clients = findClientOperations(forests);
  const lost = attributeLostCalls(before?.forest, after.forest, clients);
  // Own times are corrected for what this other window shows, and the next comparison must not find them so.
  const [old, now] = [before && withOwnCopy(before), withOwnCopy(after)];
  const fragments = findFragments(old, now);
  const observedAfter = observeWindow({ ...now, fragments: fragments?.after }, clients, lost.after);
  if (!old) return judgeAlone(observedAfter, 'none');
  const observedBefore = observeWindow({ ...old, fragments: fragments?.before }, clients, lost.before);
  if (!sharesOperation(observedBefore, observedAfter)) return judgeAlone(observedAfter, 'foreign');
  return compareAndRank(observedBefore, observedAfter, measureLoad(old.forest, now.forest));
}

function withOwnCopy(window: MeasuredWindow): MeasuredWindow {
  return { ...window, own: window.own.slice() };
}

/** Windows of different systems have nothing to say about each other; calling the second healthy would be a lie. */
function sharesOperation(before: WindowObservation, after: WindowObservation): boolean {
  return [...after.operations.keys()].some((key) => before.operations.has(key));
}

function compareAndRank(before: WindowObservation, after: WindowObservation, load: Load | undefined): Judgement {
  const comparison = compareWindows(before, after);
  const requestMs = typicalRequestMs(before.forest);
  const findings = listFindings(comparison, requestMs);
  const suspects = rankSuspects(findings, comparison, after, () => rankEachWay(findings, comparison, before, after));
  const shapes = listShapes({ before, after }, comparison, load, requestMs, suspects.length === 0);
  return {
    baseline: 'compared',
    candidates: quoteShapes(suspects, shapes),
    compared: describeCompared(comparison),
    shapes,
    signals: listSignals(comparison, requestMs, load),
  };
}

function judgeAlone(incident: WindowObservation, baseline: 'none' | 'foreign'): Judgement {
  const erring = [...incident.operations.values()].filter((sample) => sample.errors > 0);
  const signals = erring.map((sample) => toSignal(sample, 'error'));
  return { baseline, candidates: rankWithoutBaseline(incident), shapes: [], signals };
}

/** By the longest tree of each trace: where spans were lost, a trace is in pieces. */
function typicalRequestMs(forest: SpanForest): number {
  const longest = new Map<string, number>();
  for (const [index, { traceId, durationUs }] of forest.spans.entries()) {
    if ((forest.parents[index] ?? -1) < 0) longest.set(traceId, Math.max(durationUs, longest.get(traceId) ?? 0));
  }
  return quantile(Float64Array.from(longest.values(), (us) => us / 1000).sort(), 0.5);
}
