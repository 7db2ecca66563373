import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GradedCase } from '../../../domain/calibration.ts';
import { createRandom } from '../../../testing/trace-random.ts';
import { upperBound } from './clopper-pearson.ts';
import { findThreshold, LEAST_COVERAGE } from './thresholds.ts';

/** Each surer than the next, wrong at these places (0 is the surest). */
function rank(n: number, ...wrong: readonly number[]): GradedCase[] {
  return Array.from({ length: n }, (_, at) => ({ score: 1 - at / 1000, isRight: !wrong.includes(at) }));
}

/** All equally sure. */
function tie(n: number, wrong: number, score = 0.9): GradedCase[] {
  return Array.from({ length: n }, (_, at) => ({ score, isRight: at >= wrong }));
}

describe('the threshold of a risk', () => {
  it.each([
    [0.5, 5],
    [0.2, 14],
    [0.1, 29],
    [0.05, 59],
  ])('of %d needs %i cases without a mistake', (risk, needed) => {
    expect(findThreshold(rank(needed), risk)).toMatchObject({ n: needed, wrong: 0 });
    expect(findThreshold(rank(needed - 1), risk)).toBeNull();
  });

  it('needs more cases for more certainty', () => {
    expect(findThreshold(rank(43), 0.1, LEAST_COVERAGE.act, 0.99)).toBeNull();
    expect(findThreshold(rank(44), 0.1, LEAST_COVERAGE.act, 0.99)).toMatchObject({ n: 44 });
  });

  it('lets a suggestion live through one mistake among the surest, for it is tested on half of them at once', () => {
    const surestIsWrong = rank(36, 0, 8, 16, 24, 32);
    expect(findThreshold(surestIsWrong, 0.5)).toBeNull();
    expect(findThreshold(surestIsWrong, 0.5, LEAST_COVERAGE.suggest)).toMatchObject({ n: 36, wrong: 5 });
    expect(
      findThreshold(rank(36, ...Array.from({ length: 12 }, (_, at) => at)), 0.5, LEAST_COVERAGE.suggest),
    ).toBeNull();
  });

  it('is the chance of the least sure case that is let in, and says what it rests on', () => {
    const found = findThreshold(rank(29), 0.1)!;
    expect(found.chance).toBe(1 - 28 / 1000);
    expect(found.atMost).toBeCloseTo(0.0981, 4);
  });

  it('affords the next mistake where the exact test does: at 46, 61 and 76 for 10 %', () => {
    expect(findThreshold(rank(46, 40), 0.1)).toMatchObject({ n: 46, wrong: 1 });
    expect(findThreshold(rank(45, 40), 0.1)).toMatchObject({ n: 29, wrong: 0 });
    expect(findThreshold(rank(61, 30, 50), 0.1)).toMatchObject({ n: 61, wrong: 2 });
    expect(findThreshold(rank(76, 30, 50, 70), 0.1)).toMatchObject({ n: 76, wrong: 3 });
  });

  it('is none when the surest are wrong, however right the rest', () => {
    expect(findThreshold(rank(100, 3), 0.1)).toBeNull();
    expect(findThreshold(rank(100, 3, 4, 5), 0.1)).toBeNull();
  });

  it('ends at the first set that fails, though a larger one would pass', () => {
    const cases = rank(150, 30, 31);
    expect(upperBound(2, 150)).toBeLessThan(0.1);
    expect(findThreshold(cases, 0.1)).toMatchObject({ n: 29, wrong: 0 });
  });

  it('begins with a tenth of many cases, so that one early mistake does not close a long history', () => {
    expect(findThreshold(rank(280, 3), 0.1)).toBeNull();
    expect(findThreshold(rank(600, 3), 0.1)).toMatchObject({ n: 600, wrong: 1 });
  });

  it('lets equally sure cases in together or not at all', () => {
    expect(findThreshold(tie(40, 1), 0.1)).toBeNull();
    expect(findThreshold(tie(60, 1), 0.1)).toMatchObject({ chance: 0.9, n: 60, wrong: 1 });
    const mixed = [...tie(35, 0, 0.95), ...tie(30, 20, 0.6)];
    expect(findThreshold(mixed, 0.1)).toMatchObject({ chance: 0.95, n: 35, wrong: 0 });
  });

  it('accepts all when all are right, and nothing of nothing', () => {
    expect(findThreshold(rank(200), 0.1)).toMatchObject({ n: 200, wrong: 0 });
    expect(findThreshold([], 0.1)).toBeNull();
    expect(findThreshold(tie(200, 200), 0.5)).toBeNull();
    expect(findThreshold(rank(200), 0)).toBeNull();
  });

  it('never accepts what its own bound does not cover', () => {
    const cases = fc.array(
      fc.record({
        score: fc.double({ min: 0, max: 1, noNaN: true }).map((x) => Math.round(x * 50) / 50),
        isRight: fc.boolean(),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(cases, fc.constantFrom(0.05, 0.1, 0.3, 0.5, 0.8), (history, risk) => {
        const found = findThreshold(history, risk);
        if (!found) return;
        const accepted = history.filter(({ score }) => score >= found.chance);
        expect(found.n).toBe(accepted.length);
        expect(found.wrong).toBe(accepted.filter(({ isRight }) => !isRight).length);
        expect(found.atMost).toBe(upperBound(found.wrong, found.n));
        expect(found.atMost).toBeLessThanOrEqual(risk + 1e-9);
      }),
    );
  });

  it('keeps its promise: the true risk exceeds it in no more than 5 of 100 histories', () => {
    const random = createRandom(17);
    // Always 11 % wrong, so that whatever is accepted at 10 % is accepted wrongly.
    let broken = 0;
    for (let history = 0; history < 800; history++) {
      const cases = Array.from({ length: 250 }, () => ({ score: random(), isRight: random() >= 0.11 }));
      if (findThreshold(cases, 0.1)) broken++;
    }
    expect(broken / 800).toBeLessThan(0.06);
    expect(broken).toBeGreaterThan(0);
  });

  it('is found among ten thousand cases at once', () => {
    const random = createRandom(2);
    const cases = Array.from({ length: 10_000 }, () => {
      const score = random();
      return { score, isRight: random() < 0.7 + 0.3 * score };
    });
    const began = performance.now();
    const found = findThreshold(cases, 0.1)!;
    expect(performance.now() - began).toBeLessThan(1000);
    expect(found.chance).toBeGreaterThan(0.3);
    expect(found.chance).toBeLessThan(0.5);
  });
});
