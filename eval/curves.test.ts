import { describe, expect, it } from 'vitest';
import { traceRisk, traceRoc } from './curves.ts';

describe('the ROC curve', () => {
  it('goes from letting nothing through to letting everything through', () => {
    expect(traceRoc([0.9, 0.4], [0.5, 0.1]).map((point) => [point.falsePositives, point.truePositives])).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
  });
});

describe('risk by coverage', () => {
  it('counts the wrong ones among the surest answers', () => {
    const answers = [
      { score: 0.9, isRight: true },
      { score: 0.2, isRight: false },
      { score: 0.5, isRight: false },
      { score: 0.7, isRight: true },
    ];
    expect(traceRisk(answers)).toEqual([
      { coverage: 0.25, risk: 0 },
      { coverage: 0.5, risk: 0 },
      { coverage: 0.75, risk: 1 / 3 },
      { coverage: 1, risk: 0.5 },
    ]);
  });

  it('takes answers of one score together, in whatever order they came', () => {
    const [right, wrong] = [
      { score: 0.5, isRight: true },
      { score: 0.5, isRight: false },
    ];
    expect(traceRisk([right, wrong])).toEqual([{ coverage: 1, risk: 0.5 }]);
    expect(traceRisk([wrong, right])).toEqual(traceRisk([right, wrong]));
  });
});
