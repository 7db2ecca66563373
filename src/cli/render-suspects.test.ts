import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Suspect, TraceDigest } from '../domain/trace.ts';
import { renderDigest, renderSuspects } from './render-suspects.ts';

const suspect: Suspect = {
  service: 'stock',
  operation: 'reserve',
  score: 1,
  reasons: ['own time p50 of reserve 8.0 ms → 90 ms (×11)', 'requests queue at reserve: 1.0 → 3.0 arrive'],
  before: { spans: 40, ownMsP50: 8, ownMsP95: 12, totalMsP50: 20, originErrors: 0 },
  after: { spans: 38, ownMsP50: 90, ownMsP95: 1500, totalMsP50: 110, originErrors: 2 },
  withoutBaseline: false,
  exemplarTraceIds: ['4f'.repeat(16), '5e'.repeat(16), '6d'.repeat(16)],
  rankings: { spectrum: { rank: 2, score: 0.4 }, 'own-time': { rank: 1, score: 9 } },
};
const window = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:01:00.000Z', traces: 1, spans: 280 };
const digest: TraceDigest = {
  healthy: false,
  suspects: [suspect],
  causalPath: [
    { from: 'web', to: 'orders', verified: 'span' },
    { from: 'orders', to: 'stock', verified: 'topology' },
  ],
  signals: ['trace stock reserve latency'],
  shapes: [{ kind: 'saturation', service: 'stock', reason: 'requests queue at reserve: 1.0 → 3.0 arrive' }],
  text: 'Prime suspect: stock (reserve): own time p50 of reserve 8.0 ms → 90 ms (×11).',
  windows: {
    baseline: { ...window, snapshotKey: 'ab'.repeat(32) },
    incident: { ...window, traces: 38, snapshotKey: 'cd'.repeat(32) },
  },
  snapshotKeys: ['ab'.repeat(32), 'cd'.repeat(32)],
  repairs: { 'orphan-span': 3 },
};
const rendered = (one: Partial<TraceDigest> = {}) => stripVTControlCharacters(renderDigest({ ...digest, ...one }));

describe('a digest in a terminal', () => {
  it('says who, why, by which numbers, who agrees, which traces to open, and what all of it rests on', () => {
    expect(rendered()).toBe(
      [
        '  Prime suspect: stock (reserve): own time p50 of reserve 8.0 ms → 90 ms (×11).',
        '',
        'Suspects',
        '  ██████████ stock reserve',
        '             own time p50 of reserve 8.0 ms → 90 ms (×11); requests queue at reserve: 1.0 → 3.0',
        '             arrive',
        '             own p50 8 ms → 90 ms · p95 12 ms → 1.50 s · total p50 20 ms → 110 ms · errors 0 → 2 ·',
        '             spans 40 → 38',
        '             place by own-time 1, spectrum 2',
        `             traces ${'4f'.repeat(16)}, ${'5e'.repeat(16)},`,
        `             ${'6d'.repeat(16)}`,
        '  path: web → orders (span), orders → stock (topology)',
        '',
        'The whole window',
        '  saturation at stock',
        '',
        'Signals',
        '  trace stock reserve latency',
        '',
        'Windows',
        '  baseline: 1 trace, 280 spans, 2026-01-01 00:00:00Z to 2026-01-01 00:01:00Z',
        `    precedent snapshot ${'ab'.repeat(32)}`,
        '  incident: 38 traces, 280 spans, 2026-01-01 00:00:00Z to 2026-01-01 00:01:00Z',
        `    precedent snapshot ${'cd'.repeat(32)}`,
        '  mended: 3 orphan-span',
        '',
      ].join('\n'),
    );
  });

  it('fits a hundred columns', () => {
    const lines = rendered().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('leaves out what there is none of', () => {
    const text = rendered({ suspects: [], causalPath: [], shapes: [], signals: [], windows: null, repairs: {} });
    expect(text).toContain('none: nothing in the incident window stands out\n');
    for (const title of ['The whole window', 'Signals', 'Windows', 'path:']) expect(text).not.toContain(title);
  });

  it('says of one window what it has, and calls it by its own key', () => {
    const alone = { windows: { baseline: null, incident: { ...window, snapshotKey: 'cd'.repeat(32) } } };
    const text = rendered({ ...alone, suspects: [{ ...suspect, before: null }] });
    expect(text).toContain('own p50 90 ms · p95 1.50 s');
    expect(text).toContain('incident: 1 trace, 280 spans');
    expect(text).toContain(`precedent snapshot ${'cd'.repeat(32)}`);
    expect(text).not.toContain('baseline:');
  });

  it('warns of windows that are the same before it says anything of suspects', () => {
    const same = { ...window, snapshotKey: 'cd'.repeat(32) };
    const text = rendered({ windows: { baseline: same, incident: same } });
    expect(text.indexOf('both windows are the same')).toBeGreaterThan(0);
    expect(text.indexOf('both windows are the same')).toBeLessThan(text.indexOf('Suspects'));
  });

  it('names three suspects at most where there is little room', () => {
    const many = Array.from({ length: 5 }, (_, index) => ({ ...suspect, service: `s${index}` }));
    const text = stripVTControlCharacters(renderSuspects(many));
    expect(text.match(/s\d reserve/g)).toEqual(['s0 reserve', 's1 reserve', 's2 reserve']);
  });
});
