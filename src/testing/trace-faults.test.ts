import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { JaegerSpanJson, JaegerTraceJson } from './trace-builder.ts';
import { buildFaultCase, FAULT_TYPES, type GeneratedCase, HEALTHY_TYPES, SCENARIOS } from './trace-faults.ts';

const TYPES = [...FAULT_TYPES, ...SCENARIOS];
const SEEDS = [1, 2, 4, 5, 6, 8];
const BOUNDARY_US = Date.parse('2026-01-01T00:00:00Z') * 1000;
type Window = GeneratedCase['normal'];

interface Seen extends JaegerSpanJson {
  readonly service: string;
}

function spansOf({ data }: Window): Seen[] {
  const serviceOf = (trace: JaegerTraceJson, id: string) => trace.processes[id]?.serviceName ?? '';
  return data.flatMap((trace) => trace.spans.map((span) => ({ ...span, service: serviceOf(trace, span.processID) })));
}
/** Compared as text: a window is megabytes, and a difference in one would fill the screen. */
const textOf = (value: unknown) => JSON.stringify(value);
const parentOf = (span: Seen) => span.references[0]?.spanID;
const tagOf = (span: Seen, key: string) => span.tags.find((tag) => tag.key === key)?.value;
const erring = (window: Window) =>
  new Set(
    spansOf(window)
      .filter((span) => tagOf(span, 'error'))
      .map((s) => s.service),
  );

/** Who is called by whom, client spans left out. */
function listCalls(window: Window): Set<string> {
  const spans = new Map(spansOf(window).map((span) => [span.spanID, span]));
  const calls = new Set<string>();
  for (const span of spans.values()) {
    const parent = spans.get(parentOf(span) ?? '');
    if (parent && parent.service !== span.service) calls.add(`${parent.service}>${span.service}`);
  }
  return calls;
}

/** Of the spans by which requests enter a service, the earliest first. */
function durationsAt(window: Window, service: string | undefined): number[] {
  const spans = new Map(spansOf(window).map((span) => [span.spanID, span]));
  return [...spans.values()]
    .filter((span) => span.service === service && spans.get(parentOf(span) ?? '')?.service !== service)
    .sort((a, b) => a.startTime - b.startTime)
    .map((span) => span.duration);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a generated case', () => {
  // Constants were chosen on these bytes: other ones would make every figure that was written down a lie.
  it('of a type that has been there is the same for the same seed, for ever', () => {
    const hash = createHash('sha256');
    for (const type of FAULT_TYPES) {
      const { id, culprit, normal, abnormal } = buildFaultCase(type, 1);
      hash.update(JSON.stringify([id, culprit, normal, abnormal]));
    }
    expect(hash.digest('hex').slice(0, 16)).toBe('db2b9f830d1ac032');
  });

  test.each(TYPES)('%s: the same for the same seed, another for another, with its culprits in both windows', (type) => {
    for (const seed of [1, 5]) {
      const one = buildFaultCase(type, seed);
      expect(textOf(buildFaultCase(type, seed)) === textOf(one)).toBe(true);
      expect(textOf(buildFaultCase(type, seed + 1).normal) === textOf(one.normal)).toBe(false);
      expect(one.culprits).toHaveLength(HEALTHY_TYPES.includes(type) ? 0 : type === 'two-culprits' ? 2 : 1);
      const services = new Set(spansOf(one.normal).map((span) => span.service));
      for (const culprit of one.culprits) expect(services).toContain(culprit);
    }
  });

  it('with lost spans is the whole one without about as many', () => {
    const whole = spansOf(buildFaultCase('latency', 3).abnormal);
    const left = spansOf(buildFaultCase('latency', 3, { lostShare: 0.3 }).abnormal);
    expect(left.length / whole.length).toBeGreaterThan(0.65);
    expect(left.length / whole.length).toBeLessThan(0.75);
    const known = new Map(whole.map(({ processID, ...span }) => [span.spanID, span]));
    for (const { processID, ...span } of left) expect(span).toEqual(known.get(span.spanID));
  });

  it('with clocks that are off differs in start times alone, by one amount for each service and window', () => {
    const right = buildFaultCase('error', 2);
    const skewed = buildFaultCase('error', 2, { maxSkewMs: 3000 });
    for (const name of ['normal', 'abnormal'] as const) {
      const offsets = new Map<string, number>();
      const before = spansOf(right[name]);
      for (const [index, span] of spansOf(skewed[name]).entries()) {
        const { startTime } = before[index] ?? span;
        const offset = offsets.get(span.service) ?? span.startTime - startTime;
        expect(textOf({ ...span, startTime })).toBe(textOf(before[index]));
        expect(span.startTime - startTime).toBe(offset);
        offsets.set(span.service, offset);
      }
      expect(Math.max(...offsets.values()) - Math.min(...offsets.values())).toBeGreaterThan(1_000_000);
    }
  });
});

describe('an onset', () => {
  const at = (onsetSeconds: number) => buildFaultCase('latency', 4, { onsetSeconds });
  const startOf = (trace: JaegerTraceJson) => Math.min(...trace.spans.map((span) => span.startTime));
  const changed = (one: Window, other: Window) =>
    one.data.filter((trace, index) => JSON.stringify(trace) !== JSON.stringify(other.data[index])).map(startOf);

  it('lies where windows of minutes meet', () => {
    const { normal, abnormal } = at(0);
    expect(Math.max(...normal.data.map(startOf))).toBeLessThan(BOUNDARY_US + 30e6);
    expect(Math.min(...abnormal.data.map(startOf))).toBeGreaterThanOrEqual(BOUNDARY_US);
    expect(Math.max(...abnormal.data.map(startOf)) - BOUNDARY_US).toBeGreaterThan(240e6);
  });

  it('after the boundary leaves the first requests of the incident alone, and nothing else changes', () => {
    const starts = changed(at(60).abnormal, at(0).abnormal);
    expect(textOf(at(60).normal) === textOf(at(0).normal)).toBe(true);
    expect(starts.length).toBeGreaterThan(0);
    expect(Math.max(...starts)).toBeLessThan(BOUNDARY_US + 60e6);
  });

  it('before it spoils the last minute of the baseline', () => {
    const starts = changed(at(-60).normal, at(0).normal);
    expect(textOf(at(-60).abnormal) === textOf(at(0).abnormal)).toBe(true);
    expect(starts.length).toBeGreaterThan(0);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(BOUNDARY_US - 60e6);
  });
});

describe('a story', () => {
  test.each(['single-worker', 'saturation'] as const)('%s: work waits at the culprit, ever longer', (type) => {
    const grown = SEEDS.filter((seed) => {
      const { culprit, normal, abnormal } = buildFaultCase(type, seed);
      const during = durationsAt(abnormal, culprit);
      return mean(during.slice((-2 * during.length) / 3)) > 1.5 * mean(durationsAt(normal, culprit));
    });
    expect(grown.length).toBeGreaterThanOrEqual(5);
  });

  it('of an async child: everybody hands over to it, and nobody waits', () => {
    for (const seed of SEEDS) {
      const { culprit, abnormal } = buildFaultCase('async', seed);
      const spans = new Map(spansOf(abnormal).map((span) => [span.spanID, span]));
      const consumed = [...spans.values()].filter(
        (span) => spans.get(parentOf(span) ?? '')?.operationName === `send-${culprit}`,
      );
      expect(consumed.length).toBeGreaterThan(0);
      for (const span of consumed) {
        const producer = spans.get(parentOf(span) ?? '');
        expect(span.startTime).toBeGreaterThan((producer?.startTime ?? 0) + (producer?.duration ?? 0));
      }
    }
  });

  it('of two culprits: neither calls the other', () => {
    for (const seed of SEEDS) {
      const { culprits, normal } = buildFaultCase('two-culprits', seed);
      const [a, b] = culprits;
      expect(a).not.toBe(b);
      expect(listCalls(normal)).not.toContain(`${a}>${b}`);
      expect(listCalls(normal)).not.toContain(`${b}>${a}`);
    }
  });

  it('of a symptom at the frontend: the entry errs, those between keep silent or merely wait', () => {
    for (const seed of SEEDS) {
      const { culprit = '', abnormal, normal } = buildFaultCase('frontend-symptom', seed);
      const entries = new Set(
        spansOf(normal)
          .filter((span) => span.references.length === 0)
          .map((span) => span.service),
      );
      const often = [...erring(abnormal)].filter(
        (service) => spansOf(abnormal).filter((span) => span.service === service && tagOf(span, 'error')).length > 3,
      );
      expect(often.some((service) => entries.has(service))).toBe(true);
      expect(entries).not.toContain(culprit);
    }
  });

  test.each([
    ['more-load', 1.5, 4],
    ['less-load', 0.2, 0.7],
  ] as const)('%s: requests arrive that much faster', (type, least, most) => {
    for (const seed of SEEDS) {
      const { normal, abnormal } = buildFaultCase(type, seed);
      const rate = ({ data }: Window) => {
        const starts = data.map((trace) => Math.min(...trace.spans.map((span) => span.startTime)));
        return data.length / (Math.max(...starts) - Math.min(...starts));
      };
      expect(rate(abnormal) / rate(normal)).toBeGreaterThan(least);
      expect(rate(abnormal) / rate(normal)).toBeLessThan(most);
    }
  });
});
