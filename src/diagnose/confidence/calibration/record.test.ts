import { describe, expect, it } from 'vitest';
import { type GradedCase, TargetCalibration } from '../../../domain/calibration.ts';
import { createRandom, type Random } from '../../../testing/trace-random.ts';
import { applyCalibration } from './apply.ts';
import { fitCurve } from './fit-curve.ts';
import { brierScore } from './metrics.ts';
import { applyRecord, fitRecord, nameAnswer } from './record.ts';

const SERVICES = ['web', 'orders', 'stock', 'search', 'mailer'];

/** An engine that falls back on `web` with the same scores, and is then right half as often. */
function draw(random: Random, n: number, hasFallback = true): GradedCase[] {
  return Array.from({ length: n }, () => {
    const score = 0.3 + 0.65 * random();
    const answer = SERVICES[Math.floor(random() * SERVICES.length)] ?? '';
    const isRight = random() < (hasFallback && answer === 'web' ? 0.3 * score : score);
    return { score, isRight, answer };
  });
}

const graded = (answer: string, right: number, n: number, score = 0.5) =>
  Array.from({ length: n }, (_, at) => ({ score, isRight: at < right, answer }));

describe('the name of an answer', () => {
  it('is all that was named', () => {
    expect(nameAnswer({ service: 'Orders', category: 'disk-full' })).toBe('disk-full at orders');
    expect(nameAnswer({ service: null, category: 'disk-full' })).toBe('disk-full');
    expect(nameAnswer({ service: null, category: null })).toBeUndefined();
  });
});

describe('a record', () => {
  it('lowers what was right less often than promised, and raises what was right more often', () => {
    const record = fitRecord([...graded('web', 3, 20), ...graded('stock', 17, 20)]);
    expect(applyRecord(record, 0.5, 'web')).toBeLessThan(0.3);
    expect(applyRecord(record, 0.5, 'stock')).toBeGreaterThan(0.7);
    expect(record.answers).toMatchObject([
      { answer: 'stock', n: 20, right: 17 },
      { answer: 'web', n: 20, right: 3 },
    ]);
  });

  it('balances promises, what was right and the ridge', () => {
    const [web] = fitRecord(graded('web', 9, 23, 0.7)).answers;
    const promised = 23 / (1 + Math.exp(-(Math.log(0.7 / 0.3) + (web?.offset ?? 0))));
    expect(promised + 2 * (web?.offset ?? 0)).toBeCloseTo(9, 9);
  });

  it('moves little by one case, and nothing that was never graded', () => {
    const record = fitRecord(graded('web', 0, 1));
    expect(applyRecord(record, 0.5, 'web')).toBeGreaterThan(0.42);
    expect(applyRecord(record, 0.5, 'stock')).toBe(0.5);
    expect(applyRecord(record, 0.5, undefined)).toBe(0.5);
  });

  it('never falls where the score rises, and stays within 0 and 1 after a thousand broken promises', () => {
    const record = fitRecord(graded('web', 0, 1_000, 0.999));
    const chances = [0, 0.1, 0.5, 0.9, 1].map((score) => applyRecord(record, score, 'web'));
    expect([...chances].sort((a, b) => a - b)).toEqual(chances);
    expect(chances.every((chance) => chance > 0 && chance < 0.05)).toBe(true);
  });
});

describe('a curve with a record', () => {
  const fitOn = (cases: readonly GradedCase[]) => fitCurve(cases, createRandom(1));

  it('is kept from 100 cases on where an answer is a fallback, and says more of new cases', async () => {
    const random = createRandom(5);
    const cases = draw(random, 200);
    expect((await fitOn(cases.slice(0, 99)))?.record).toBeUndefined();
    const recorded = (await fitOn(cases))!;
    expect(recorded.record?.answers.map(({ answer }) => answer)).toEqual([...SERVICES].sort());
    const plain = (await fitOn(cases.map(({ score, isRight }) => ({ score, isRight }))))!;
    expect(plain.record).toBeUndefined();
    expect(recorded.quality.brier).toBeLessThan(plain.quality.brier);
    const others = draw(random, 2_000);
    const judge = (by: TargetCalibration) =>
      brierScore(others.map((one) => ({ ...one, score: applyCalibration(by, one.score, one.answer) })));
    expect(judge(recorded)).toBeLessThan(judge(plain) - 0.01);
  });

  it('is mostly left out where answers differ by chance alone', async () => {
    let kept = 0;
    for (let seed = 0; seed < 10; seed++) {
      const cases = draw(createRandom(100 + seed), 150, false);
      const scattered = cases.map((one, at) => ({ ...one, answer: `service-${at % 40}` }));
      if ((await fitOn(scattered))?.record) kept++;
    }
    expect(kept).toBeLessThanOrEqual(4);
  });

  it('orders its cases by chances that have not seen them, or thresholds would rest on known outcomes', async () => {
    const { cases } = (await fitOn(draw(createRandom(5), 200)))!;
    expect(cases.every(({ score, heldOut }) => score === heldOut)).toBe(true);
  });

  it('can be stored', async () => {
    const fitted = await fitOn(draw(createRandom(5), 200));
    expect(fitted?.record).toBeDefined();
    expect(TargetCalibration.parse(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
  });
});
