import { PrecedentError } from '../../domain/errors.ts';
import type { ServiceGraph } from '../../domain/topology.ts';
import type { ParsedTraces, RepairCounts, Suspect, TraceDigest } from '../../domain/trace.ts';
import { buildForest, type SpanForest } from '../../traces/span-forest.ts';
import { buildCallGraph, findCausalPath } from './causal-path.ts';
import { findClientOperations } from './client-operations.ts';
import { compareWindows } from './compare.ts';
import { listFindings } from './findings.ts';
import { type LoadChange, measureLoad } from './load.ts';
import { measureOwnTimes } from './own-time.ts';
import { quantile } from './robust.ts';
import { listSignals, toSignal } from './signals.ts';
import { rankSuspects } from './suspects.ts';
import { writeText } from './text.ts';
import { observeWindow, type WindowObservation } from './window.ts';
import { rankWithoutBaseline } from './without-baseline.ts';
import { formatGrowth, formatRate } from './wording.ts';

export interface DigestOptions {
  /** The declared topology, to verify edges that no span shows. */
  readonly graph?: ServiceGraph | undefined;
  /** Where the symptom shows, as the alert says. */
  readonly alertingServices?: readonly string[] | undefined;
  /** Content hashes under which the caller keeps the two windows. */
  readonly snapshotKeys?: readonly string[] | undefined;
}

/**
 * Two windows of spans → who is suspect, along which path, in few words. A baseline without spans counts as none.
 * Errors: `trace-invalid` when the incident window has no spans.
 */
export function digestTraces(
  baseline: ParsedTraces | undefined,
  incident: ParsedTraces,
  options: DigestOptions = {},
): TraceDigest {
  assertSpans(incident);
  const after = buildForest(incident.spans);
  const before = baseline && baseline.spans.length > 0 ? buildForest(baseline.spans) : undefined;
  const forests = before ? [before, after] : [after];
  const clients = findClientOperations(forests);
  const observedAfter = observeWindow(after, measureOwnTimes(after), clients);
  const observedBefore = before && observeWindow(before, measureOwnTimes(before), clients);
  const load = before && measureLoad(before, after);
  const isComparable = observedBefore !== undefined && sharesOperation(observedBefore, observedAfter);

  const judged = isComparable ? compareAndRank(observedBefore, observedAfter, load) : judgeAlone(observedAfter);
  const [culprit] = judged.suspects;
  const causalPath = culprit
    ? findCausalPath(culprit.service, { incident: after, calls: buildCallGraph(forests), ...options })
    : [];
  return {
    healthy: judged.suspects.length === 0,
    suspects: judged.suspects,
    causalPath,
    signals: judged.signals,
    text: writeText({
      suspects: judged.suspects,
      causalPath,
      baseline: isComparable ? 'compared' : before ? 'foreign' : 'none',
      repaired: Object.values(incident.repairs).reduce((sum, count) => sum + count, 0),
      loadKind: load?.kind,
    }),
    snapshotKeys: [...(options.snapshotKeys ?? [])],
    repairs: sumRepairs(baseline?.repairs ?? {}, incident.repairs),
  };
}

/** Windows of different systems have nothing to say about each other; calling the second healthy would be a lie. */
function sharesOperation(before: WindowObservation, after: WindowObservation): boolean {
  return [...after.operations.keys()].some((key) => before.operations.has(key));
}

type Judged = Pick<TraceDigest, 'suspects' | 'signals'>;

function compareAndRank(before: WindowObservation, after: WindowObservation, load: LoadChange | undefined): Judged {
  const comparison = compareWindows(before, after);
  const requestMs = typicalRequestMs(before.forest);
  const suspects = rankSuspects(listFindings(comparison, requestMs), comparison, after);
  return { suspects: nameSaturation(suspects, load), signals: listSignals(comparison, requestMs, load) };
}

function judgeAlone(incident: WindowObservation): Judged {
  const erring = [...incident.operations.values()].filter((sample) => sample.errors > 0);
  const signals = erring.map((sample) => toSignal(sample, 'error'));
  return { suspects: rankWithoutBaseline(incident), signals };
}

/** More requests than before and a service that takes longer itself: queueing. The prime suspect's reasons say so. */
function nameSaturation(suspects: readonly Suspect[], load: LoadChange | undefined): Suspect[] {
  if (load?.kind !== 'calls_up') return [...suspects];
  const { beforePerSecond, afterPerSecond } = load;
  const growth = formatGrowth(beforePerSecond, afterPerSecond);
  const reason = `requests arrive faster: ${formatRate(beforePerSecond)} → ${formatRate(afterPerSecond)} per second${growth}`;
  return suspects.map((suspect, index) =>
    index === 0 ? { ...suspect, reasons: [...suspect.reasons, reason] } : suspect,
  );
}

function typicalRequestMs(forest: SpanForest): number {
  const roots = forest.spans.filter((_, index) => (forest.parents[index] ?? -1) < 0);
  return quantile(Float64Array.from(roots, (root) => root.durationUs / 1000).sort(), 0.5);
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

function sumRepairs(a: RepairCounts, b: RepairCounts): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [kind, count] of Object.entries(b)) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
