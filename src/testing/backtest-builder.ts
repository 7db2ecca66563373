import type { BacktestCase, BacktestKey, BacktestOutcome, BacktestReport } from '../domain/backtest.ts';
import type { Calibration } from '../domain/calibration.ts';

/** Records of backtests for tests, of which a test states only what it is about. */
export const KEY: BacktestKey = { engine: 'precedent', recipe: 'support.v1', generation: 'g1', incidents: 'i1' };

export function buildOutcome(incident: string, fields: Partial<BacktestCase> = {}) {
  const asked: BacktestCase = {
    incident,
    title: `Checkout slow: "${incident}" — twice`,
    date: '2026-02-01',
    truth: { service: 'db', category: 'disk-full' },
    said: { service: 'db', category: null },
    kind: 'answered',
    ranks: { service: 1, category: 2, both: null },
    precedentRank: 3,
    isKnownCategory: true,
    scores: { service: 0.75, category: 1 / 3, both: 0.1 },
    known: 42,
  };
  return { kind: 'asked', case: { ...asked, ...fields } } as const satisfies BacktestOutcome;
}

export function buildCalibration(id: string, fields: Partial<Calibration> = {}): Calibration {
  const quality = {
    brier: 0.1,
    brierSkill: null,
    ece: 0.05,
    eceInterval: [0.01, 0.1] as [number, number],
    eceNull: { median: 0.06, p95: 0.12 },
    auroc: 0.9,
    baseRate: 0.6,
  };
  const cases = Array.from({ length: 31 }, (_, at) => ({ score: at / 30, heldOut: at / 31, isRight: at % 2 === 0 }));
  return {
    id,
    engine: 'precedent',
    recipe: 'support.v1',
    fittedAt: '2026-03-01T10:00:00.000Z',
    generation: 'g1',
    incidents: 'i1',
    graded: { backtest: 30, verdicts: 1 },
    targets: {
      service: { curve: { method: 'platt', offset: -0.123456789012345, slope: 1 }, quality, cases },
      category: null,
      both: { curve: { method: 'isotonic', steps: [{ score: 0, chance: 0.1 }] }, quality, cases },
    },
    ...fields,
  };
}

export function buildReport(id: string, fields: Partial<BacktestReport> = {}): BacktestReport {
  const share = { n: 1, value: 1, interval: [0.025, 1] as [number, number] };
  const found = { top1: share, top3: share, top5: share };
  return {
    id,
    engine: 'precedent',
    recipe: 'support.v1',
    generation: 'g1',
    ranAt: '2026-03-01T10:00:00.000Z',
    isStale: false,
    asked: 1,
    skipped: [{ incident: 'b', reason: 'no-cause' }],
    found: { service: found, category: found, both: found, precedent: found },
    byCategory: [{ name: 'disk-full', found, precedent: found }],
    byMonth: [],
    unseen: { recall: { n: 0, value: null, interval: [0, 1] }, precision: share },
    confidence: [],
    notes: ['few cases'],
    cases: [buildOutcome('a').case],
    ...fields,
  };
}
