import type { ParsedTraces } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import { type OperationKey, toOperationKey } from './client-operations.ts';
import { quantile } from './robust.ts';

/** Below this share of lost spans, the few whose children are missing drown among the others. */
const NOTABLE_LOSS = 0.02;
/** What more than half of an operation's spans do, as far as can be told, all may do: where it is missing, it may be lost. */
const USUAL = 0.5;
/** Of what is left of a span's own time, so much at most may be in doubt. */
const SURE_SHARE = 0.3;

/**
 * The share of spans that never arrived, by those that name a parent nobody sent: each lost span orphans its children,
 * so the share of orphans among all children is the share lost.
 */
export function measureLoss({ spans, parents }: SpanForest, { repairs }: Pick<ParsedTraces, 'repairs'>): number {
  const orphans = repairs['orphan-span'] ?? 0;
  let children = 0;
  for (const parent of parents) if (parent >= 0) children++;
  return spans.length === 0 || orphans === 0 ? 0 : Math.min(orphans / (orphans + children), 0.9);
}

/** How often a span of one operation usually has a child of another, had no span been lost. */
type UsualChildren = ReadonlyMap<OperationKey, ReadonlyMap<OperationKey, number>>;

interface Habits {
  readonly children: UsualChildren;
  /** Operations of which most spans have some child, though not always the same. */
  readonly parents: ReadonlySet<OperationKey>;
}

export interface LossyWindow {
  readonly forest: SpanForest;
  readonly own: Float64Array;
  readonly loss: number;
}

/** By span index, 1 where a child is missing that took part of the span's time. */
export type Fragments = Uint8Array;

/**
 * A lost span leaves its time to its parent, which then looks slow. So what usually happens below a span and does not show
 * is taken off its own time, by what that takes elsewhere in the window; a span of which too little remains to be sure
 * is a fragment, whose own time says nothing. Habits are those of both windows together: either alone may be too small to
 * show them. Undefined where next to nothing was lost.
 */
export function findFragments(
  before: LossyWindow | undefined,
  after: LossyWindow,
): { readonly before: Fragments; readonly after: Fragments } | undefined {
  if (Math.max(before?.loss ?? 0, after.loss) < NOTABLE_LOSS) return undefined;
  const habits = listHabits(before ? [before, after] : [after]);
  const waitsBefore = before ? measureWaits(before.forest, habits.children) : new Map<string, Wait>();
  const waitsAfter = measureWaits(after.forest, habits.children);
  return {
    before: before ? markFragments(before, habits, [waitsBefore, waitsAfter]) : new Uint8Array(),
    after: markFragments(after, habits, [waitsAfter, waitsBefore]),
  };
}

function listHabits(windows: readonly LossyWindow[]): Habits {
  const tallies = new Map<OperationKey, Tally>();
  for (const window of windows) tallyChildren(window, tallies);
  const parents = new Set<OperationKey>();
  const children = new Map<OperationKey, Map<OperationKey, number>>();
  for (const [key, { had, withChildren, calls }] of tallies) {
    if (withChildren >= USUAL * had) parents.add(key);
    const usual = [...calls].map(([child, count]) => [child, Math.floor(count / had + 1 - USUAL)] as const);
    children.set(key, new Map(usual.filter(([, times]) => times > 0)));
  }
  return { children, parents };
}

interface Tally {
  /** How many spans would show a child that all of them have. */
  had: number;
  withChildren: number;
  readonly calls: Map<OperationKey, number>;
}

function tallyChildren({ forest, loss }: LossyWindow, tallies: Map<OperationKey, Tally>): void {
  for (const [index, span] of forest.spans.entries()) {
    const key = toOperationKey(span);
    const tally = tallies.get(key) ?? { had: 0, withChildren: 0, calls: new Map<OperationKey, number>() };
    tallies.set(key, tally);
    const children = forest.childrenOf(index);
    tally.had += 1 - loss;
    if (children.length > 0) tally.withChildren++;
    for (const child of children) {
      const childKey = toOperationKey(spanAt(forest, child));
      tally.calls.set(childKey, (tally.calls.get(childKey) ?? 0) + 1);
    }
  }
}

function markFragments(window: LossyWindow, { children, parents }: Habits, waits: readonly [Waits, Waits]): Fragments {
  const { forest, own } = window;
  const fragments = new Uint8Array(forest.spans.length);
  for (const [index, span] of forest.spans.entries()) {
    const key = toOperationKey(span);
    const usual = children.get(key);
    if (!usual?.size) {
      if (parents.has(key) && forest.childrenOf(index).length === 0) fragments[index] = 1;
      continue;
    }
    const { typicalUs, longUs } = measureMissing(forest, index, key, usual, waits);
    const left = Math.max((own[index] ?? 0) - typicalUs, 0);
    own[index] = left;
    if (longUs > SURE_SHARE * left) fragments[index] = 1;
  }
  return fragments;
}

/** What a span's missing children take, by their like in the same window, or else in the other. */
function measureMissing(
  forest: SpanForest,
  index: number,
  key: OperationKey,
  usual: ReadonlyMap<OperationKey, number>,
  [here, elsewhere]: readonly [Waits, Waits],
): Wait {
  const missing = new Map(usual);
  for (const child of forest.childrenOf(index)) {
    const childKey = toOperationKey(spanAt(forest, child));
    missing.set(childKey, (missing.get(childKey) ?? 0) - 1);
  }
  let typicalUs = 0;
  let longUs = 0;
  for (const [child, count] of missing) {
    if (count <= 0) continue;
    const call = toCallKey(key, child);
    const wait = here.get(call) ?? elsewhere.get(call);
    typicalUs += count * (wait?.typicalUs ?? 0);
    longUs += count * (wait?.longUs ?? 0);
  }
  return { typicalUs, longUs };
}

function toCallKey(parent: OperationKey, child: OperationKey): string {
  return `${parent}\u0001${child}`;
}

type Waits = ReadonlyMap<string, Wait>;

interface Wait {
  readonly typicalUs: number;
  readonly longUs: number;
}

/** How long a span of one operation waits for a child of another. */
function measureWaits(forest: SpanForest, usual: UsualChildren): Map<string, Wait> {
  const waits = new Map<string, number[]>();
  for (const [index, span] of forest.spans.entries()) {
    const parent = forest.parents[index] ?? -1;
    if (parent < 0) continue;
    const above = spanAt(forest, parent);
    const key = toOperationKey(above);
    const childKey = toOperationKey(span);
    if (!usual.get(key)?.has(childKey)) continue;
    const isWaited = above.kind !== 'producer' && span.kind !== 'consumer';
    const overlap = Math.min(span.startUs + span.durationUs, above.startUs + above.durationUs) - span.startUs;
    const call = toCallKey(key, childKey);
    const known = waits.get(call) ?? [];
    if (known.length === 0) waits.set(call, known);
    known.push(isWaited ? Math.max(overlap, 0) : 0);
  }
  return new Map(
    [...waits].map(([key, times]) => {
      const sorted = Float64Array.from(times).sort();
      return [key, { typicalUs: quantile(sorted, 0.5), longUs: quantile(sorted, 0.95) }];
    }),
  );
}
