import type { LoadShape } from '../../src/domain/trace.ts';
import type { Measured } from '../metrics.ts';
import { comparePaired, type Paired } from '../paired.ts';
import { BASELINES } from './baselines.ts';
import { accuracyAt, averageAt, measureShare } from './figures.ts';
import { DIGEST, type JudgedCase, PLAIN_FUSION, RANKERS } from './judge.ts';

export const METHODS: readonly string[] = [DIGEST, ...BASELINES, PLAIN_FUSION, ...RANKERS];
/** The groups that hold every member of theirs. */
export const ALL = 'all';

export interface MethodFigures {
  readonly ac1: Measured;
  readonly ac3: Measured;
  readonly avg5: Measured;
}

export interface TraceSlice {
  readonly system: string;
  readonly faultType: string;
  readonly n: number;
  readonly methods: Readonly<Record<string, MethodFigures>>;
}

/** The same cases twice, the second time made harder. */
export interface HarderCases {
  readonly condition: string;
  readonly faultType: string;
  readonly easy: Measured;
  readonly hard: Measured;
  /** AC@1, hard less easy. */
  readonly paired: Paired;
}

export interface ShapeFigures {
  readonly faultType: string;
  readonly n: number;
  readonly expected: readonly LoadShape['kind'][];
  /** The first of the expected shapes is named. */
  readonly named: Measured;
  /** How many cases name each kind, and `none`. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface TraceReport {
  readonly slices: readonly TraceSlice[];
  readonly harder: readonly HarderCases[];
  /** Healthy windows with a suspect. */
  readonly falseAlarms: readonly { readonly faultType: string; readonly rate: Measured }[];
  /** Of faults, by type; a fault that says it cannot be told is none. */
  readonly takenForHealthy: readonly {
    readonly faultType: string;
    readonly rate: Measured;
    readonly ids: readonly string[];
  }[];
  readonly shapes: readonly ShapeFigures[];
  readonly speed: { readonly cases: number; readonly spans: number; readonly seconds: number };
  readonly cases: readonly JudgedCase[];
}

/** `pairs`: which condition is the easy one of which. */
export function buildTraceReport(
  cases: readonly JudgedCase[],
  plain: string,
  pairs: Readonly<Record<string, string>> = {},
): TraceReport {
  const usual = cases.filter(({ condition }) => condition === plain);
  const faulty = usual.filter(({ culprits }) => culprits.length > 0);
  const healthy = usual.filter(({ culprits }) => culprits.length === 0);
  return {
    slices: listSlices(faulty),
    harder: Object.entries(pairs).flatMap(([hard, easy]) => compareConditions(cases, hard, easy)),
    falseAlarms: [...groupBy(healthy, ({ faultType }) => faultType)].map(([faultType, members]) => ({
      faultType,
      rate: measureShare(members.map(({ ranked }) => ((ranked[DIGEST] ?? []).length > 0 ? 1 : 0))),
    })),
    takenForHealthy: [...groupBy(faulty, ({ faultType }) => faultType)].map(([faultType, members]) => ({
      faultType,
      rate: measureShare(members.map(({ isCalledHealthy }) => Number(isCalledHealthy))),
      ids: members.filter(({ isCalledHealthy }) => isCalledHealthy).map(({ id }) => id),
    })),
    shapes: [...groupBy(usual, ({ faultType }) => faultType)].flatMap(countShapes),
    speed: {
      cases: cases.length,
      spans: cases.reduce((sum, { spans }) => sum + spans, 0),
      seconds: cases.reduce((sum, { seconds }) => sum + seconds, 0),
    },
    cases,
  };
}

/** Each system with each fault, and both without regard to the other; a single system is not told twice. */
function listSlices(cases: readonly JudgedCase[]): TraceSlice[] {
  const systems = new Set(cases.map(({ system }) => system));
  const keyed = cases.flatMap((one) =>
    (systems.size > 1 ? [ALL, one.system] : [one.system]).flatMap((system) =>
      [ALL, one.faultType].map((faultType) => ({ one, system, faultType })),
    ),
  );
  const groups = groupBy(keyed, ({ system, faultType }) => `${system}\u0000${faultType}`);
  // What holds for all stands above what it is made of.
  const place = ([first]: typeof keyed) =>
    [first?.system, first?.faultType].map((name) => (name === ALL ? '' : name)).join('\u0000');
  const ordered = [...groups.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return ordered.flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const { system, faultType } = first;
    return [{ system, faultType, n: members.length, methods: measureMethods(members.map(({ one }) => one)) }];
  });
}

function measureMethods(members: readonly JudgedCase[]): Record<string, MethodFigures> {
  const figuresOf = (method: string): MethodFigures => {
    const judge = (by: typeof accuracyAt, k: number) =>
      measureShare(members.map(({ ranked, culprits }) => by(k, ranked[method] ?? [], culprits)));
    return { ac1: judge(accuracyAt, 1), ac3: judge(accuracyAt, 3), avg5: judge(averageAt, 5) };
  };
  return Object.fromEntries(METHODS.map((method) => [method, figuresOf(method)]));
}

function compareConditions(cases: readonly JudgedCase[], hard: string, easy: string): HarderCases[] {
  const easyOnes = new Map(cases.filter(({ condition }) => condition === easy).map((one) => [one.id, one]));
  const hardOnes = cases.filter(({ condition, id }) => condition === hard && easyOnes.has(id));
  const first = ({ ranked, culprits }: JudgedCase) => accuracyAt(1, ranked[DIGEST] ?? [], culprits);
  return [...groupBy(hardOnes, ({ faultType }) => faultType)].map(([faultType, members]) => {
    const before = members.flatMap(({ id }) => easyOnes.get(id) ?? []).map(first);
    const after = members.map(first);
    return {
      condition: hard,
      faultType,
      easy: measureShare(before),
      hard: measureShare(after),
      paired: comparePaired(after, before),
    };
  });
}

function countShapes([faultType, members]: [string, readonly JudgedCase[]]): ShapeFigures[] {
  const expected = members[0]?.expectedShapes;
  if (!expected) return [];
  const counts: Record<string, number> = {};
  for (const { shapes } of members) {
    const kinds = new Set<string>(shapes.length > 0 ? shapes.map(({ kind }) => kind) : ['none']);
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const isNamed = ({ shapes }: JudgedCase) => {
    const [main] = expected;
    return main === undefined ? shapes.length === 0 : shapes.some(({ kind }) => kind === main);
  };
  const named = measureShare(members.map((one) => Number(isNamed(one))));
  return [{ faultType, n: members.length, expected, named, counts }];
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
