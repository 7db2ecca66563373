import type { WindowObservation } from '../window.ts';
import type { AbnormalTraces } from './abnormal-traces.ts';
import { type RankedService, toRanking } from './ranked-service.ts';

/** Pairs are formed of the best few: more would cost time and say nothing new. */
const MAX_PAIRED = 12;
/** TraceRCA's minimum support: what fewer abnormal traces pass explains too little of them. */
const LEAST_SUPPORT = 0.1;

/**
 * What abnormal traces pass and normal ones do not. Support = P(passes X | abnormal), confidence = P(abnormal | passes X),
 * for X one service or two together; their Jaccard-like harmonic H / (2 − H), H the harmonic mean, times the share of
 * abnormal traces in which the service itself is at fault (TraceRCA, Li et al., IWQoS 2021: `in − out` of a set).
 */
export function rankBySpectrum(after: WindowObservation, abnormal: AbnormalTraces): RankedService[] {
  if (abnormal.count === 0) return [];
  const best = new Map<string, number>();
  const passing = listPassing(after, abnormal);
  for (const [service, traces] of passing) best.set(service, harmonicOf(traces, abnormal));
  const paired = toRanking(best).slice(0, MAX_PAIRED);
  for (const [index, { service: one }] of paired.entries()) {
    for (const { service: other } of paired.slice(index + 1)) {
      const both = intersect(passing.get(one) ?? [], passing.get(other) ?? [], after.traces);
      const score = harmonicOf(both, abnormal);
      for (const service of [one, other]) best.set(service, Math.max(score, best.get(service) ?? 0));
    }
  }
  return toRanking(
    new Map(
      [...best].map(([service, score]) => [
        service,
        (score * (abnormal.tracesAtFault.get(service)?.size ?? 0)) / abnormal.count,
      ]),
    ),
  );
}

/** The traces that pass a service, each once; services that nothing abnormal is charged to are left out. */
function listPassing(after: WindowObservation, { tracesAtFault }: AbnormalTraces): Map<string, number[]> {
  const seenBy = new Int32Array(after.traces);
  let stamp = 0;
  const passing = new Map<string, number[]>();
  for (const [service, operations] of groupSpans(after, tracesAtFault)) {
    stamp++;
    // A refused call passes the service too, though no span of it says so.
    const traces = [...(tracesAtFault.get(service) ?? [])];
    for (const trace of traces) seenBy[trace] = stamp;
    for (const spans of operations) {
      for (const span of spans) {
        const trace = after.traceOf[span] ?? 0;
        if (seenBy[trace] !== stamp) traces.push(trace);
        seenBy[trace] = stamp;
      }
    }
    passing.set(service, traces);
  }
  return passing;
}

function groupSpans(
  after: WindowObservation,
  services: ReadonlyMap<string, unknown>,
): Map<string, (readonly number[])[]> {
  const groups = new Map<string, (readonly number[])[]>([...services.keys()].map((service) => [service, []]));
  for (const { service, spans } of after.operations.values()) groups.get(service)?.push(spans);
  return groups;
}

function harmonicOf(traces: readonly number[], abnormal: AbnormalTraces): number {
  const hits = traces.reduce((sum, trace) => sum + (abnormal.isAbnormal[trace] ?? 0), 0);
  const support = hits / abnormal.count;
  if (support < LEAST_SUPPORT) return 0;
  const confidence = hits / traces.length;
  return 1 / (1 / support + 1 / confidence - 1);
}

function intersect(one: readonly number[], other: readonly number[], traces: number): number[] {
  const isIn = new Uint8Array(traces);
  for (const trace of one) isIn[trace] = 1;
  return other.filter((trace) => isIn[trace] === 1);
}
