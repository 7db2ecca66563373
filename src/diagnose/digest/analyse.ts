import { PrecedentError } from '../../domain/errors.ts';
import type { ParsedTraces, RepairCounts, TraceWindow } from '../../domain/trace.ts';
import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import { listCalls } from './calls.ts';
import { judgeWindows } from './judge.ts';
import { listEntries } from './load.ts';
import { type MeasuredWindow, measureWindow } from './measured-window.ts';
import { findLateChange } from './onset.ts';

/**
 * Two windows of spans → what they say by themselves. A baseline without spans counts as none. Where the incident window
 * as a whole looks healthy, its later parts are looked at: a fault may have begun in the middle of it. All of the work
 * that grows with the windows is done here.
 * Errors: `trace-invalid` when the incident window has no spans.
 */
export function analyseTraces(baseline: ParsedTraces | undefined, incident: ParsedTraces): TraceAnalysis {
  assertSpans(incident);
  const after = measureWindow(incident);
  const before = baseline && baseline.spans.length > 0 ? measureWindow(baseline) : undefined;
  const whole = judgeWindows(before, after);
  const isHealthy = whole.baseline === 'compared' && whole.candidates.length === 0;
  const change = before && isHealthy ? findLateChange(before, after) : undefined;
  return {
    ...(change?.judgement ?? whole),
    windows: {
      baseline: before ? describeWindow(before) : null,
      incident: { ...describeWindow(after), ...(change ? { changedSince: toIso(change.sinceUs) } : {}) },
    },
    calls: listCalls(before?.forest, after.forest),
    entries: [...new Set(listEntries(after.forest).map((entry) => entry.service))],
    repairs: sumRepairs(baseline?.repairs ?? {}, incident.repairs),
    repaired: countMended(incident.repairs),
  };
}

/** From the first start to the last end. */
function describeWindow({ parsed: { spans } }: MeasuredWindow): TraceWindow {
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  for (const { startUs, durationUs } of spans) {
    fromUs = Math.min(fromUs, startUs);
    toUs = Math.max(toUs, startUs + durationUs);
  }
  const traces = new Set(spans.map(({ traceId }) => traceId)).size;
  return { from: toIso(fromUs), to: toIso(toUs), traces, spans: spans.length };
}

function toIso(microseconds: number): string {
  return new Date(microseconds / 1000).toISOString();
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
