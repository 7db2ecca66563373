import { describe, expect, it } from 'vitest';
import { decideNextStep, MAX_ATTEMPTS } from './retry-schedule.ts';

describe('after an attempt', () => {
  it.each([200, 201, 202, 204, 299])('%i is delivered', (status) => {
    expect(decideNextStep({ status }, 1, 0.5)).toEqual({ kind: 'delivered' });
  });

  it('every failure is tried again, each time later, and given up after nearly two days', () => {
    const pauses = Array.from({ length: MAX_ATTEMPTS }, (_, at) => {
      const step = decideNextStep({ status: 503 }, at + 1, 0.5);
      return step.kind === 'again' ? step.afterSeconds : step.kind;
    });
    expect(pauses).toEqual([5, 30, 120, 600, 1_800, 7_200, 21_600, 43_200, 86_400, 'dead']);
    expect(decideNextStep({ status: 503 }, 99, 0.5)).toEqual({
      kind: 'dead',
      error: 'it answered 503; given up after 99 attempts',
    });
  });

  it.each([
    [{ status: 404 }, 'it answered 404'],
    [{ status: 401 }, 'it answered 401'],
    [{ status: 302 }, 'it redirected (302), which is not followed: configure the new address'],
    [{ failure: 'hooks.example.com did not answer' }, 'hooks.example.com did not answer'],
  ])('%j is tried again, with the reason', (result, error) => {
    expect(decideNextStep(result, 1, 0.5)).toEqual({ kind: 'again', afterSeconds: 5, error });
  });

  it('410 is the end', () => {
    expect(decideNextStep({ status: 410 }, 1, 0.5)).toEqual({ kind: 'dead', error: 'it wants no more of these (410)' });
  });

  it('pauses vary by a quarter, so that what failed together does not come back together', () => {
    const afterSeconds = [0, 0.999].map((random) => {
      const step = decideNextStep({ status: 500 }, 4, random);
      return step.kind === 'again' ? Math.round(step.afterSeconds) : 0;
    });
    expect(afterSeconds).toEqual([450, 750]);
  });

  it('a receiver may ask for more time, not for less, and not for ever', () => {
    const askedFor = (retryAfterSeconds: number) => decideNextStep({ status: 429, retryAfterSeconds }, 2, 0.5);
    expect(askedFor(90)).toMatchObject({ afterSeconds: 90 });
    expect(askedFor(1)).toMatchObject({ afterSeconds: 30 });
    expect(askedFor(10_000_000)).toMatchObject({ afterSeconds: 86_400 });
  });
});
