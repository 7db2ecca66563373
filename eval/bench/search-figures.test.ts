import { describe, expect, it } from 'vitest';
import { buildCostTable, buildLatencyTable, extrapolate, percentilesOf } from './search-figures.ts';

describe('the figures of the search bench', () => {
  it('are samples that were measured, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99 });
    expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
    expect(() => percentilesOf([])).toThrow('nothing');
  });

  it('hold the search against the floor of the same run, and mark what misses its bar', () => {
    const floor = { p50: 10, p95: 12, p99: 20 };
    const processor = { search: 3, floor: 2.5 };
    const table = buildLatencyTable([
      { name: 'quick', search: { p50: 12, p95: 15, p99: 25 }, floor, processor },
      { name: 'slow', search: { p50: 13, p95: 20, p99: 40 }, floor, processor },
    ]);
    const [, , quick, slow] = table.split('\n');
    expect(quick).toBe('| quick | 12.0 / 15.0 / 25.0 | 10.0 / 12.0 / 20.0 | 1.20 | 2.50 | 1.25 | 3.0, 2.5 |');
    expect(slow).toContain('1.30 ✗ | 4.00 ✗ | 2.00');
  });

  it('go on as they went between the two largest sizes, and never the wrong way', () => {
    const linear = [1_000, 10_000, 100_000].map((chunks) => ({ chunks, value: chunks / 100 }));
    expect(extrapolate(linear, 1_000_000, 'rises')).toBeCloseTo(10_000);
    const flattening = [
      { chunks: 10, value: 5 },
      ...[100, 1_000].map((chunks) => ({ chunks, value: Math.sqrt(chunks) })),
    ];
    expect(extrapolate(flattening, 10_000, 'rises')).toBeCloseTo(100);
    expect(extrapolate([...linear.slice(0, 2), { chunks: 100_000, value: 90 }], 1_000_000, 'rises')).toBe(90);
    expect(extrapolate(linear.slice(0, 1), 1_000_000, 'line')).toBeUndefined();
    const base = [100, 200].map((chunks) => ({ chunks, value: 50 + chunks / 10 }));
    expect(extrapolate(base, 1_000, 'line')).toBeCloseTo(150);
    const rate = [10, 100].map((chunks) => ({ chunks, value: 1_000 / chunks }));
    expect(extrapolate(rate, 1_000, 'falls')).toBeCloseTo(1);
    expect(extrapolate(rate, 1_000, 'neither')).toBeUndefined();
  });

  it('stand beside each other by size, with the extrapolation named as one', () => {
    const points = [
      { chunks: 1_000, value: 4 },
      { chunks: 10_000, value: 40 },
    ];
    expect(buildCostTable([{ name: 'index, MB', digits: 1, points, trend: 'rises' }], 1_000_000)).toBe(
      [
        '|  | 1,000 | 10,000 | 1,000,000, extrapolated |',
        '| --- | --- | --- | --- |',
        '| index, MB | 4.0 | 40.0 | ≈ 4,000 |',
      ].join('\n'),
    );
  });
});
