import { describe, expect, it } from 'vitest';
import type { ParsedTraces } from '../../domain/trace.ts';
import { buildFaultCase } from '../../testing/trace-faults.ts';
import { parseTraces } from '../../traces/parse.ts';
import { digestTraces } from './digest.ts';
import { listLateParts } from './onset.ts';

/** One span a trace; the first is at minute 0. */
function windowOf(minutes: readonly number[], ms: (minute: number) => number): ParsedTraces {
  return parseTraces(
    minutes.map((minute, index) => ({
      traceId: `t${index}`,
      id: `s${index}`,
      kind: 'SERVER',
      name: 'get',
      timestamp: 1_767_225_600_000_000 + minute * 60_000_000,
      duration: ms(minute) * 1000,
      localEndpoint: { serviceName: 'web' },
    })),
  );
}

const minutes = (count: number, length = 10) => Array.from({ length: count }, (_, at) => (at * length) / count);
const steady = (minute: number) => 20 + (Math.round(minute * 10) % 5);

describe('the later parts of a window', () => {
  it('begin at its middle and at three quarters, and with what is before are the whole', () => {
    const window = windowOf(minutes(100), steady);
    const parts = listLateParts(window);
    expect(parts.map(({ late }) => late.spans.length)).toEqual([50, 25]);
    for (const { early, late } of parts) {
      expect(new Set([...early.spans, ...late.spans])).toEqual(new Set(window.spans));
    }
  });

  it('are none where either side has too few traces', () => {
    expect(listLateParts(windowOf(minutes(15), steady))).toEqual([]);
    expect(listLateParts(windowOf(minutes(20), steady))).toHaveLength(1);
    expect(listLateParts({ format: 'zipkin', spans: [], repairs: {} })).toEqual([]);
  });

  it('keep every trace whole: it belongs where it began', () => {
    const { normal } = buildFaultCase('latency', 7);
    for (const { early, late } of listLateParts(parseTraces(normal))) {
      const traces = (part: ParsedTraces) => new Set(part.spans.map(({ traceId }) => traceId));
      expect([...traces(early)].filter((id) => traces(late).has(id))).toEqual([]);
    }
  });
});

describe('a fault that begins inside the window', () => {
  const before = windowOf(minutes(60), steady);
  const from = (minute: number) =>
    digestTraces(
      before,
      windowOf(minutes(60), (at) => (at >= minute ? 400 : steady(at))),
    );

  it('is found, and the digest says that only the later part shows it', () => {
    for (const minute of [8.5, 9]) {
      const { healthy, suspects, windows, text } = from(minute);
      expect(healthy).toBe(false);
      expect(suspects[0]).toMatchObject({ service: 'web', operation: 'get' });
      expect(windows?.incident.changedSince).toBe('2026-01-01T00:07:22.500Z');
      expect(windows?.incident.traces, 'the window is still the whole').toBe(60);
      expect(text).toContain('Only the later part of the window shows it');
    }
  });

  it('is not told apart where the whole window shows it', () => {
    const { suspects, windows } = from(0);
    expect(suspects[0]?.service).toBe('web');
    expect(windows?.incident.changedSince).toBeUndefined();
  });

  it('needs the earlier part to differ, too: a window that is as slow throughout as its end is no change', () => {
    const drifted = windowOf(minutes(60), (minute) => steady(minute) + 1);
    expect(digestTraces(before, drifted).healthy).toBe(true);
  });
});
