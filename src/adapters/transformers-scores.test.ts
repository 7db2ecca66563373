import { describe, expect, it } from 'vitest';
import { scorerOf } from './transformers-scores.ts';

describe('logits become chances', () => {
  it('one by the sigmoid', () => {
    const score = scorerOf('m', { 0: 'LABEL_0' });
    expect([score([0]), score([100]), score([-100])]).toEqual([0.5, 1, expect.closeTo(0)]);
  });

  it.each([
    ['the second without a name', {}, 0.982],
    ['the one whose label says yes', { 0: 'entailment', 1: 'not_entailment' }, 0.018],
    ['the one whose label says so, in capitals', { 0: 'IRRELEVANT', 1: 'RELEVANT' }, 0.982],
  ])('two by the share of %s', (_case, labels, share) => {
    expect(scorerOf('m', labels)([1, 5])).toBeCloseTo(share, 3);
  });

  it.each([[[]], [[1, 2, 3]]])('%j not at all', (logits) => {
    expect(() => scorerOf('some/model', {})(logits)).toThrow(/RERANKER_MODEL "some\/model".*must be a cross-encoder/);
  });
});
