import { describe, expect, it } from 'vitest';
import { buildCalibration, buildTargetCalibration } from '../../testing/calibration-builder.ts';
import { calibrate, type Scored, useCalibration } from './calibration-in-use.ts';

const RISKS = { act: 0.1, suggest: 0.5 };

const scored = (fields: Partial<Scored> = {}): Scored => ({
  scores: { service: 0.8, category: 0.7, both: 0.6 },
  named: { service: 'orders', category: 'leak' },
  engine: 'precedent',
  recipe: buildCalibration().recipe,
  incidents: buildCalibration().incidents,
  ...fields,
});

/** Sure enough to act on: of 100 cases at .95 or .1 those at .95 were all right. */
const clear = buildTargetCalibration({
  cases: Array.from({ length: 100 }, (_, at) => {
    const score = at % 2 === 0 ? 0.95 : 0.1;
    return { score, heldOut: score, isRight: at % 2 === 0 };
  }),
});

describe('a calibration in use', () => {
  it('turns each score into a chance of its own, with what it rests on', () => {
    const { targets } = buildCalibration();
    const steep = buildTargetCalibration({ curve: { method: 'platt', offset: -1, slope: 2 } });
    const used = useCalibration(buildCalibration({ targets: { ...targets, category: steep } }), RISKS);
    const found = calibrate(scored(), used);
    expect(found.service).toBeCloseTo(0.8, 9);
    expect(found.category).toBeCloseTo(1 / (1 + Math.exp(1 - 2 * Math.log(7 / 3))), 9);
    expect(found.calibrated).toBeCloseTo(0.6, 9);
    expect(found).toMatchObject({ n: 100, method: 'platt', calibration: { id: 'first', isStale: false } });
    const [low = 1, high = 0] = found.interval ?? [];
    expect(low).toBeLessThan(0.6);
    expect(high).toBeGreaterThan(0.6);
    expect(found.reasons.join('\n')).toMatch(/of 20 graded cases about this sure, \d+ were right/);
  });

  it('acts only where history shows the risk to stay within bounds', () => {
    const used = useCalibration(buildCalibration({ targets: { service: clear, category: clear, both: clear } }), RISKS);
    const at = (both: number) => calibrate(scored({ scores: { service: both, category: both, both } }), used).decision;
    expect(at(0.96)).toBe('act');
    expect(at(0.2)).not.toBe('act');
  });

  it.each([
    ['no backtest was run', undefined, 'run precedent backtest', 0],
    ['scores were made by another recipe', buildCalibration({ recipe: 'older' }), 'another version', 100],
    [
      'too few were graded',
      buildCalibration({
        graded: { backtest: 27, verdicts: 2 },
        targets: { service: null, category: null, both: null },
      }),
      '29 graded incidents, 30 needed',
      29,
    ],
  ])('says no number where %s, and why', (_, calibration, reason, n) => {
    const found = calibrate(scored(), calibration && useCalibration(calibration, RISKS));
    expect(found).toMatchObject({ calibrated: null, service: null, category: null, method: 'uncalibrated', n });
    expect(found.decision).toBe('suggest');
    expect(found.interval).toBeUndefined();
    expect(found.reasons.join('\n')).toContain(reason);
  });

  it('leaves out the chance of a target that has too few cases, and keeps the others', () => {
    const { targets } = buildCalibration();
    const found = calibrate(scored(), useCalibration(buildCalibration({ targets: { ...targets, both: null } }), RISKS));
    expect(found).toMatchObject({ calibrated: null, method: 'uncalibrated' });
    expect(found.service).toBeCloseTo(0.8, 9);
    expect(found.decision).not.toBe('act');
  });

  it('tells that incidents have changed since', () => {
    const found = calibrate(scored({ incidents: 'others' }), useCalibration(buildCalibration(), RISKS));
    expect(found.calibration?.isStale).toBe(true);
    expect(found.reasons.join('\n')).toContain('incidents have changed since the backtest of 2026-10-01');
  });

  it('counts how often the very answer was right, and says so', () => {
    const { targets } = buildCalibration();
    const record = { answers: [{ answer: 'leak at orders', offset: -1.5, n: 23, right: 9 }] };
    const service = buildTargetCalibration({ record });
    const used = useCalibration(buildCalibration({ targets: { ...targets, service } }), RISKS);
    const orders = calibrate(scored(), used);
    expect(orders.service).toBeLessThan(0.5);
    expect(orders.category).toBeCloseTo(0.7, 9);
    expect(orders.reasons).toContain('of 23 graded answers that named leak at orders, the service was right in 9');
    const stock = calibrate(scored({ named: { service: 'stock', category: 'leak' } }), used);
    expect(stock.service).toBeCloseTo(0.8, 9);
    expect(stock.reasons.join('\n')).not.toContain('that named');
  });

  it('promises of the service no more than the cap allows, whatever the score, and decides by that', () => {
    const used = useCalibration(buildCalibration({ targets: { service: clear, category: clear, both: clear } }), RISKS);
    const scores = { service: 0.97, category: 0.97, both: 0.97 };
    const found = calibrate(scored({ scores, cap: { most: 0.6, reason: '' } }), used);
    expect(found).toMatchObject({ service: 0.6, calibrated: 0.6 });
    expect(found.category).toBeCloseTo(0.97, 9);
    expect(found.decision).not.toBe('act');
    const low = calibrate(scored({ cap: { most: 0.9, reason: '' } }), used);
    expect(low.service).toBeCloseTo(0.8, 9);
  });

  it('never acts on what nobody saw reach the service, even where less would be sure enough', () => {
    // From .7 on all were right, so history alone asks for no more than that.
    const early = buildTargetCalibration({
      cases: Array.from({ length: 100 }, (_, at) => {
        const score = at % 2 === 0 ? 0.7 : 0.1;
        return { score, heldOut: score, isRight: at % 2 === 0 };
      }),
    });
    const used = useCalibration(buildCalibration({ targets: { service: early, category: early, both: early } }), RISKS);
    const scores = { service: 0.95, category: 0.95, both: 0.95 };
    expect(calibrate(scored({ scores }), used).decision).toBe('act');
    for (const score of [0.95, 0.75]) {
      const unsure = { service: score, category: score, both: score };
      const found = calibrate(scored({ scores: unsure, cap: { most: 0.8, reason: '' } }), used);
      expect(found.decision).toBe('suggest');
      expect(found.reasons[0]).toContain('90 % needed');
    }
  });

  it('promises nothing where nothing was named, however flat the curve', () => {
    const flat = buildTargetCalibration({
      curve: { method: 'platt', offset: 3, slope: 0 },
      cases: Array.from({ length: 100 }, () => ({ score: 0.95, heldOut: 0.95, isRight: true })),
    });
    const used = useCalibration(buildCalibration({ targets: { service: flat, category: flat, both: flat } }), RISKS);
    const nothing = { service: 0, category: 0, both: 0 };
    const found = calibrate(scored({ scores: nothing, named: undefined }), used);
    expect(found).toMatchObject({ service: null, category: null, calibrated: null, decision: 'abstain' });
    expect(found.interval).toBeUndefined();
    expect(found.reasons[0]).toBe('abstain: no cause was named');
  });
});
