import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BacktestReport, type Share } from '../../domain/backtest.ts';
import { CALIBRATION_TARGETS } from '../../domain/calibration.ts';
import { drawCases } from '../__fixtures__/drawn-cases.ts';
import { buildCase } from '../__fixtures__/past.ts';
import { fitCalibration } from '../calibrate.ts';
import { buildReport } from './build-report.ts';
import { judgeConfidence, splitByTime } from './judge-confidence.ts';
import { listNotes } from './notes.ts';

const FRAME = {
  id: 'run-1',
  engine: 'precedent' as const,
  recipe: 'r1',
  fittedAt: '2026-06-01T10:00:00.000Z',
  generation: 'g1',
  incidents: 'abc',
};
const NOBODY = { targets: { service: [], category: [], both: [] }, diagnoses: 0 };
const RISKS = { act: 0.1, suggest: 0.5 };

async function report(cases: ReturnType<typeof drawCases>, more: Partial<Parameters<typeof buildReport>[0]> = {}) {
  const calibration = await fitCalibration(FRAME, cases, NOBODY);
  return buildReport({ cases, skipped: [], calibration, verdicts: NOBODY, risks: RISKS, ...more });
}

function listShares(value: unknown): Share[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('value' in value && 'interval' in value) return [value as Share];
  return Object.values(value).flatMap(listShares);
}

describe('what was found', () => {
  it('is what counting by hand gives', async () => {
    const cases = drawCases(80);
    const { found, asked } = await report(cases);
    expect(asked).toBe(80);
    for (const [name, first] of [
      ['top1', 1],
      ['top3', 3],
      ['top5', 5],
    ] as const) {
      for (const target of CALIBRATION_TARGETS) {
        let hits = 0;
        for (const { ranks } of cases) if (ranks[target] !== null && ranks[target]! <= first) hits++;
        expect(found[target][name]).toMatchObject({ n: 80, value: hits / 80 });
      }
      const precedents = cases.filter(({ precedentRank: rank }) => rank !== null && rank <= first).length;
      expect(found.precedent[name].value).toBe(precedents / 80);
    }
  });

  it('asks of a postmortem only what it names', async () => {
    const unnamed = buildCase({
      truth: { service: null, category: 'load-spike' },
      ranks: { service: null, category: 1, both: null },
    });
    const missed = buildCase({ ranks: { service: 2, category: null, both: null }, precedentRank: null });
    const { found, byCategory } = await report([unnamed, missed]);
    expect(found.service.top1).toMatchObject({ n: 1, value: 0 });
    expect(found.service.top3).toMatchObject({ n: 1, value: 1 });
    expect(found.category.top5).toMatchObject({ n: 2, value: 0.5 });
    expect(found.both.top5).toMatchObject({ n: 1, value: 0 });
    expect(found.precedent.top1).toMatchObject({ n: 2, value: 0.5 });
    expect(byCategory[0]?.found.top1).toMatchObject({ n: 2, value: 0.5 });
  });

  it('counts every case once by category, however it is spelled, and once by month', async () => {
    const cases = [
      ...drawCases(70),
      buildCase({ truth: { service: 'orders', category: ' Disk-Full' }, date: '2025-12-24' }),
      buildCase({ truth: { service: 'orders', category: null }, date: null }),
    ];
    const { byCategory, byMonth } = await report(cases);
    const sum = (groups: typeof byMonth) => groups.reduce((total, { found }) => total + found.top1.n, 0);
    expect(sum(byCategory)).toBe(71);
    expect(sum(byMonth)).toBe(71);
    expect(byCategory.map(({ name }) => name.toLowerCase()).sort()).toEqual([
      'certificate-expired',
      'disk-full',
      'load-spike',
    ]);
    expect(byMonth.map(({ name }) => name)).toEqual(['2025-12', '2026-01', '2026-02', '2026-03']);
  });

  it('tells what was new from what was called so', async () => {
    const said = { service: null, category: 'unseen' };
    const { unseen } = await report([
      buildCase({ isKnownCategory: false, said, kind: 'abstained' }),
      buildCase({ isKnownCategory: false }),
      buildCase({ isKnownCategory: false }),
      buildCase({ isKnownCategory: true, said }),
      // Nobody knows whether this was new.
      buildCase({ isKnownCategory: false, said, truth: { service: 'orders', category: null } }),
    ]);
    expect(unseen.recall).toMatchObject({ n: 3, value: 1 / 3 });
    expect(unseen.precision).toMatchObject({ n: 2, value: 1 / 2 });
  });

  it('of nothing is no report', async () => {
    const calibration = await fitCalibration(FRAME, [], NOBODY);
    const building = buildReport({ cases: [], skipped: [], calibration, verdicts: NOBODY, risks: RISKS });
    await expect(building).rejects.toMatchObject({ code: 'nothing-to-judge' });
  });
});

describe('how far confidences hold', () => {
  it('is told by time first, on cases that took no part in the fit', async () => {
    const cases = drawCases(100);
    const { confidence, notes } = await report(cases);
    expect(confidence.map(({ split, target }) => `${split} ${target}`)).toEqual([
      ...['later service', 'later category', 'later both'],
      ...['left-out service', 'left-out category', 'left-out both'],
    ]);
    const [later] = confidence;
    expect(later?.n).toBe(40);
    expect(later?.cases).toHaveLength(40);
    expect(later?.bins.reduce((sum, { n }) => sum + n, 0)).toBe(40);
    expect(later?.quality.baseRate).toBe(cases.slice(60).filter(({ ranks }) => ranks.service === 1).length / 40);
    expect(notes.join('\n')).toContain('service 60 before 2026-03-02 and 40 since');
    expect(confidence[3]?.n).toBe(100);
  });

  it('takes nothing of the newer cases for the curve that judges them', async () => {
    const cases = drawCases(100);
    const turned = cases.map((one, at) =>
      at < 60 ? one : { ...one, ranks: { ...one.ranks, service: one.ranks.service === 1 ? null : 1 } },
    );
    const [before] = (await report(cases)).confidence;
    const [after] = (await report(turned)).confidence;
    expect(after?.cases.map(({ score }) => score)).toEqual(before?.cases.map(({ score }) => score));
    expect(after?.thresholds).toEqual(before?.thresholds);
    expect(after?.quality.baseRate).toBeCloseTo(1 - (before?.quality.baseRate ?? 0), 9);
  });

  it('says what is missing where history is too short', async () => {
    const { confidence, notes } = await report(drawCases(20));
    expect(confidence).toEqual([]);
    expect(notes.join('\n')).toMatch(/Only 20 incidents/);
    expect(notes.join('\n')).toMatch(/Not calibrated: service, category, service and category/);
  });

  it('is not told by time without dates', async () => {
    const cases = drawCases(60).map((one) => ({ ...one, date: null }));
    const { confidence, notes, byMonth } = await report(cases);
    expect(new Set(confidence.map(({ split }) => split))).toEqual(new Set(['left-out']));
    expect(byMonth).toEqual([]);
    expect(notes.join('\n')).toMatch(/Not judged by time: service, category/);
    expect(notes.join('\n')).toMatch(/60 incidents without a date/);
  });

  it('warns of an error that is more than noise', async () => {
    // As sure as ever, and from one day on never right.
    const cases = drawCases(200).map((one, at) =>
      at < 120 ? one : { ...one, said: { ...one.said, service: 'elsewhere' }, ranks: { ...one.ranks, service: null } },
    );
    const { notes } = await report(cases);
    expect(notes.join('\n')).toMatch(/Miscalibrated \(service, by time\)/);
  });

  it('says how right the surest must be before anything is acted on, of as many as are tested at first', async () => {
    const cases = drawCases(60);
    const calibration = await fitCalibration(FRAME, cases, NOBODY);
    const input = { cases, skipped: [], calibration, verdicts: NOBODY, risks: RISKS };
    const { judged } = await judgeConfidence(input);
    const tell = (n: number) => {
      const none = judged.map((one) => ({ ...one, n, thresholds: { act: null, suggest: null } }));
      return listNotes(input, { judged: none, splits: [] }).join('\n');
    };
    expect(tell(60)).toContain('the surest 29 cases without a mistake would be');
    expect(tell(1_000)).not.toContain('without a mistake');
    expect(tell(1_000)).toContain('of the surest 100 cases no more than 4 may be wrong');
  });

  it('never parts one day, and keeps thirty to learn from and fifteen to judge by', () => {
    const on = (day: number, n: number) =>
      Array.from({ length: n }, () => ({ score: 0.5, isRight: true, day: `2026-01-0${day}` }));
    expect(splitByTime([...on(1, 30), ...on(2, 14)])).toBeUndefined();
    expect(splitByTime([...on(1, 29), ...on(2, 40)])).toBeUndefined();
    expect(splitByTime(on(1, 100))).toBeUndefined();
    const parts = splitByTime([...on(3, 30), ...on(1, 35), ...on(2, 35)]);
    expect(parts).toMatchObject({ since: '2026-01-03' });
    expect(parts?.older).toHaveLength(70);
    expect(parts?.newer).toHaveLength(30);
  });

  it('counts verdicts of people on the day of their diagnosis', async () => {
    const said = Array.from({ length: 10 }, (_, at) => {
      return { score: 0.5, isRight: at % 2 === 0, diagnosis: `d${at}`, createdAt: '2026-12-01T08:00:00.000Z' };
    });
    const verdicts = { targets: { service: said, category: [], both: [] }, diagnoses: 10 };
    const { confidence, notes } = await report(drawCases(60), { verdicts });
    const later = confidence.find(({ target, split }) => target === 'service' && split === 'later');
    expect(later?.n).toBe(28);
    expect(notes.join('\n')).toMatch(/10 verdicts of people/);
  });
});

describe('every report', () => {
  it('is as the contract says, without a number that is none, each share within its interval', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 1000 }), async (count, seed) => {
        const built = await report(drawCases(count, seed));
        expect(BacktestReport.parse(built)).toEqual(built);
        // Numbers that are none become null in JSON, which the contract does not have there.
        expect(BacktestReport.parse(JSON.parse(JSON.stringify(built)))).toEqual(built);
        for (const { n, value, interval } of listShares(built)) {
          if (n === 0) expect({ value, interval }).toEqual({ value: null, interval: [0, 1] });
          else expect(value! >= interval[0] && value! <= interval[1]).toBe(true);
        }
        for (const judged of built.confidence) expect(judged.coverage.at(-1)?.coverage).toBe(1);
      }),
      { numRuns: 6 },
    );
  });
});
