import type { Pace } from '../retrieve/pace.ts';
import type { Row } from './choice.ts';

/** The part that the culprit of a past incident played, and what kind of fault it was. */
export interface KnownRole {
  readonly role: Row;
  readonly category: string;
}

/** How unlike the past something is. */
export interface Strangeness {
  /** At most this often, 0..1, would an incident of the kinds known be as strange: small speaks for a new kind. */
  readonly p: number;
  /** Of so many past incidents … */
  readonly n: number;
  /** … so many were at least as unlike the others. */
  readonly stranger: number;
  /** Numbers of the past roles most like it, the nearest first. */
  readonly nearest: readonly number[];
}

export interface Novelty {
  judge(role: Row): Strangeness;
}

/** With fewer incidents each is strange, and one kind alone is no past that others could differ from. */
const GATE = { lessons: 60, categories: 3, ofEach: 5 } as const;
/** What is unlike the latest is strange enough; every pair of them is compared. */
const MAX_PAST = 400;
/** One past incident that looks alike may be chance; many would only find the middle of a large category. */
const NEAREST = 3;
/** What never varies within a category must not outshout all else: variance that every feature has at least. */
const LEAST_VARIANCE = 0.05;
/** So many multiplications take as long as reading a character. */
const PER_COST = 3;

/** What differs by less is the same: incidents that look alike must not come one before the other by rounding. */
const SAME = 1e-6;

/** A way to say what counts when two parts are compared: a weight for each feature. */
type Scale = Float64Array;

/** All past roles as one scale sees them, each of length 1, and how strange each was among the others. */
interface View {
  readonly scale: Scale;
  readonly past: readonly Row[];
  /** Ascending. */
  readonly ranked: readonly number[];
}

/**
 * Is this a kind of fault that history does not hold? Each past incident says how unlike its nearest others it was; an
 * incident of a known kind comes anywhere among them, so the share that was at least as strange is a p-value that
 * keeps its word whatever the signals look like (conformal prediction). Roles latest first; undefined where the past
 * is too little to tell.
 */
export async function fitNovelty(roles: readonly KnownRole[], pace: Pace): Promise<Novelty | undefined> {
  const past = roles.slice(0, MAX_PAST);
  if (!isEnough(past)) return undefined;
  const size = past.reduce((most, { role }) => role.index.reduce((high, at) => Math.max(high, at + 1), most), 0);
  const views: View[] = [];
  const lived = past.map((): number => 0);
  for (const scale of scalesOf(past, size)) {
    const scaled = past.map(({ role }) => toUnit(role, scale));
    const strange = await compareAll(scaled, size, pace);
    const ranked = [...strange].sort((a, b) => a - b);
    for (const [at, value] of strange.entries()) lived[at] = (lived[at] ?? 0) + rankAmong(ranked, value);
    views.push({ scale, past: scaled, ranked });
  }
  return buildNovelty(
    views,
    lived.sort((a, b) => a - b),
    size,
  );
}

function isEnough(past: readonly KnownRole[]): boolean {
  const counts = new Map<string, number>();
  for (const { category } of past) counts.set(category, (counts.get(category) ?? 0) + 1);
  const known = [...counts.values()].filter((count) => count >= GATE.ofEach);
  return past.length >= GATE.lessons && known.length >= GATE.categories;
}

/** `lived`: how strange each past incident was over all views, ascending. */
function buildNovelty(views: readonly View[], lived: readonly number[], size: number): Novelty {
  const n = lived.length;
  return {
    judge: (role) => {
      const likeness = new Float64Array(n);
      let strange = 0;
      for (const { scale, past, ranked } of views) {
        const own = compareWith(spread(toUnit(role, scale), size), past);
        for (const [at, alike] of own.entries()) likeness[at] = (likeness[at] ?? 0) + alike;
        strange += rankAmong(ranked, strangenessOf(own));
      }
      const stranger = n - countBelow(lived, strange);
      const byLikeness = Array.from(likeness.keys()).sort((a, b) => (likeness[b] ?? 0) - (likeness[a] ?? 0) || a - b);
      return { p: (1 + stranger) / (n + 1), n, stranger, nearest: byLikeness.slice(0, NEAREST) };
    },
  };
}

/**
 * Two scales see different things: features that hardly vary within a category show what is out of place, and those
 * that vary between categories what tells kinds of fault apart.
 */
function scalesOf(past: readonly KnownRole[], size: number): Scale[] {
  const { within, between } = spreadOf(past, size);
  return [
    within.map((spread) => 1 / Math.sqrt(spread / past.length + LEAST_VARIANCE)),
    between.map((spread, feature) => Math.sqrt(spread / ((within[feature] ?? 0) + 1))),
  ];
}

/** Sums of squares of each feature: around the mean of its category, and of those means around the mean of all. */
function spreadOf(past: readonly KnownRole[], size: number): { within: Float64Array; between: Float64Array } {
  const squares = new Float64Array(size);
  const all = new Float64Array(size);
  const byCategory = new Map<string, { count: number; sums: Float64Array }>();
  for (const { role, category } of past) {
    const own = byCategory.get(category) ?? { count: 0, sums: new Float64Array(size) };
    byCategory.set(category, own);
    own.count++;
    for (const [at, feature] of role.index.entries()) {
      const value = role.value[at] ?? 0;
      squares[feature] = (squares[feature] ?? 0) + value * value;
      all[feature] = (all[feature] ?? 0) + value;
      own.sums[feature] = (own.sums[feature] ?? 0) + value;
    }
  }
  const ofMeans = new Float64Array(size);
  for (const { count, sums } of byCategory.values())
    for (let at = 0; at < size; at++) ofMeans[at] = (ofMeans[at] ?? 0) + (sums[at] ?? 0) ** 2 / count;
  // Rounding may leave a trace below zero.
  return {
    within: squares.map((sum, at) => Math.max(0, sum - (ofMeans[at] ?? 0))),
    between: ofMeans.map((sum, at) => Math.max(0, sum - (all[at] ?? 0) ** 2 / past.length)),
  };
}

/** How strange each is among the others. */
async function compareAll(past: readonly Row[], size: number, pace: Pace): Promise<number[]> {
  const work = past.reduce((sum, { index }) => sum + index.length, 0);
  const strange: number[] = [];
  for (const [at, role] of past.entries()) {
    const likeness = compareWith(spread(role, size), past);
    likeness[at] = Number.NEGATIVE_INFINITY;
    strange.push(strangenessOf(likeness));
    await pace.spend(work / PER_COST);
  }
  return strange;
}

function compareWith(whole: Float64Array, past: readonly Row[]): Float64Array {
  const likeness = new Float64Array(past.length);
  for (let one = 0; one < past.length; one++) {
    const row = past[one];
    let sum = 0;
    if (row)
      for (let at = 0; at < row.index.length; at++) sum += (row.value[at] ?? 0) * (whole[row.index[at] ?? 0] ?? 0);
    likeness[one] = sum;
  }
  return likeness;
}

/** The less like its nearest, the stranger; 0 for one that is the same as they are. */
function strangenessOf(likeness: Float64Array): number {
  // One pass: sorting all of them takes longer than comparing did.
  let [first, second, third] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < likeness.length; at++) {
    const alike = likeness[at] ?? 0;
    if (alike <= third) continue;
    if (alike > first) [first, second, third] = [alike, first, second];
    else if (alike > second) [second, third] = [alike, second];
    else third = alike;
  }
  return Math.round((1 - (first + second + third) / NEAREST) / SAME);
}

function spread({ index, value }: Row, size: number): Float64Array {
  const whole = new Float64Array(size);
  for (let at = 0; at < index.length; at++) if ((index[at] ?? 0) < size) whole[index[at] ?? 0] = value[at] ?? 0;
  return whole;
}

/** Of length 1, so that products are likenesses. */
function toUnit({ index, value }: Row, scale: Scale): Row {
  const scaled = value.map((amount, at) => amount * (scale[index[at] ?? 0] ?? 0));
  const length = Math.sqrt(scaled.reduce((sum, amount) => sum + amount * amount, 0));
  return { index, value: length === 0 ? scaled : scaled.map((amount) => amount / length) };
}

/** Share of those below, so that views with scales of their own can be added up. */
function rankAmong(ascending: readonly number[], value: number): number {
  return countBelow(ascending, value) / ascending.length;
}

function countBelow(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
