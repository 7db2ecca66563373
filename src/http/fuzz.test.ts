import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postJson, type Served, serve } from './__fixtures__/serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

const anything = fc.jsonValue({ maxDepth: 4 });
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('pre-processor', 'latency', '__proto__'),
);

/** What is asked for, and now and then something else: most bodies must get past the schema to be worth sending. */
function mostly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | fc.JsonValue> {
  return fc.oneof({ weight: 99, arbitrary }, { weight: 1, arbitrary: anything });
}

const words = fc.dictionary(fc.oneof(text, fc.constantFrom('alertname', 'service', 'summary')), mostly(text), {
  minKeys: 1,
});
const date = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') });
const time = mostly(
  fc.oneof(
    date.map((moment) => moment.toISOString()),
    fc.constantFrom('0001-01-01T00:00:00Z', '2026-10-17T06:05:12+14:00'),
  ),
);
const alert = fc.record(
  { labels: words, annotations: words, startsAt: time, endsAt: time },
  { requiredKeys: ['labels'] },
);

const id = fc.constantFrom('1', '2', '3', '4');
const span = fc.record(
  {
    traceID: mostly(id),
    spanID: mostly(id),
    operationName: mostly(text),
    startTime: mostly(
      fc.oneof({ weight: 9, arbitrary: fc.nat() }, { weight: 1, arbitrary: fc.double({ noNaN: true }) }),
    ),
    duration: mostly(fc.integer({ min: -10 })),
    processID: fc.constantFrom('p1', 'p2', '__proto__'),
    references: fc.array(
      fc.record({ refType: fc.constantFrom('CHILD_OF', 'FOLLOWS_FROM', 'other'), traceID: id, spanID: mostly(id) }),
      { maxLength: 2 },
    ),
    tags: fc.array(fc.record({ key: fc.constantFrom('error', 'span.kind', '__proto__'), value: anything })),
  },
  { requiredKeys: ['traceID', 'spanID', 'operationName', 'startTime', 'duration', 'processID'] },
);
const processes = fc.constant({ p1: { serviceName: 'a' }, p2: { serviceName: 'b' } });
const jaeger = fc.record({
  data: fc.array(fc.record({ traceID: id, spans: fc.array(span, { minLength: 1, maxLength: 8 }), processes }), {
    maxLength: 3,
  }),
});
const otherTraces = fc.oneof(
  fc.record({ resourceSpans: fc.array(anything, { maxLength: 3 }) }),
  fc.array(anything, { maxLength: 3 }),
);
const traces = fc.oneof({ weight: 9, arbitrary: jaeger }, { weight: 1, arbitrary: otherTraces });

const BODIES = {
  '/v1/search': fc.oneof(
    fc.record({ query: text, alert, k: fc.integer({ min: 1, max: 100 }), asOf: time }, { requiredKeys: ['query'] }),
    fc.record({ query: text, kinds: anything, services: anything, signals: anything }, { requiredKeys: ['query'] }),
  ),
  '/v1/traces/digest': fc.record({ baseline: traces, incident: traces }, { requiredKeys: ['incident'] }),
  '/v1/diagnoses': fc.oneof(
    fc.record(
      { alert, traces: fc.record({ baseline: traces, incident: traces }), asOf: time },
      { requiredKeys: ['alert'] },
    ),
    fc.record(
      { alerts: fc.array(alert), traceDigest: mostly(fc.constant({})), options: mostly(fc.constant({ k: 3 })) },
      { requiredKeys: ['alerts'] },
    ),
  ),
} as const;

test.each(Object.entries(BODIES))('no body makes POST %s fail on our side', async (path, shaped) => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: shaped }, { weight: 1, arbitrary: anything }), async (body) => {
      const response = await postJson(`${served.url}${path}`, body);
      expect(response.status, await response.text()).toBeLessThan(500);
      if (response.ok) answered++;
    }),
    { numRuns: 200 },
  );
  expect(answered, 'hardly any body got past the schema').toBeGreaterThan(20);
});

test('no bytes do either', async () => {
  const path = fc.constantFrom(...Object.keys(BODIES));
  const encoding = fc.constantFrom('gzip', 'identity', 'br');
  await fc.assert(
    fc.asyncProperty(path, encoding, fc.uint8Array({ maxLength: 200 }), async (path, encoding, bytes) => {
      const response = await fetch(`${served.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
        body: Buffer.from(bytes),
      });
      expect(response.status, await response.text()).toBeLessThan(500);
    }),
  );
});

test('no question and no path does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), anything, async (question, id) => {
      const query = new URLSearchParams({ q: question, k: JSON.stringify(id) });
      const paths = [
        `/v1/search?${query}`,
        `/v1/incidents/${encodeURIComponent(question)}`,
        `/v1/diagnoses/${encodeURIComponent(JSON.stringify(id))}`,
      ];
      for (const path of paths) {
        const response = await fetch(`${served.url}${path}`);
        expect(response.status, await response.text()).toBeLessThan(500);
      }
    }),
  );
});
