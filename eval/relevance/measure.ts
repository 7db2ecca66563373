import { auroc, type Measured, measureAuroc, measureMean } from '../metrics.ts';
import { type Material, POOL } from './bases.ts';
import { answerChance, fitCurves, type RelevanceCurves, rowChances, strongestOf } from './curves.ts';
import type { Observation, Standing } from './observe.ts';
import { weigh } from './weigh.ts';

/** How far chances are from what happens: the error of calibration (ten bins) and the mean squared error. */
export interface Calibration {
  readonly ece: number;
  readonly brier: number;
}

/** One way of asking: who was told apart from whom, and what the threshold would have done. */
export interface Separation {
  readonly auroc: Measured;
  readonly turnedAwayWrongly: Measured;
  readonly turnedAwayRightly: Measured;
}

/** A set judged by curves that saw neither its questions, nor its base, nor the strangers asked. */
export interface HeldOut {
  readonly set: string;
  readonly curves: RelevanceCurves;
  /** Strangers in the set's own base; in the pool, when there is one; orphans in bases of all sizes. */
  readonly own: Separation;
  readonly pool: Separation | undefined;
  readonly orphans: Separation;
  readonly answerable: Calibration;
  /** Of the row with the highest chance. */
  readonly firstRow: Calibration;
}

export interface BySize {
  readonly size: number;
  readonly n: number;
  readonly auroc: number;
  readonly turnedAwayWrongly: number;
  readonly turnedAwayRightly: number;
}

export interface RelevanceReport {
  readonly final: RelevanceCurves;
  readonly heldOut: readonly HeldOut[];
  /** All held-out sets of the pool together, strangers only. */
  readonly bySize: readonly BySize[];
  readonly typical: Readonly<Record<'answered' | 'unanswered', { similarity: number; coverage: number }>>;
}

interface Judged {
  readonly observation: Observation;
  readonly chance: number;
  readonly first: { readonly chance: number; readonly isAnswer: boolean } | undefined;
  readonly isTurnedAway: boolean;
}

export function measureRelevance(
  { sets }: Pick<Material, 'sets'>,
  observations: readonly Observation[],
): RelevanceReport {
  const judged = new Map(sets.map((set) => [set, judgeHeldOut(set, observations)]));
  const final = fitCurves(observations);
  return {
    final,
    heldOut: [...judged].map(([set, { curves, all }]) => report(set, curves, all)),
    bySize: reportSizes([...judged.values()].flatMap(({ all }) => all)),
    typical: describeTypical(observations, final),
  };
}

/** Documents of the set stay in the pool's bases as strangers to the questions of others; nothing else of it is seen. */
function judgeHeldOut(set: string, observations: readonly Observation[]): { curves: RelevanceCurves; all: Judged[] } {
  const fits = ([0, 1] as const).map((half) =>
    fitCurves(observations.filter((one) => one.set !== set && one.base !== set && one.half !== half)),
  );
  const kind = observations.find((one) => one.set === set)?.kind;
  const asked = observations.filter(
    (one) => one.set === set || (one.half !== undefined && one.kind === kind && [set, POOL].includes(one.base)),
  );
  const [first] = fits;
  if (!first) throw new Error('nothing was fitted');
  return { curves: first, all: asked.map((one) => judge(one, fits[one.half ?? 0] ?? first)) };
}

function judge(observation: Observation, curves: RelevanceCurves): Judged {
  const chance = answerChance(observation, curves);
  const rows = rowChances(observation, curves);
  const [first] = rows
    .map((row, at) => ({ chance: row, isAnswer: observation.rows[at]?.isAnswer ?? false }))
    .sort(byChance);
  return { observation, chance, first, isTurnedAway: chance < curves.threshold };
}

function byChance(a: { readonly chance: number }, b: { readonly chance: number }): number {
  return b.chance - a.chance;
}

function report(set: string, curves: RelevanceCurves, all: readonly Judged[]): HeldOut {
  const weights = weigh(all.map(({ observation }) => observation));
  const largest = (base: string) => Math.max(...inBase(all, base).map(({ observation }) => observation.size));
  const whole = (base: string) => inBase(all, base).filter(({ observation }) => observation.size === largest(base));
  const pool = inBase(all, POOL);
  return {
    set,
    curves,
    own: separate(whole(set), 'stranger'),
    pool: pool.length > 0 ? separate(whole(POOL), 'stranger') : undefined,
    orphans: separate(all, 'orphan'),
    answerable: calibrate(
      all.map(({ chance, observation }, at) => [chance, observation.standing === 'answered', weights[at] ?? 0]),
    ),
    firstRow: calibrate(
      all.flatMap(({ first }, at) => (first ? [[first.chance, first.isAnswer, weights[at] ?? 0]] : [])),
    ),
  };
}

function inBase(all: readonly Judged[], base: string): Judged[] {
  return all.filter(({ observation }) => observation.base === base);
}

function separate(all: readonly Judged[], strange: Standing): Separation {
  const [answered, others] = [ofStanding(all, 'answered'), ofStanding(all, strange)];
  const chances = (some: readonly Judged[]) => some.map(({ chance }) => chance);
  const turnedAway = (some: readonly Judged[]) => measureMean(some.map(({ isTurnedAway }) => (isTurnedAway ? 1 : 0)));
  return {
    auroc: measureAuroc(chances(answered), chances(others)),
    turnedAwayWrongly: turnedAway(answered),
    turnedAwayRightly: turnedAway(others),
  };
}

function ofStanding(all: readonly Judged[], standing: Standing): Judged[] {
  return all.filter(({ observation }) => observation.standing === standing);
}

function reportSizes(all: readonly Judged[]): BySize[] {
  const pool = inBase(all, POOL);
  const sizes = [...new Set(pool.map(({ observation }) => observation.size))].sort((a, b) => a - b);
  return sizes.flatMap((size) => {
    const these = pool.filter(({ observation }) => observation.size === size);
    const [answered, strangers] = [ofStanding(these, 'answered'), ofStanding(these, 'stranger')];
    if (answered.length === 0 || strangers.length === 0) return [];
    const share = (some: readonly Judged[]) => some.filter(({ isTurnedAway }) => isTurnedAway).length / some.length;
    const scores = [answered, strangers].map((some) => some.map(({ chance }) => chance));
    return [
      {
        size,
        n: these.length,
        auroc: auroc(scores[0] ?? [], scores[1] ?? []),
        turnedAwayWrongly: share(answered),
        turnedAwayRightly: share(strangers),
      },
    ];
  });
}

const BINS = 10;

function calibrate(cases: readonly (readonly [chance: number, isTrue: boolean, weight: number])[]): Calibration {
  const total = cases.reduce((sum, [, , weight]) => sum + weight, 0);
  const gaps = new Array<number>(BINS).fill(0);
  let squares = 0;
  for (const [chance, isTrue, weight] of cases) {
    const bin = Math.min(BINS - 1, Math.floor(chance * BINS));
    gaps[bin] = (gaps[bin] ?? 0) + weight * (chance - (isTrue ? 1 : 0));
    squares += weight * (chance - (isTrue ? 1 : 0)) ** 2;
  }
  return { ece: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total, brier: squares / total };
}

function describeTypical(
  observations: readonly Observation[],
  { answer }: RelevanceCurves,
): RelevanceReport['typical'] {
  const weights = weigh(observations);
  const mean = (isAnswered: boolean) => {
    let [mass, similarity, coverage] = [0, 0, 0];
    for (const [at, one] of observations.entries()) {
      const evidence = strongestOf(one, answer)?.evidence;
      const weight = weights[at] ?? 0;
      if (!evidence || (one.standing === 'answered') !== isAnswered) continue;
      mass += weight;
      similarity += weight * evidence.similarity;
      coverage += weight * evidence.coverage;
    }
    return { similarity: similarity / mass, coverage: coverage / mass };
  };
  return { answered: mean(true), unanswered: mean(false) };
}
