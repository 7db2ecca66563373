import { spanAt } from '../../traces/span-forest.ts';
import { type OperationKey, type OperationName, toOperationKey } from './client-operations.ts';
import { quantile } from './robust.ts';
import type { OperationSample, WindowObservation } from './window.ts';

/** Spans of one operation that waited in vain for a call which no client span shows. */
export interface Unanswered {
  readonly caller: OperationKey;
  readonly callee: OperationName;
  readonly spans: ReadonlySet<number>;
}

/** A call that most spans of the operation make: its absence says something. */
const USUAL = 0.75;
/** A span that gave up waiting took this much longer than the slowest of before. */
const WAITED_FACTOR = 2;

/**
 * Old instrumentation shows no client spans. Then a refused call shows as its caller's own doing: it errs, and its own
 * time holds all of the waiting. An erring span that took far longer itself than any before, did the work that it does
 * itself, and lacks a call that it usually makes, waited for the one called.
 */
export function listUnanswered(before: WindowObservation, after: WindowObservation): Unanswered[] {
  const usual = listUsualChildren(before);
  return [...after.operations].flatMap(([key, sample]) => {
    const children = usual.get(key);
    const old = before.operations.get(key);
    if (!children || !old || sample.originErrors.length === 0) return [];
    const own = Float64Array.from(old.spans, (index) => before.own[index] ?? 0).sort();
    const longest = WAITED_FACTOR * quantile(own, 0.95);
    const missing = sample.originErrors.filter((index) => (after.own[index] ?? 0) > longest);
    return groupByCallee(key, sample, children, after, missing);
  });
}

interface UsualChild extends OperationName {
  readonly key: OperationKey;
  /** Where in its parent it is called, on average. */
  readonly offsetUs: number;
}

function listUsualChildren(before: WindowObservation): Map<OperationKey, UsualChild[]> {
  const usual = new Map<OperationKey, UsualChild[]>();
  for (const { parent, child, isClientParent, calls, offsetUs } of before.fanOuts.values()) {
    const key = toOperationKey(parent);
    const parents = before.operations.get(key)?.spans.length ?? 0;
    if (isClientParent || calls < USUAL * parents) continue;
    const { service, operation } = child;
    const one = { service, operation, key: toOperationKey(child), offsetUs: offsetUs / calls };
    const known = usual.get(key);
    if (known) known.push(one);
    else usual.set(key, [one]);
  }
  for (const children of usual.values()) children.sort((a, b) => a.offsetUs - b.offsetUs);
  return usual;
}

/** The first call that is missing is the one it waited for, unless its own work is missing too: then it never began. */
function groupByCallee(
  caller: OperationKey,
  { service }: OperationSample,
  children: readonly UsualChild[],
  after: WindowObservation,
  spans: readonly number[],
): Unanswered[] {
  const groups = new Map<UsualChild, Set<number>>();
  for (const span of spans) {
    const made = new Set(
      [...after.forest.childrenOf(span)].map((child) => toOperationKey(spanAt(after.forest, child))),
    );
    const first = children.find(({ key }) => !made.has(key));
    if (!first || first.service === service) continue;
    const group = groups.get(first);
    if (group) group.add(span);
    else groups.set(first, new Set([span]));
  }
  return [...groups].map(([{ service: callee, operation }, waited]) => ({
    caller,
    callee: { service: callee, operation },
    spans: waited,
  }));
}
