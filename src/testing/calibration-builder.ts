import { SCORE_RECIPE } from '../diagnose/confidence/raw-scores.ts';
import type { Calibration, TargetCalibration } from '../domain/calibration.ts';

/** As many cases as asked for, the surer the more often right: of those at .9 nine in ten. */
export function buildTargetCalibration(fields: Partial<TargetCalibration> = {}, cases = 100): TargetCalibration {
  return {
    curve: { method: 'platt', offset: 0, slope: 1 },
    quality: {
      brier: 0.15,
      brierSkill: 0.3,
      ece: 0.05,
      eceInterval: [0.02, 0.09],
      eceNull: { median: 0.06, p95: 0.11 },
      auroc: 0.85,
      baseRate: 0.6,
    },
    cases: Array.from({ length: cases }, (_, at) => {
      const score = [0.1, 0.3, 0.5, 0.7, 0.9][at % 5] ?? 0.5;
      return { score, heldOut: score, isRight: (Math.floor(at / 5) % 10) / 10 < score };
    }),
    ...fields,
  };
}

export function buildCalibration(fields: Partial<Calibration> = {}): Calibration {
  return {
    id: 'first',
    engine: 'precedent',
    recipe: SCORE_RECIPE,
    fittedAt: '2026-10-01T00:00:00.000Z',
    generation: 'g1',
    incidents: 'i1',
    graded: { backtest: 100, verdicts: 0 },
    targets: {
      service: buildTargetCalibration(),
      category: buildTargetCalibration(),
      both: buildTargetCalibration(),
    },
    ...fields,
  };
}
