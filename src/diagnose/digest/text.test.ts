import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CausalEdge, ParsedTraces, Suspect } from '../../domain/trace.ts';
import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import { buildFaultCase, FAULT_TYPES, SCENARIOS } from '../../testing/trace-faults.ts';
import { parseTraces } from '../../traces/parse.ts';
import { analyseTraces } from './analyse.ts';
import { digestAnalysis } from './digest.ts';
import { type TextParts, writeText } from './text.ts';

const TYPES = [...FAULT_TYPES, ...SCENARIOS];

const suspect: Suspect = {
  service: 'stock',
  operation: 'reserve',
  score: 1,
  reasons: ['own time p50 of reserve 8.0 ms → 90 ms (×11)'],
  before: null,
  after: null,
  withoutBaseline: false,
  exemplarTraceIds: [],
  rankings: {},
};
const window = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:01:00.000Z', traces: 40, spans: 280 };
const parts: TextParts = {
  suspects: [],
  causalPath: [],
  baseline: 'compared',
  repaired: 0,
  shapes: [],
  windows: { baseline: window, incident: { ...window, traces: 38 } },
};

function numbersIn(text: string): string[] {
  return text.match(/\d+(?:\.\d+)?/g) ?? [];
}

/** All that the text may quote; names hold numbers, too. */
function quotable(analysis: TraceAnalysis, path: readonly CausalEdge[]): Set<string> {
  const { candidates, shapes, windows, compared, repaired } = analysis;
  return new Set(numbersIn(JSON.stringify([candidates, shapes, windows, compared, repaired, path])));
}

/** The first window of a case, none, or one of a system that shares nothing with it. */
function chooseBaseline(kind: 'own' | 'none' | 'foreign', own: ParsedTraces): ParsedTraces | undefined {
  if (kind === 'none') return undefined;
  if (kind === 'own') return own;
  return { ...own, spans: own.spans.map((span) => ({ ...span, service: `other-${span.service}` })) };
}

describe('the words of a digest', () => {
  it('say no number that nothing else says, and are at most 140, whatever the windows hold', () => {
    const repairs = fc.constantFrom({}, { 'orphan-span': 7, 'clock-skew': 12 });
    const baselines = fc.constantFrom('own' as const, 'own' as const, 'none' as const, 'foreign' as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4999 }),
        fc.constantFrom(...TYPES),
        baselines,
        repairs,
        (seed, type, kind, mended) => {
          const one = buildFaultCase(type, seed);
          const incident = { ...parseTraces(one.abnormal), repairs: mended };
          const analysis = analyseTraces(chooseBaseline(kind, parseTraces(one.normal)), incident);
          const { text, causalPath } = digestAnalysis(analysis);
          expect(text.split(/\s+/).length).toBeLessThanOrEqual(140);
          const known = quotable(analysis, causalPath);
          expect(numbersIn(text).filter((number) => !known.has(number))).toEqual([]);
        },
      ),
      // Every run generates a case, and draws other ones: many runs of this test see many.
      { numRuns: 6 },
    );
  });

  it('quote the shape of the window once: with its suspect, or in a sentence of its own', () => {
    const queue = {
      kind: 'saturation',
      service: 'stock',
      reason: 'requests queue at reserve: 1.0 → 3.0 arrive',
    } as const;
    const load = { kind: 'more-load', service: 'web', reason: 'requests arrive faster: 1.0 → 3.0 per second' } as const;
    const reasons = [...suspect.reasons, queue.reason];
    const text = writeText({ ...parts, suspects: [{ ...suspect, reasons }], shapes: [queue, load] });
    expect(text).toBe(
      'Prime suspect: stock (reserve): own time p50 of reserve 8.0 ms → 90 ms (×11); requests queue at reserve: ' +
        '1.0 → 3.0 arrive. Requests arrive faster: 1.0 → 3.0 per second.',
    );
  });

  it('say what a healthy window was compared with, and by how much it differs', () => {
    const compared = { operations: 7, largestChange: 'own time p50 of query at database 5.0 ms → 5.4 ms' };
    expect(writeText({ ...parts, compared })).toBe(
      'Healthy: no suspect. No operation takes longer itself, errors begin nowhere that they did not before, and calls ' +
        'per request are as they were, within what two healthy windows differ by. Compared were 7 operations in 40 ' +
        'traces before and 38 after; the largest change is own time p50 of query at database 5.0 ms → 5.4 ms.',
    );
  });

  it('say of a single operation in a single trace that it is one', () => {
    const windows = { baseline: { ...window, traces: 1 }, incident: { ...window, traces: 1 } };
    const text = writeText({ ...parts, windows, compared: { operations: 1 }, repaired: 1 });
    expect(text).toContain('Compared was 1 operation in 1 trace before and 1 after.');
    expect(text).toContain('1 repair was needed to read the spans.');
  });

  it('say that more requests arrive although nobody is suspect', () => {
    const shapes = [
      { kind: 'more-load', service: 'web', reason: 'requests arrive faster: 1.0 → 3.0 per second' },
    ] as const;
    expect(writeText({ ...parts, shapes })).toMatch(/^Healthy: .* Requests arrive faster: 1\.0 → 3\.0 per second\.$/);
  });

  it('warn when there was nothing to compare with', () => {
    const suspects = [{ ...suspect, reasons: ['70 % of all own time is spent here'], withoutBaseline: true }];
    const text = writeText({ ...parts, suspects, baseline: 'none', windows: { ...parts.windows, baseline: null } });
    expect(text).toContain('There is no baseline to compare with. Who is always slow is therefore suspect, too.');
  });

  it('are not an essay where names and reasons are', () => {
    const essay = { ...suspect, service: 'x '.repeat(999), reasons: ['slow '.repeat(500)] };
    expect(writeText({ ...parts, suspects: [essay] }).split(/\s+/).length).toBeLessThanOrEqual(140);
  });
});
