import { describe, expect, it } from 'vitest';
import type { LoadShape, ParsedTraces, Span } from '../../domain/trace.ts';
import { buildFaultCase, type FaultType } from '../../testing/trace-faults.ts';
import { createRandom } from '../../testing/trace-random.ts';
import { parseTraces } from '../../traces/parse.ts';
import { analyseTraces } from './analyse.ts';

const FIRST_SEED = 5000;
/** Of each type: few, for every one costs a tenth of a second. How often shapes are right is measured elsewhere. */
const CASES = 3;

function windowsOf(type: FaultType, seed: number) {
  const one = buildFaultCase(type, seed);
  return { before: parseTraces(one.normal), after: parseTraces(one.abnormal) };
}

function shapesOf(type: FaultType, seed: number): readonly LoadShape[] {
  const { before, after } = windowsOf(type, seed);
  return analyseTraces(before, after).shapes;
}

const generated = new Map<FaultType, readonly (readonly LoadShape[])[]>();

/** The shapes of some generated windows; generating takes longer than looking, so every type is generated once. */
function listGenerated(type: FaultType) {
  const known = generated.get(type) ?? Array.from({ length: CASES }, (_, index) => shapesOf(type, FIRST_SEED + index));
  generated.set(type, known);
  return known;
}

function countNamed(type: FaultType, kind: LoadShape['kind']): number {
  return listGenerated(type).filter((shapes) => shapes.some((shape) => shape.kind === kind)).length;
}

/** A collector that keeps one trace in three. */
function sample(parsed: ParsedTraces, seed: number): ParsedTraces {
  const random = createRandom(seed);
  const kept = new Map<string, boolean>();
  const isKept = (traceId: string) => {
    const known = kept.get(traceId) ?? random() < 0.34;
    kept.set(traceId, known);
    return known;
  };
  return { ...parsed, spans: parsed.spans.filter(({ traceId }) => isKept(traceId)) };
}

/** Forty requests, one a second, each of which waits so long for one call. */
function buildRequests(requestMs: number, calledMs: number): ParsedTraces {
  const span = (traceId: string, startUs: number, durationUs: number) => ({
    traceId,
    startUs,
    durationUs,
    kind: 'server' as const,
    isError: false,
  });
  const spans = Array.from({ length: 40 }, (_, second): Span[] => {
    const [traceId, startUs] = [`trace-${second}`, 1_767_225_600_000_000 + second * 1_000_000];
    return [
      { ...span(traceId, startUs, requestMs * 1000), spanId: 'a', service: 'web', operation: 'GET /orders' },
      { ...span(traceId, startUs, calledMs * 1000), spanId: 'b', parentId: 'a', service: 'db', operation: 'query' },
    ];
  });
  return { format: 'jaeger', spans: spans.flat(), repairs: {} };
}

describe('the shape of a window', () => {
  it.each<[FaultType, LoadShape['kind'], number]>([
    ['single-worker', 'saturation', 1],
    ['saturation', 'saturation', 1],
    ['saturation', 'more-load', 2],
    ['latency', 'slowdown', 2],
    ['queueing', 'slowdown', 2],
    ['more-load', 'more-load', 2],
    ['less-load', 'less-load', 2],
  ])(`of %s windows is told as %s, of ${CASES} at least %i times`, (type, kind, least) => {
    expect(countNamed(type, kind)).toBeGreaterThanOrEqual(least);
  });

  it.each<[FaultType, LoadShape['kind']]>([
    ['latency', 'saturation'],
    ['queueing', 'saturation'],
    ['healthy', 'saturation'],
    ['healthy', 'more-load'],
    ['healthy', 'less-load'],
    ['other-mix', 'saturation'],
  ])('of %s windows is not told as %s', (type, kind) => {
    expect(countNamed(type, kind)).toBe(0);
  });

  it('is at most four things, each with a place and its numbers before and after', () => {
    for (const shapes of (['saturation', 'single-worker', 'latency', 'less-load'] as const).flatMap(listGenerated)) {
      expect(shapes.length).toBeLessThanOrEqual(4);
      for (const { service, reason } of shapes) {
        expect(service).not.toBe('');
        expect(reason).toMatch(/\d.* → \d/);
      }
    }
  });

  it('is told in plain words, queues before load', () => {
    const [queue, load] = listGenerated('saturation').find(([first]) => first?.kind === 'saturation') ?? [];
    expect(queue?.reason).toMatch(
      /^requests queue at \S+: [\d.]+ → [\d.]+ arrive and [\d.]+ → [\d.]+ are done per second, [\d.]+ → [\d.]+ in flight$/,
    );
    expect(load?.reason).toMatch(/^requests arrive faster: [\d.]+ → [\d.]+ per second \(×[\d.]+\)$/);
    const [slow] = listGenerated('latency').flat();
    expect(slow?.reason).toMatch(
      /^requests take longer though no more of them arrive: .+ at [\d.]+ → [\d.]+ per second$/,
    );
  });

  it('does not depend on the order in which spans come in', () => {
    const { before, after } = windowsOf('saturation', FIRST_SEED);
    const reversed = { ...after, spans: after.spans.toReversed() };
    expect(analyseTraces(before, reversed).shapes).toEqual(analyseTraces(before, after).shapes);
  });

  it('is not told of a few traces', () => {
    const { before, after } = windowsOf('saturation', FIRST_SEED);
    const traces = [...new Set(after.spans.map(({ traceId }) => traceId))].slice(0, 8);
    const few = { ...after, spans: after.spans.filter(({ traceId }) => traces.includes(traceId)) };
    expect(analyseTraces(before, few).shapes).toEqual([]);
    expect(analyseTraces(undefined, after).shapes).toEqual([]);
  });

  it('of a healthy window is none when one trace in three is kept', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
      const { before, after } = windowsOf('healthy', seed);
      expect(analyseTraces(sample(before, seed), sample(after, seed + 1)).shapes).toEqual([]);
    }
  });

  it('names no slowdown where requests are no longer than before', () => {
    const shifted = analyseTraces(buildRequests(20, 16), buildRequests(20, 1));
    expect(shifted.candidates).toMatchObject([{ service: 'web' }]);
    expect(shifted.shapes).toEqual([]);
    const longer = analyseTraces(buildRequests(20, 16), buildRequests(200, 16));
    expect(longer.shapes).toMatchObject([{ kind: 'slowdown', service: 'web' }]);
  });
});
