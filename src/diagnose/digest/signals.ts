import { buildSignal, type Signal } from '../../domain/signal.ts';
import type { OperationName } from './client-operations.ts';
import type { Comparison } from './compare.ts';
import type { FanOutChange } from './compare-fan-outs.ts';
import { isSlower, latencyZ, NOTABLE } from './findings.ts';
import type { Load } from './load.ts';

const MAX_SIGNALS = 30;

interface RankedSignal {
  readonly signal: Signal;
  readonly z: number;
}

/**
 * What changed, as words to find like incidents by. Signals tell where a change *shows*, not whose doing it is: errors
 * that came from below count too, and a slow call is a signal of the caller's client operation. Strongest first.
 */
export function listSignals(comparison: Comparison, requestMs: number, load: Load | undefined): Signal[] {
  const ranked: RankedSignal[] = [
    ...listOperationSignals(comparison, requestMs),
    ...comparison.fanOuts.flatMap(toFanOutSignal),
    ...listLoadSignals(load),
  ];
  ranked.sort((a, b) => b.z - a.z);
  return [...new Set(ranked.map(({ signal }) => signal))].slice(0, MAX_SIGNALS);
}

function listOperationSignals(comparison: Comparison, requestMs: number): RankedSignal[] {
  return [...comparison.operations.values()].flatMap((change) => {
    const signals: RankedSignal[] = [];
    if (isSlower(change, requestMs)) signals.push({ signal: toSignal(change, 'latency'), z: latencyZ(change.shift) });
    if (change.errors.z >= NOTABLE.proportion) signals.push({ signal: toSignal(change, 'error'), z: change.errors.z });
    return signals;
  });
}

/** Judged per span of the caller, so only the topmost of what went missing is named, not all that it used to call. */
function toFanOutSignal(change: FanOutChange): RankedSignal[] {
  if (Math.abs(change.z) < NOTABLE.fanOut) return [];
  return [{ signal: toSignal(change.child, fanOutKind(change)), z: Math.abs(change.z) }];
}

function fanOutKind({ perSpan }: FanOutChange): string {
  if (perSpan.after === 0) return 'missing';
  if (perSpan.before === 0) return 'new';
  return perSpan.after > perSpan.before ? 'calls_up' : 'calls_down';
}

function listLoadSignals(load: Load | undefined): RankedSignal[] {
  if (!load?.kind) return [];
  const { kind, seenAt } = load;
  return seenAt.map((at) => ({ signal: toSignal(at, kind), z: NOTABLE.fanOut }));
}

export function toSignal(at: OperationName, kind: string): Signal {
  return buildSignal({ source: 'trace', service: at.service, name: withoutCaller(at.operation), kind });
}

/** What stands before a `>` in a signal's name is read as whose call it was; an operation's name may not say so. */
function withoutCaller(operation: string): string {
  return operation.replaceAll('>', '›');
}
