import { type OperationKey, toOperationKey } from '../client-operations.ts';
import type { WindowObservation } from '../window.ts';
import type { AbnormalTraces } from './abnormal-traces.ts';

/** Which operation occurs in which trace, each pair once, and which operation calls which; flat lists of numbers. */
export interface TraceGraph {
  readonly serviceOf: readonly string[];
  /** 1 abnormal, 0 normal, by trace number: the incident's first, then the baseline's. */
  readonly sideOf: Uint8Array;
  /** Traces of the same operations have the same shape. */
  readonly shapeOf: Float64Array;
  readonly pairOperation: Int32Array;
  readonly pairTrace: Int32Array;
  readonly callFrom: Int32Array;
  readonly callTo: Int32Array;
}

/** All traces of the baseline are normal: that is what a baseline is. Linear in spans. */
export function buildTraceGraph(
  before: WindowObservation,
  after: WindowObservation,
  { isAbnormal }: AbnormalTraces,
): TraceGraph {
  const sideOf = new Uint8Array(after.traces + before.traces);
  sideOf.set(isAbnormal);
  const numbers = new Map<OperationKey, number>();
  const serviceOf: string[] = [];
  const shapeOf = new Float64Array(sideOf.length);
  const pairs: { operation: number; trace: number }[] = [];
  for (const [window, offset] of [
    [after, 0],
    [before, after.traces],
  ] as const) {
    const seenBy = new Int32Array(window.traces).fill(-1);
    for (const [key, { service, spans }] of window.operations) {
      const operation = numbers.get(key) ?? serviceOf.push(service) - 1;
      numbers.set(key, operation);
      for (const span of spans) {
        const trace = window.traceOf[span] ?? 0;
        if (seenBy[trace] === operation) continue;
        seenBy[trace] = operation;
        pairs.push({ operation, trace: trace + offset });
        shapeOf[trace + offset] = (shapeOf[trace + offset] ?? 0) + scatter(operation);
      }
    }
  }
  return {
    serviceOf,
    sideOf,
    shapeOf,
    pairOperation: Int32Array.from(pairs, (pair) => pair.operation),
    pairTrace: Int32Array.from(pairs, (pair) => pair.trace),
    ...listCalls(after, numbers),
  };
}

/** A number of 32 bits per operation: sums of different sets of them are different, near enough for a weight. */
function scatter(operation: number): number {
  return Math.imul(operation + 1, 0x9e3779b1) >>> 0;
}

function listCalls(
  after: WindowObservation,
  numbers: ReadonlyMap<OperationKey, number>,
): Pick<TraceGraph, 'callFrom' | 'callTo'> {
  const callFrom = new Int32Array(after.fanOuts.size);
  const callTo = new Int32Array(after.fanOuts.size);
  let at = 0;
  for (const { parent, child } of after.fanOuts.values()) {
    callFrom[at] = numbers.get(toOperationKey(parent)) ?? 0;
    callTo[at] = numbers.get(toOperationKey(child)) ?? 0;
    at++;
  }
  return { callFrom, callTo };
}
