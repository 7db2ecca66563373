import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { findPoison, isInTime, mayTryAgain, planRetry } from './task-retry.ts';

const NOW = new Date('2026-03-31T12:00:00Z');
const secondsAfter = (attempts: number, random: number) =>
  (planRetry({ attempts }, { now: NOW, random: () => random }).getTime() - NOW.getTime()) / 1_000;

describe('a task that failed', () => {
  it.each([
    [1, 2],
    [2, 4],
    [5, 32],
    [9, 300],
    [5_000, 300],
  ])('is begun again, after attempt %d, within %d seconds', (attempts, seconds) => {
    expect(secondsAfter(attempts, 1)).toBe(seconds);
    expect(secondsAfter(attempts, 0)).toBe(seconds / 2);
  });

  it('is tried again for a day, where that can help', () => {
    const away = new PrecedentError('casebook-unavailable', 'away');
    const hoursAgo = (hours: number) => ({ createdAt: new Date(NOW.getTime() - hours * 3_600_000).toISOString() });
    expect(mayTryAgain(hoursAgo(23), away, NOW)).toBe(true);
    expect(mayTryAgain(hoursAgo(24), away, NOW)).toBe(false);
    expect([isInTime(hoursAgo(23), NOW), isInTime(hoursAgo(24), NOW)]).toEqual([true, false]);
    expect(mayTryAgain(hoursAgo(0), new PrecedentError('model-corrupt', 'no'), NOW)).toBe(false);
    expect(mayTryAgain(hoursAgo(0), new Error('no'), NOW)).toBe(false);
  });

  it('is left alone when it was at work at the death of six processes', () => {
    expect(findPoison({ lost: 5 })).toBeUndefined();
    expect(findPoison({ lost: 6 })).toContain('stopped 6 times');
    expect(findPoison({})).toBeUndefined();
  });
});
