import type { GradedCase } from '../../../domain/calibration.ts';
import { upperBound } from './clopper-pearson.ts';
import { type CoveragePoint, listCoverage } from './coverage.ts';

/** From which chance on an answer may be accepted, and what that rests on. */
export interface Threshold {
  readonly chance: number;
  /** Graded cases at least this sure, and how many of them were wrong. */
  readonly n: number;
  readonly wrong: number;
  /** At most this share of such answers is wrong, with the certainty that was asked for. */
  readonly atMost: number;
}

/**
 * The smallest set that is tested, as a share of all cases. Whoever acts wants to know of the surest tenth whether it is
 * sure enough. A suggestion that leaves most questions unanswered is not worth having: half of them at once, or a
 * single mistake among the five surest would end the test of a risk that allows for every second one.
 */
export const LEAST_COVERAGE = { act: 0.1, suggest: 0.5 } as const;

/**
 * The lowest threshold whose risk is shown to stay within `risk`; null when none is. `cases` hold chances in `score`,
 * in the order of the curve that the threshold will be held against.
 *
 * Fixed-sequence testing as in "Learn then Test" (Angelopoulos and others 2021): sets of the surest cases are tested
 * from small to large, each by the exact binomial test at the full certainty, and the first that fails ends it. The
 * sizes are known before a single outcome is: those at which one more mistake becomes affordable (for 10 %: 29, 46, 61,
 * 76 …), the last being all cases. Between them nothing could be won, and a mistake would end it early.
 *
 * It promises: were history drawn again, then in 95 of 100 such draws answers of the scores that were accepted are
 * wrong on average no more often than `risk`. It promises nothing of a single service or category, of tomorrow's incidents
 * should they differ from the past's, or of several targets at once.
 */
export function findThreshold(
  cases: readonly GradedCase[],
  risk: number,
  leastCoverage: number = LEAST_COVERAGE.act,
  certainty = 0.95,
): Threshold | null {
  const affordable = listAffordable(cases.length, risk, certainty);
  let accepted: CoveragePoint | undefined;
  for (const point of listSets(cases, affordable, leastCoverage)) {
    if (point.wrong > (affordable[point.n] ?? -1)) break;
    accepted = point;
  }
  if (!accepted) return null;
  const { score, n, wrong } = accepted;
  return { chance: score, n, wrong, atMost: upperBound(wrong, n, certainty) };
}

/** The smallest set of the surest that is tested among `cases`, and how many of it may be wrong; undefined where all are too few. */
export function findFirstSet(cases: number, risk: number, certainty = 0.95): { n: number; wrong: number } | undefined {
  const affordable = listAffordable(cases, risk, certainty);
  const n = affordable.findIndex((mistakes, size) => mistakes >= 0 && size >= LEAST_COVERAGE.act * cases);
  const wrong = affordable[n];
  return wrong === undefined ? undefined : { n, wrong };
}

/** The sets to test, from the smallest on; cases of one score are let in together. */
function listSets(cases: readonly GradedCase[], affordable: readonly number[], leastCoverage: number): CoveragePoint[] {
  const least = leastCoverage * cases.length;
  let before = -1;
  return listCoverage(cases).filter(({ n }, at, all) => {
    const mistakes = affordable[n] ?? -1;
    const isLast = at === all.length - 1;
    if (n < least || mistakes < 0 || (mistakes === before && !isLast)) return false;
    before = mistakes;
    return true;
  });
}

/**
 * How many mistakes among `n` still show a risk of at most `risk`, for every n up to `most`; −1 where none could. One walk
 * along the edge of the binomial, because summing afresh for each of thousands of sizes would take seconds.
 */
function listAffordable(most: number, risk: number, certainty: number): number[] {
  const affordable: number[] = [];
  let mistakes = 0;
  // Chances of exactly and of at most so many mistakes in n.
  let [exactly, atMost] = [1, 1];
  for (let n = 0; n <= most; n++) {
    if (atMost <= 1 - certainty) {
      mistakes++;
      exactly *= ((n - mistakes + 1) / mistakes) * (risk / (1 - risk));
      atMost += exactly;
    }
    affordable.push(mistakes - 1);
    atMost -= risk * exactly;
    exactly *= ((n + 1) / (n + 1 - mistakes)) * (1 - risk);
  }
  return affordable;
}
