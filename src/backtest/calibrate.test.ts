import { describe, expect, it } from 'vitest';
import type { BacktestCase } from '../domain/backtest.ts';
import { createSeededRandom } from '../domain/seeded-random.ts';
import { buildCase } from './__fixtures__/past.ts';
import { fitCalibration, listGradedCases } from './calibrate.ts';

const frame = {
  id: 'c1',
  engine: 'precedent' as const,
  recipe: 'r1',
  fittedAt: '2026-06-01T00:00:00.000Z',
  generation: 'g1',
  incidents: 'abc',
};
const NOBODY = { targets: { service: [], category: [], both: [] }, diagnoses: 0 };

/** Right as often as it says, with scores all over. */
function drawCases(count: number): BacktestCase[] {
  const random = createSeededRandom(7);
  return Array.from({ length: count }, (_, at) => {
    const score = 0.05 + 0.9 * random();
    const rank = random() < score ? 1 : 2;
    const scores = { service: score, category: score, both: score };
    return buildCase({ incident: `i${at}`, scores, ranks: { service: rank, category: 1, both: rank } });
  });
}

const teach = (fields: Partial<BacktestCase>) => {
  const one = buildCase(fields);
  const of = (target: 'service' | 'category' | 'both') => listGradedCases([one], target).map(({ isRight }) => isRight);
  return [...of('service'), ...of('category'), ...of('both')];
};

describe('what a case teaches', () => {
  it('is whether its best hypothesis was right, and what that named', () => {
    expect(listGradedCases([buildCase()], 'service')).toEqual([
      { score: 0.8, isRight: true, answer: 'load-spike at orders' },
    ]);
    expect(listGradedCases([buildCase()], 'both')).toEqual([
      { score: 0.6, isRight: true, answer: 'load-spike at orders' },
    ]);
    expect(teach({ ranks: { service: 2, category: 1, both: 3 } })).toEqual([false, true, false]);
    expect(teach({ ranks: { service: 1, category: null, both: null } })).toEqual([true, false, false]);
  });

  it('is nothing where the truth is silent, or nothing was named', () => {
    expect(teach({ truth: { service: null, category: 'load-spike' } })).toEqual([true]);
    expect(teach({ truth: { service: 'orders', category: null } })).toEqual([true]);
    expect(teach({ scores: { service: 0, category: 0, both: 0 } })).toEqual([]);
  });

  it('is what its lead was worth where it abstained', () => {
    const said = { service: null, category: 'unseen' };
    const abstained = { kind: 'abstained' as const, said, best: { service: 'cart', category: 'disk' } };
    expect(teach({ ...abstained, ranks: { service: 2, category: null, both: null } })).toEqual([false, false, false]);
    expect(listGradedCases([buildCase(abstained)], 'service')).toMatchObject([{ answer: 'disk at cart' }]);
  });

  it('is of the service alone where the category was called unseen', () => {
    const unseen = { service: 'orders', category: 'unseen' };
    expect(teach({ said: unseen, best: unseen, ranks: { service: 1, category: 2, both: 2 } })).toEqual([true]);
  });
});

describe('a calibration', () => {
  it('has a curve for each target with cases enough, and says what it rests on', async () => {
    const cases = drawCases(60).map((one, at) => (at < 20 ? one : { ...one, truth: { ...one.truth, category: null } }));
    const calibration = await fitCalibration(frame, cases, NOBODY);
    expect(calibration).toMatchObject({ ...frame, graded: { backtest: 60, verdicts: 0 } });
    expect(calibration.targets.service?.cases).toHaveLength(60);
    expect(calibration.targets.category).toBeNull();
    expect(calibration.targets.both).toBeNull();
  });

  it('comes out the same each time', async () => {
    const cases = drawCases(50);
    expect(await fitCalibration(frame, cases, NOBODY)).toEqual(await fitCalibration(frame, cases, NOBODY));
  });

  it('learns from what people said as well', async () => {
    const verdict = { score: 0.5, isRight: true, diagnosis: 'd1', createdAt: frame.fittedAt };
    const said = {
      targets: { service: Array.from({ length: 5 }, () => verdict), category: [], both: [] },
      diagnoses: 5,
    };
    const calibration = await fitCalibration(frame, drawCases(25), said);
    expect(calibration.graded).toEqual({ backtest: 25, verdicts: 5 });
    expect(calibration.targets.service?.cases).toHaveLength(30);
    expect(calibration.targets.both).toBeNull();
  });
});
