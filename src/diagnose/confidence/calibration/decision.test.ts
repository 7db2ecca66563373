import { describe, expect, it } from 'vitest';
import { decide, type Thresholds } from './decision.ts';
import { intervalAt } from './interval.ts';

const thresholds: Thresholds = {
  act: { chance: 0.88, n: 46, wrong: 1, atMost: 0.099 },
  suggest: {
    service: { chance: 0.4, n: 120, wrong: 40, atMost: 0.41 },
    category: { chance: 0.5, n: 90, wrong: 30, atMost: 0.42 },
    both: { chance: 0.6, n: 70, wrong: 25, atMost: 0.46 },
  },
};
const none: Thresholds = { act: null, suggest: { service: null, category: null, both: null } };

describe('the decision', () => {
  it('acts on service and category together, from the threshold itself on', () => {
    expect(decide({ service: 0.95, category: 0.93, both: 0.88 }, thresholds)).toEqual({
      decision: 'act',
      reason: 'act: service and category 88 % sure; of 46 graded cases from 88 % on, 1 was wrong',
    });
    expect(decide({ service: 1, category: 1, both: 0.8799 }, thresholds).decision).toBe('suggest');
  });

  it('suggests the most that is sure enough, and says what is missing to act', () => {
    expect(decide({ service: 0.7, category: 0.3, both: 0.25 }, thresholds)).toEqual({
      decision: 'suggest',
      reason:
        'suggest: service 70 % sure; of 120 graded cases from 40 % on, 40 were wrong; to act: service and category 25 % sure, 88 % needed',
    });
    expect(decide({ service: 0.7, category: 0.65, both: 0.61 }, thresholds).reason).toContain(
      'suggest: service and category 61 % sure',
    );
  });

  it('abstains when nothing is sure enough, and names every bar', () => {
    expect(decide({ service: 0.399, category: 0.2, both: 0.1 }, thresholds)).toEqual({
      decision: 'abstain',
      reason:
        'abstain: service 39 % sure, 40 % needed; category 20 % sure, 50 % needed; service and category 10 % sure, 60 % needed',
    });
  });

  it('never acts where history does not show from where on', () => {
    const sure = { service: 0.99, category: 0.99, both: 0.99 };
    expect(decide(sure, { ...thresholds, act: null })).toEqual({
      decision: 'suggest',
      reason:
        'suggest: service and category 99 % sure; of 70 graded cases from 60 % on, 25 were wrong; to act: service and category 99 % sure, and history does not show from where on that is enough',
    });
    expect(decide(sure, none).decision).toBe('abstain');
  });

  it('says whole percents as they are', () => {
    const bars = {
      ...thresholds,
      suggest: { ...none.suggest, service: { chance: 0.57, n: 9, wrong: 0, atMost: 0.3 } },
    };
    expect(decide({ service: 0.29, category: null, both: null }, bars).reason).toBe(
      'abstain: service 29 % sure, 57 % needed',
    );
  });

  it('only suggests what was never calibrated', () => {
    const unknown = decide({ service: null, category: null, both: null }, thresholds);
    expect(unknown.decision).toBe('suggest');
    expect(unknown.reason).toContain('not calibrated');
  });

  it('does without the targets that were not calibrated', () => {
    expect(decide({ service: 0.9, category: null, both: null }, thresholds)).toMatchObject({
      decision: 'suggest',
      reason: expect.stringContaining('to act: service and category not calibrated'),
    });
    expect(decide({ service: 0.1, category: null, both: null }, thresholds).reason).toBe(
      'abstain: service 10 % sure, 40 % needed',
    );
  });
});

describe('cases about as sure', () => {
  const cases = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((score, bin) =>
    Array.from({ length: 24 }, (_, at) => ({ score, isRight: at < [2, 7, 12, 17, 22][bin]! })),
  );

  it('are those of the reliability bin, with their exact interval', () => {
    expect(intervalAt(cases, 0.9)).toEqual({
      interval: [expect.closeTo(0.73, 4), expect.closeTo(0.98974, 4)],
      n: 24,
      right: 22,
      reason: 'of 24 graded cases about this sure, 22 were right',
    });
  });

  it('are those of the nearer bin for a chance that none had', () => {
    expect(intervalAt(cases, 0.58)?.right).toBe(12);
    expect(intervalAt(cases, 0.62)?.right).toBe(17);
    expect(intervalAt(cases, 0.001)?.right).toBe(2);
    expect(intervalAt(cases, 0.999)?.right).toBe(22);
  });

  it('are counted once for a history, not for each answer', () => {
    let reads = 0;
    const watched = new Proxy(cases, {
      get(target, key) {
        reads += 1;
        return Reflect.get(target, key);
      },
    });
    const first = intervalAt(watched, 0.9);
    expect(reads).toBeGreaterThan(0);
    reads = 0;
    expect(intervalAt(watched, 0.9)).toEqual(first);
    expect(intervalAt(watched, 0.1)?.right).toBe(2);
    expect(reads).toBe(0);
  });

  it('need not be there', () => {
    expect(intervalAt([], 0.5)).toBeUndefined();
  });
});
