import type { Comparison } from '../compare.ts';
import { quantile, spreadOf } from '../robust.ts';
import type { EdgeSample, OperationSample, WindowObservation } from '../window.ts';
import { latencyZ } from './finding.ts';

/** A feature is worth looking at when its times moved at least this much: TraceRCA's selection of useful features. */
const USEFUL_Z = 2;
const BOUND_SPREADS = 3;

/** Which traces of the incident are abnormal, and whose doing that looks like. */
export interface AbnormalTraces {
  readonly count: number;
  /** 1 where abnormal, by trace number of the incident. */
  readonly isAbnormal: Uint8Array;
  /** By service: the traces in which something of its own is beyond bounds. */
  readonly tracesAtFault: ReadonlyMap<string, ReadonlySet<number>>;
}

/** A span that is beyond bounds, and the service it is charged to. */
type Charge = (service: string, span: number) => void;

/**
 * A trace is abnormal when the own time of any of its operations, or the way of any of its calls, is beyond what the
 * baseline's quantiles allow, or when an error begins in it (TraceRCA, Li et al., IWQoS 2021, with robust bounds in place
 * of its kσ).
 */
export function findAbnormalTraces(
  before: WindowObservation,
  after: WindowObservation,
  comparison: Comparison,
): AbnormalTraces {
  const isAbnormal = new Uint8Array(after.traces);
  const tracesOf = new Map<string, Set<number>>();
  const charge: Charge = (service, span) => {
    const trace = after.traceOf[span] ?? 0;
    isAbnormal[trace] = 1;
    const known = tracesOf.get(service);
    if (known) known.add(trace);
    else tracesOf.set(service, new Set([trace]));
  };
  chargeOperations(before, after, comparison, charge);
  chargeCalls(before, after, comparison, charge);
  return {
    count: isAbnormal.reduce((sum, one) => sum + one, 0),
    isAbnormal,
    tracesAtFault: tracesOf,
  };
}

/** Client operations are judged as calls. */
function chargeOperations(
  before: WindowObservation,
  after: WindowObservation,
  comparison: Comparison,
  charge: Charge,
): void {
  for (const [key, sample] of after.operations) {
    if (sample.isClient) continue;
    const old = before.operations.get(key);
    const isUseful = latencyZ(comparison.operations.get(key)?.shift) >= USEFUL_Z;
    const boundUs = old && isUseful ? upperBoundUs(before, old) : Number.POSITIVE_INFINITY;
    chargeSlow(after, sample, boundUs, sample.service, charge);
    for (const span of sample.originErrors) charge(sample.service, span);
  }
}

function chargeCalls(
  before: WindowObservation,
  after: WindowObservation,
  comparison: Comparison,
  charge: Charge,
): void {
  const useful = new Set(comparison.edges.filter(({ shift }) => latencyZ(shift) >= USEFUL_Z).map(({ key }) => key));
  for (const [key, sample] of after.edges) {
    const old = before.edges.get(key);
    const boundUs = old && useful.has(key) ? upperBoundUs(before, old) : Number.POSITIVE_INFINITY;
    chargeSlow(after, sample, boundUs, sample.callee, charge);
    for (const span of sample.originErrors) charge(sample.callee, span);
  }
}

function chargeSlow(
  after: WindowObservation,
  { spans }: Pick<OperationSample, 'spans'>,
  boundUs: number,
  service: string,
  charge: Charge,
): void {
  if (boundUs === Number.POSITIVE_INFINITY) return;
  for (const span of spans) if ((after.own[span] ?? 0) > boundUs) charge(service, span);
}

function upperBoundUs(before: WindowObservation, { spans }: OperationSample | EdgeSample): number {
  const own = Float64Array.from(spans, (index) => (before.own[index] ?? 0) / 1000).sort();
  return 1000 * Math.max(quantile(own, 0.95), quantile(own, 0.5) + BOUND_SPREADS * spreadOf(own));
}
