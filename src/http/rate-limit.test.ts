import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

function createClocked(maxCallers?: number) {
  let at = Date.parse('2026-03-01T10:00:00Z');
  const limit = createRateLimit(() => new Date(at), maxCallers);
  const pass = (seconds: number) => {
    at += seconds * 1_000;
  };
  const take = (count: number, caller = 'a', perMinute = 60) =>
    Array.from({ length: count }, () => limit.take(caller, perMinute));
  return { take, pass };
}

const allowed = (waits: readonly number[]) => waits.filter((wait) => wait === 0).length;

describe('the rate limit', () => {
  it('lets a minute’s worth through at once, then as much as the minute allows', () => {
    const { take, pass } = createClocked();
    expect(allowed(take(100))).toBe(60);
    pass(10);
    expect(allowed(take(100))).toBe(10);
    pass(3_600);
    expect(allowed(take(100))).toBe(60);
  });

  it('says after how many seconds to come again, and keeps that promise', () => {
    const { take, pass } = createClocked();
    const [, wait = 0] = take(2, 'a', 1);
    expect(wait).toBe(60);
    pass(wait - 1);
    expect(allowed(take(1, 'a', 1))).toBe(0);
    pass(1);
    expect(allowed(take(1, 'a', 1))).toBe(1);
  });

  it('counts each caller by itself', () => {
    const { take } = createClocked();
    expect(allowed(take(100, 'a'))).toBe(60);
    expect(allowed(take(100, 'b'))).toBe(60);
  });

  it('gives nothing away when the clock is set back', () => {
    const { take, pass } = createClocked();
    take(60);
    pass(-600);
    expect(allowed(take(1))).toBe(0);
    pass(1);
    expect(allowed(take(2))).toBe(1);
  });

  it('remembers a bounded number of callers, those of late', () => {
    const { take } = createClocked(2);
    take(60, 'a');
    take(60, 'b');
    take(1, 'a');
    take(1, 'c');
    expect(allowed(take(1, 'a'))).toBe(0);
    expect(allowed(take(1, 'b'))).toBe(1);
  });
});
