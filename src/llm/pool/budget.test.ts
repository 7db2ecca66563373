import { describe, expect, it } from 'vitest';
import { costOf, createLedger, joinLedgers } from './budget.ts';

const PROMPT = { input: 60, output: 0 };

describe('a budget', () => {
  it('is endless without limits, and counts all the same', () => {
    const ledger = createLedger({}, () => new Date('2026-03-01T12:00:00Z'));
    ledger.reserve(PROMPT, 1)({ input: 1_000_000, output: 5 }, 3);
    expect(ledger.findRefusal(PROMPT, 1)).toBeUndefined();
    expect(ledger.usedToday()).toEqual({ tokens: 1_000_005, cost: 3 });
  });

  it('refuses what would go beyond it, counting what is under way', () => {
    const ledger = createLedger({ maxTokens: 100 }, () => new Date('2026-03-01T12:00:00Z'));
    expect(ledger.findRefusal(PROMPT, undefined)).toBeUndefined();
    const book = ledger.reserve(PROMPT, 0);
    expect(ledger.findRefusal(PROMPT, undefined)).toBe(
      'of 100 tokens a day 60 are used, and this request needs 60 more',
    );
    book({ input: 20, output: 20 }, 0);
    expect(ledger.findRefusal(PROMPT, undefined)).toBeUndefined();
    expect(ledger.findRefusal({ input: 61, output: 0 }, undefined)).toBeDefined();
  });

  it('of money stops whatever costs something, and nothing that is free', () => {
    const ledger = createLedger({ maxCost: 2 }, () => new Date('2026-03-01T12:00:00Z'));
    ledger.reserve(PROMPT, 0)(PROMPT, 1.5);
    expect(ledger.findRefusal(PROMPT, 0.5)).toBeUndefined();
    expect(ledger.findRefusal(PROMPT, 0.6)).toBe('of 2.00 a day 1.50 are spent, and this request costs 0.600 at least');
    ledger.reserve(PROMPT, 0)(PROMPT, 0.5);
    // Where only answers are paid for, a prompt costs nothing; what is spent is spent.
    expect(ledger.findRefusal(PROMPT, 0)).toBeDefined();
    expect(ledger.findRefusal(PROMPT, undefined)).toBeUndefined();
  });

  it('begins anew at midnight, UTC, and books what ends later on the day it ends', () => {
    let now = new Date('2026-03-01T23:59:59Z');
    const ledger = createLedger({ maxTokens: 100 }, () => now);
    ledger.reserve(PROMPT, 0)({ input: 90, output: 0 }, 0);
    const book = ledger.reserve({ input: 10, output: 0 }, 0);
    expect(ledger.findRefusal(PROMPT, undefined)).toBeDefined();
    now = new Date('2026-03-02T00:00:00Z');
    expect(ledger.findRefusal(PROMPT, undefined)).toBeUndefined();
    book({ input: 10, output: 30 }, 0);
    expect(ledger.usedToday().tokens).toBe(40);
  });

  it('may be shared: each must allow it, and both count', () => {
    const now = () => new Date('2026-03-01T12:00:00Z');
    const shared = createLedger({ maxTokens: 100 }, now);
    const [first, second] = [joinLedgers(createLedger({ maxTokens: 80 }, now), shared), createLedger({}, now)];
    const other = joinLedgers(second, shared);
    first.reserve(PROMPT, 0)(PROMPT, 0);
    expect(first.findRefusal(PROMPT, undefined)).toMatch(/^of 80 tokens/);
    expect(other.findRefusal(PROMPT, undefined)).toMatch(/^over all endpoints of 100 tokens/);
    expect(other.usedToday().tokens).toBe(0);
  });
});

it('prices are of a million tokens', () => {
  expect(costOf({ input: 2_000_000, output: 500_000 }, { input: 3, output: 10 })).toBe(11);
  expect(costOf({ input: 2_000_000, output: 500_000 })).toBe(0);
});
