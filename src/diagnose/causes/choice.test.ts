import { describe, expect, it } from 'vitest';
import { createPace } from '../retrieve/pace.ts';
import { type Choice, fitChoices, type Row, weighOptions } from './choice.ts';
import { minimise } from './minimise.ts';

function row(...values: readonly number[]): Row {
  return { index: Int32Array.from(values.keys()), value: Float32Array.from(values) };
}

describe('the lowest point', () => {
  it('of a stretched bowl is found', async () => {
    const stretch = [1, 30, 900];
    const goal = [3, -2, 0.5];
    const slopeAt = async (point: Float64Array) => {
      const away = point.map((part, at) => part - (goal[at] ?? 0));
      const gradient = away.map((part, at) => part * (stretch[at] ?? 1));
      return { value: away.reduce((sum, part, at) => sum + (part * part * (stretch[at] ?? 1)) / 2, 0), gradient };
    };
    const lowest = await minimise(slopeAt, new Float64Array(3), createPace());
    for (const [at, part] of lowest.entries()) expect(part).toBeCloseTo(goal[at] ?? 0, 1);
  });

  it('is sought in steps, however many weights there are, and others have their turns', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const stretch = (at: number) => 1 + (at % 7);
    const slopeAt = async (point: Float64Array) => {
      const gradient = point.map((part, at) => part * stretch(at));
      return { value: gradient.reduce((sum, part, at) => sum + (part * part) / stretch(at) / 2, 0), gradient };
    };
    await minimise(slopeAt, new Float64Array(20_000).fill(1), createPace());
    clearImmediate(next);
    expect(turns).toBeGreaterThan(100);
  });
});

describe('choices', () => {
  it('between rows teach which feature is chosen', async () => {
    const choices: Choice[] = [
      { rows: [row(1, 0), row(0, 1)], chosen: 0 },
      { rows: [row(0, 1), row(1, 1)], chosen: 1 },
    ];
    const weights = await fitChoices(choices, { features: 2, options: 1, ridge: 0.1 }, createPace());
    expect(weighOptions([row(1, 0), row(0, 1)], weights, 1)[0]).toBeGreaterThan(0.8);
  });

  it('between options of one row teach what each feature speaks for', async () => {
    const choices: Choice[] = [0, 1, 2].map((chosen) => ({
      rows: [row(...[0, 1, 2].map((at) => Number(at === chosen)))],
      chosen,
    }));
    const weights = await fitChoices(choices, { features: 3, options: 3, ridge: 0.1 }, createPace());
    for (const { rows, chosen } of choices) {
      const chances = weighOptions(rows, weights, 3);
      expect(chances.indexOf(Math.max(...chances))).toBe(chosen);
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1);
    }
  });

  it('that were never made leave all options alike', async () => {
    const weights = await fitChoices([], { features: 2, options: 1, ridge: 1 }, createPace());
    expect(weighOptions([row(1, 0), row(0, 1)], weights, 1)).toEqual([0.5, 0.5]);
  });
});
