import type { CalibrationCurve, GradedCase } from '../../../domain/calibration.ts';
import type { Pace } from '../../retrieve/pace.ts';
import { applyCurve } from './apply.ts';

export type Fit = (cases: readonly GradedCase[]) => CalibrationCurve;

/** Up to so many cases each is left out alone. */
const ALONE = 100;

/** Beyond so many cases a tenth more or less moves no curve that one could see, and each round is a fit. */
const MANY = 1000;
const ROUNDS_OF_MANY = 10;

/** What a fit costs per case, in the steps of a pace. */
const FIT_COST = 20;

/** The chance of every case by a curve that has not seen it, in the order of the cases. */
export function holdOut(cases: readonly GradedCase[], fitTo: Fit, pace: Pace): Promise<GradedCase[]> {
  const learn = (others: readonly GradedCase[]) => {
    const curve = fitTo(others);
    return ({ score }: GradedCase) => applyCurve(curve, score);
  };
  return holdOutBy(cases, learn, pace);
}

/** As `holdOut`, for whatever is learnt from the other cases and gives a chance. */
export async function holdOutBy(
  cases: readonly GradedCase[],
  learn: (others: readonly GradedCase[]) => (one: GradedCase) => number,
  pace: Pace,
): Promise<GradedCase[]> {
  const rounds = cases.length > MANY ? ROUNDS_OF_MANY : Math.min(cases.length, ALONE);
  const roundOf = dealOut(cases, rounds);
  const held = [...cases];
  for (let round = 0; round < rounds; round++) {
    const chanceOf = learn(cases.filter((_, at) => roundOf[at] !== round));
    for (const [at, one] of cases.entries()) {
      if (roundOf[at] === round) held[at] = { score: chanceOf(one), isRight: one.isRight };
    }
    await pace.spend(FIT_COST * cases.length);
  }
  return held;
}

/**
 * By score, so that each part has its share of high and low ones; not by outcome: parts with equal shares of right cases
 * would hide that the base rate is itself an estimate.
 */
function dealOut(cases: readonly GradedCase[], rounds: number): number[] {
  const order = cases.map((_, at) => at).sort((a, b) => (cases[a]?.score ?? 0) - (cases[b]?.score ?? 0));
  const roundOf = new Array<number>(cases.length).fill(0);
  for (const [place, at] of order.entries()) roundOf[at] = place % rounds;
  return roundOf;
}
