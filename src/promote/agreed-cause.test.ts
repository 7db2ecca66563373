import { describe, expect, it } from 'vitest';
import type { VerdictRecord } from '../domain/feedback.ts';
import { buildPromotable, grade, say } from '../testing/promotable-builder.ts';
import { findAgreedCause } from './agreed-cause.ts';

const agreedOf = (...verdicts: readonly VerdictRecord[]) => findAgreedCause({ diagnosis: buildPromotable(), verdicts });

describe('what people agree on', () => {
  it('is what was diagnosed, when they confirm it', () => {
    expect(agreedOf(say('confirmed'), say('confirmed', undefined, 'ben'))).toEqual({
      ...{ service: 'db', category: 'disk-full', agreeing: 2, against: 0, corrected: [] },
    });
  });

  it('is what they corrected it to, in their words, part by part', () => {
    const trueCause = { category: 'Lock contention', summary: 'A migration held a lock.' };
    expect(agreedOf(say('corrected', trueCause))).toEqual({
      ...{ category: 'lock-contention', summary: 'A migration held a lock.', agreeing: 1, against: 0 },
      corrected: ['category'],
    });
  });

  it('is what most name, and of two that as many name the later', () => {
    const cache = (by: string) => say('corrected', { service: 'cache' }, by);
    expect(agreedOf(say('confirmed'), cache('ben'), cache('eve'))).toMatchObject({ service: 'cache', against: 1 });
    expect(agreedOf(cache('ben'), say('confirmed'))).toMatchObject({ service: 'db', agreeing: 1, against: 1 });
    expect(agreedOf(say('confirmed'), cache('ben'))).toMatchObject({ service: 'cache', agreeing: 1, against: 1 });
  });

  it('is the same in capitals, and a correction to what was diagnosed corrects nothing', () => {
    const same = say('corrected', { service: 'DB', category: 'Disk_Full' }, 'ben');
    expect(agreedOf(say('confirmed'), same)).toMatchObject({ agreeing: 2, against: 0, corrected: [] });
  });

  it('has against it who rejects what was diagnosed, but not who rejects what was corrected', () => {
    const rejected = say('rejected', undefined, 'eve');
    expect(agreedOf(say('confirmed'), rejected)).toMatchObject({ agreeing: 1, against: 1 });
    expect(agreedOf(say('corrected', { service: 'cache' }), rejected)).toMatchObject({ agreeing: 1, against: 0 });
  });

  it('is nothing without a word on what it was', () => {
    expect(agreedOf()).toBeUndefined();
    expect(agreedOf(say('rejected'))).toBeUndefined();
    expect(findAgreedCause(grade(buildPromotable({ kind: 'abstained' })))).toBeUndefined();
    const unseen = { service: null, category: 'unseen', summary: '' };
    expect(findAgreedCause(grade(buildPromotable({ rootCause: unseen })))).toBeUndefined();
  });
});
