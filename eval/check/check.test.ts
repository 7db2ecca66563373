import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainFall } from '../commands/check.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { compareWithBaseline, readBaseline, writeBaseline } from './baseline.ts';
import { measureSample, SAMPLE_BASELINE } from './sample.ts';

const figure = (value: number, n = 20) => ({ 'alerts · as sent · R@1': { value, n } });

describe('a figure', () => {
  it('may fall by one question, since an order of near-equals turns easily', () => {
    expect(compareWithBaseline(figure(0.8), figure(0.75)).problems).toEqual([]);
  });

  it('that fell by more is named, with what it was and what it is', () => {
    const { problems } = compareWithBaseline(figure(0.8), figure(0.7));
    expect(problems).toEqual([
      'alerts · as sent · R@1: fell from 0.800 (16.0 of 20 questions) to 0.700 (14.0 of 20 questions)',
    ]);
    expect(explainFall(problems, 'sample.json')).toMatch(/fell from[\s\S]*check --update/);
  });

  it('of other questions cannot be compared, and one that is gone is missed', () => {
    expect(compareWithBaseline(figure(0.8), figure(0.9, 21)).problems).toEqual([
      'alerts · as sent · R@1: rests on 21 questions, not on 20',
    ]);
    expect(compareWithBaseline(figure(0.8), {}).problems).toEqual(['alerts · as sent · R@1: no longer measured']);
  });

  it('that rose or is new is news, no mistake', () => {
    expect(compareWithBaseline(figure(0.8), figure(0.95))).toEqual({
      problems: [],
      news: [expect.stringContaining('rose')],
    });
    expect(compareWithBaseline({}, figure(0.8)).news).toEqual([expect.stringContaining('new')]);
  });
});

it('a baseline is read as it was written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'precedent-baseline-'));
  const file = join(folder, 'figures.json');
  expect(() => readBaseline(file)).toThrow('check --update');
  writeBaseline(file, 'about', figure(2 / 3, 3));
  expect(readBaseline(file)).toEqual(figure(0.6667, 3));
  rmSync(folder, { recursive: true });
});

it('the sample is answered as well as eval/baselines/sample.json says', async () => {
  await using embedder = openBundledEmbedder();
  const { problems, news } = compareWithBaseline(readBaseline(SAMPLE_BASELINE), await measureSample(embedder));
  if (news.length > 0) console.log(news.join('\n'));
  expect(problems.length === 0 ? '' : explainFall(problems, SAMPLE_BASELINE)).toBe('');
}, 110_000);
