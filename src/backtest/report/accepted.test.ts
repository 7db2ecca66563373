import { describe, expect, it } from 'vitest';
import { listCoverage } from '../../diagnose/confidence/calibration/coverage.ts';
import { createSeededRandom } from '../../domain/seeded-random.ts';
import { consistencyBand, findAccepted } from './accepted.ts';

describe('what a threshold lets through', () => {
  const random = createSeededRandom(3);
  const cases = Array.from({ length: 60 }, () => ({ score: Math.round(random() * 20) / 20, isRight: random() < 0.7 }));
  const coverage = listCoverage(cases).map(({ coverage, risk, score }) => ({ coverage, risk, threshold: score }));

  it('is what counting gives, at a score that occurs and at one that does not', () => {
    for (const threshold of [0, 0.2, 0.33, 0.8, 1]) {
      const kept = cases.filter(({ score }) => score >= threshold);
      const wrong = kept.filter(({ isRight }) => !isRight).length;
      const accepted = findAccepted({ coverage, n: 60 }, threshold);
      expect(accepted?.kept).toBe(kept.length);
      expect(accepted?.risk.value).toBe(kept.length === 0 ? null : wrong / kept.length);
    }
  });

  it('is nothing above all, and not known without a threshold', () => {
    expect(findAccepted({ coverage, n: 60 }, 1.1)).toMatchObject({ kept: 0, risk: { value: null, interval: [0, 1] } });
    expect(findAccepted({ coverage, n: 60 }, null)).toBeUndefined();
  });
});

describe('the band of a perfectly calibrated model', () => {
  /** How likely each number of hits is, by building it up one case at a time. */
  function listChances(n: number, chance: number): number[] {
    let chances = [1];
    for (let at = 0; at < n; at++) {
      chances = [...chances, 0].map((one, k) => one * (1 - chance) + (chances[k - 1] ?? 0) * chance);
    }
    return chances;
  }

  it.each([
    [10, 0.2],
    [10, 0.5],
    [37, 0.93],
    [400, 0.11],
    [1, 0.5],
  ])('leaves no more than a fortieth of the draws on either side: %d at %d', (n, confidence) => {
    const chances = listChances(n, confidence);
    const [low, high] = consistencyBand({ n, confidence }).map((share) => Math.round(share * n)) as [number, number];
    const sum = (from: number, to: number) => chances.slice(from, to).reduce((total, one) => total + one, 0);
    expect(sum(0, low)).toBeLessThan(0.025);
    expect(sum(0, low + 1)).toBeGreaterThanOrEqual(0.025);
    expect(sum(high + 1, n + 1)).toBeLessThanOrEqual(0.025);
    expect(sum(high, n + 1)).toBeGreaterThan(0.025);
  });

  it('holds where a chance is none or certain, and says nothing of nothing', () => {
    expect(consistencyBand({ n: 9, confidence: 0 })).toEqual([0, 0]);
    expect(consistencyBand({ n: 9, confidence: 1 })).toEqual([1, 1]);
    expect(consistencyBand({ n: 0, confidence: 0.5 })).toEqual([0, 1]);
  });
});
