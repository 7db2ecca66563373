import { describe, expect, it } from 'vitest';
import type { Span } from '../../../domain/trace.ts';
import { buildForest } from '../../../traces/span-forest.ts';
import { measureOwnTimes } from '../own-time.ts';
import { observeWindow } from '../window.ts';
import type { AbnormalTraces } from './abnormal-traces.ts';
import { rankByPageRank } from './page-rank.ts';
import { rankBySpectrum } from './spectrum.ts';

/** Every request passes the entry, then the services named. */
function windowOf(requests: readonly (readonly string[])[]) {
  const spans = requests.flatMap((services, request): Span[] =>
    ['web', ...services].map((service, nth) => ({
      traceId: `t${request}`,
      spanId: `s${nth}`,
      ...(nth > 0 ? { parentId: 's0' } : {}),
      service,
      operation: 'serve',
      kind: 'internal',
      startUs: 1000 * request,
      durationUs: 100,
      isError: false,
    })),
  );
  const forest = buildForest(spans);
  return observeWindow({ forest, own: measureOwnTimes(forest), fragments: undefined, loss: 0 }, new Map());
}

/** In which requests something of a service is beyond bounds. */
function abnormalOf(traces: number, atFault: Readonly<Record<string, readonly number[]>>): AbnormalTraces {
  const isAbnormal = new Uint8Array(traces);
  for (const trace of Object.values(atFault).flat()) isAbnormal[trace] = 1;
  const tracesAtFault = new Map(Object.entries(atFault).map(([service, those]) => [service, new Set(those)]));
  return { count: isAbnormal.reduce((sum, one) => sum + one, 0), isAbnormal, tracesAtFault };
}

const times = (count: number, services: readonly string[]) => Array.from({ length: count }, () => services);
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('the spectrum', () => {
  // Ten abnormal requests pass `stock`, ten normal ones `prices`.
  const after = windowOf([...times(10, ['stock']), ...times(10, ['prices'])]);

  it('is 1 for whoever all abnormal requests pass, no normal one does, and is at fault in all', () => {
    expect(rankBySpectrum(after, abnormalOf(20, { stock: upTo(10) }))).toEqual([{ service: 'stock', score: 1 }]);
  });

  it('counts whom normal requests pass as well for less', () => {
    const ranking = rankBySpectrum(after, abnormalOf(20, { web: upTo(10) }));
    // Support 1 and confidence ½ make 1 / (1 + 2 − 1).
    expect(ranking).toEqual([{ service: 'web', score: 0.5 }]);
  });

  it('weighs by the share of abnormal requests in which the service itself is at fault', () => {
    const ranking = rankBySpectrum(after, abnormalOf(20, { stock: upTo(10), web: [0, 1] }));
    expect(ranking.map(({ service }) => service)).toEqual(['stock', 'web']);
    expect(ranking[1]?.score).toBeCloseTo(0.2, 10);
  });

  it('passes over whom less than a tenth of the abnormal requests pass, and says nothing of a healthy window', () => {
    const rare = windowOf([...times(19, ['stock']), ['stock', 'mail']]);
    const ranking = rankBySpectrum(rare, abnormalOf(20, { stock: upTo(20) }));
    expect(ranking.map(({ service }) => service)).toEqual(['stock']);
    expect(rankBySpectrum(after, abnormalOf(20, {}))).toEqual([]);
  });
});

describe('the walk', () => {
  const before = windowOf([...times(12, ['stock', 'db']), ...times(12, ['prices', 'db'])]);
  const after = windowOf([...times(12, ['stock', 'db']), ...times(12, ['prices', 'db'])]);

  it('names what abnormal requests pass before what all requests pass, and what only normal ones pass not at all', () => {
    const ranking = rankByPageRank(before, after, abnormalOf(24, { stock: upTo(12) }));
    const scoreOf = (name: string) => ranking.find(({ service }) => service === name)?.score ?? 0;
    expect(ranking[0]?.service).toBe('stock');
    expect(scoreOf('stock')).toBeGreaterThan(scoreOf('db'));
    expect(scoreOf('db')).toBeGreaterThan(0);
    expect(scoreOf('prices')).toBe(0);
  });

  it('scores lie between 0 and 1', () => {
    for (const { score } of rankByPageRank(before, after, abnormalOf(24, { stock: upTo(12) }))) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });

  it('is silent about fewer than nine abnormal requests', () => {
    expect(rankByPageRank(before, after, abnormalOf(24, { stock: upTo(8) }))).toEqual([]);
    expect(rankByPageRank(before, after, abnormalOf(24, { stock: upTo(9) }))).not.toEqual([]);
  });
});
