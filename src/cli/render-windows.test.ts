import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Provenance } from '../domain/diagnosis.ts';
import type { TraceWindow } from '../domain/trace.ts';
import { renderDegraded, renderTraceSource, renderWindows, warnOfWindows } from './render-windows.ts';

const before: TraceWindow = {
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T00:01:00.000Z',
  traces: 40,
  spans: 280,
  snapshotKey: 'ab'.repeat(32),
};
const during = {
  ...before,
  from: '2026-01-01T00:10:00.000Z',
  to: '2026-01-01T00:11:00.000Z',
  snapshotKey: 'cd'.repeat(32),
};
const unkept = ({ snapshotKey: _, ...window }: TraceWindow): TraceWindow => window;

describe('windows', () => {
  it('that are kept by no key say so, once', () => {
    const text = (baseline: TraceWindow, incident: TraceWindow) =>
      stripVTControlCharacters(renderWindows({ windows: { baseline, incident }, repairs: {} }));
    expect(text(unkept(before), unkept(during)).match(/not kept/g)).toHaveLength(1);
    expect(text(before, during)).not.toContain('not kept');
  });

  it('that change in their middle say when', () => {
    const incident = { ...during, changedSince: '2026-01-01T00:10:30.000Z' };
    const text = stripVTControlCharacters(renderWindows({ windows: { baseline: before, incident }, repairs: {} }));
    expect(text.replace(/\s+/g, ' ')).toContain('00:11:00Z, changed since 2026-01-01 00:10:30Z');
    expect(text.match(/changed/g)).toHaveLength(1);
  });

  it.each([
    ['the other way round', during, before, 'are the two swapped?'],
    ['twice the same', during, during, 'both windows are the same'],
    ['twice the same, not kept', unkept(during), unkept(during), 'both windows are the same'],
  ])('%s are warned of', (_how, baseline, incident, words) => {
    expect(warnOfWindows({ baseline, incident })).toContain(words);
  });

  it('in their order, or without a baseline, are not', () => {
    expect(warnOfWindows({ baseline: before, incident: during })).toBe('');
    // Another window of the same minute: what it holds differs.
    expect(warnOfWindows({ baseline: before, incident: { ...before, snapshotKey: 'cd'.repeat(32) } })).toBe('');
    expect(warnOfWindows({ baseline: null, incident: during })).toBe('');
    expect(warnOfWindows(undefined)).toBe('');
  });
});

describe('a diagnosis', () => {
  const provenance: Provenance = {
    generation: 'g1',
    knowledgeSha: null,
    model: { id: 'words', checksum: 'c1', dimension: 3 },
    timings: {},
  };
  const asked = {
    source: 'jaeger',
    services: ['stock', 'web'],
    baseline: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:05:00.000Z' },
    incident: { from: '2026-01-01T00:15:00.000Z', to: '2026-01-01T00:20:00.000Z' },
  };
  const tell = (digest: string | null, more: Partial<Provenance>) =>
    stripVTControlCharacters(renderTraceSource({ digest, provenance: { ...provenance, ...more } })).replace(
      /\s+/g,
      ' ',
    );

  it('says which store was asked for which services and windows', () => {
    expect(tell('Prime suspect: stock.', { traces: asked })).toBe(
      ' Traces: jaeger, stock, web, 2026-01-01 00:15:00Z to 2026-01-01 00:20:00Z; baseline 2026-01-01 00:00:00Z to' +
        ' 2026-01-01 00:05:00Z ',
    );
  });

  it('says why it has no traces, and what was asked for', () => {
    const degraded = ['the reranker was left out: away', 'traces: jaeger did not answer within 4000 ms'];
    const text = tell(null, { traces: asked, degraded });
    expect(text).toContain('No traces: jaeger did not answer within 4000 ms');
    expect(text).toContain('asked for: jaeger, stock, web, 2026-01-01 00:15:00Z to');
    expect(text).not.toContain('reranker');
    const unasked = tell(null, { degraded: ['traces: not asked for, the alert names no service'] });
    expect(unasked).toBe(' No traces: not asked for, the alert names no service ');
    expect(tell(null, {})).toContain('No traces: none came with the alert');
  });

  it('says nothing of traces that came with the alert', () => {
    expect(tell('Prime suspect: stock.', {})).toBe('');
  });

  it('says what else could not be done', () => {
    const degraded = ['the reranker was left out: away', 'traces: jaeger is away'];
    expect(renderDegraded({ degraded })).toBe('  the reranker was left out: away\n');
    expect(renderDegraded({})).toBe('');
  });
});
