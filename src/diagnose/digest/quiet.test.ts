import { expect, it } from 'vitest';
import { buildFaultCase } from '../../testing/trace-faults.ts';
import { parseTraces } from '../../traces/parse.ts';
import { analyseTraces } from './analyse.ts';
import { digestAnalysis } from './digest.ts';

it('a healthy window says how much was compared, and what differed most', () => {
  const seeds = Array.from({ length: 2 }, (_, index) => 5000 + index);
  for (const seed of seeds) {
    const one = buildFaultCase('healthy', seed);
    const analysis = analyseTraces(parseTraces(one.normal), parseTraces(one.abnormal));
    const { text, healthy } = digestAnalysis(analysis);
    if (!healthy) continue;
    expect(text).toMatch(
      /Compared were \d+ operations in \d+ traces before and \d+ after; the largest change is .+ → .+\.$/,
    );
    expect(text).toContain(`${one.normal.data.length} traces before and ${one.abnormal.data.length} after`);
  }
  expect.hasAssertions();
});

it('a window against itself does not differ at all', () => {
  const window = parseTraces(buildFaultCase('latency', 5001).abnormal);
  expect(analyseTraces(window, window).compared).toEqual({ operations: expect.any(Number) });
});
