import { describe, expect, it } from 'vitest';
import type { Pace } from '../retrieve/pace.ts';
import type { Row } from './choice.ts';
import { fitNovelty, type KnownRole } from './novelty.ts';

const KINDS = ['leak', 'throttled', 'partition'];
const SILENT: Pace = { spend: async () => {} };

/** Each kind shows three features of its own, one of which is missing now and then, and one that every kind shows. */
function buildRole(kind: number, number: number): Row {
  const own = [0, 1, 2].filter((feature) => number % 4 !== feature).map((feature) => 1 + kind * 3 + feature);
  return toRow([0, ...own]);
}

function toRow(features: readonly number[]): Row {
  return { index: Int32Array.from(features), value: Float32Array.from(features, () => 1) };
}

function buildPast(ofEach: number): KnownRole[] {
  return Array.from({ length: ofEach }, (_, number) =>
    KINDS.map((category, kind) => ({ category, role: buildRole(kind, number) })),
  ).flat();
}

async function learn(past: readonly KnownRole[]) {
  const novelty = await fitNovelty(past, SILENT);
  if (novelty === undefined) throw new Error('too little history');
  return novelty;
}

describe('how unlike the past something is', () => {
  it('calls what mixes kinds stranger than every past incident', async () => {
    const { p, n, stranger } = (await learn(buildPast(40))).judge(toRow([1, 4, 7]));
    expect({ n, stranger }).toEqual({ n: 120, stranger: 0 });
    expect(p).toBeCloseTo(1 / 121);
  });

  it('calls what is like a known kind ordinary, and names the incidents it is like', async () => {
    const past = buildPast(40);
    const { p, nearest } = (await learn(past)).judge(buildRole(1, 3));
    expect(p).toBeGreaterThan(0.25);
    expect(nearest.map((at) => past[at]?.category)).toEqual(['throttled', 'throttled', 'throttled']);
  });

  it('keeps its word: incidents of known kinds are called strange about as often as p says', async () => {
    const past = buildPast(40);
    const p = await Promise.all(
      past.map(async ({ role }, out) => (await learn(past.filter((_, at) => at !== out))).judge(role).p),
    );
    expect(p.filter((one) => one <= 0.1).length / p.length).toBeLessThanOrEqual(0.15);
  });

  it('calls what shows nothing known strange', async () => {
    const { p } = (await learn(buildPast(40))).judge(toRow([]));
    expect(p).toBeLessThan(0.1);
  });

  it('says nothing with fewer than sixty incidents, or fewer than three kinds of five', async () => {
    expect(await fitNovelty(buildPast(19), SILENT)).toBeUndefined();
    expect(await fitNovelty(buildPast(20), SILENT)).toBeDefined();
    const few = buildPast(40).filter(({ category }, at) => category !== 'partition' || at >= 108);
    expect(await fitNovelty(few, SILENT)).toBeUndefined();
    const enough = buildPast(40).filter(({ category }, at) => category !== 'partition' || at >= 105);
    expect(await fitNovelty(enough, SILENT)).toBeDefined();
  });

  it('compares the latest only, in slices', async () => {
    let slices = 0;
    const novelty = await fitNovelty(buildPast(200), {
      spend: async () => {
        slices++;
      },
    });
    expect(novelty?.judge(buildRole(0, 0)).n).toBe(400);
    expect(slices).toBeGreaterThanOrEqual(800);
  });
});
