import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildJaegerTraces, type JaegerTraceJson } from '../../testing/trace-builder.ts';
import type { ServiceCall } from '../../testing/trace-plan.ts';
import { parseTraces } from '../../traces/parse.ts';
import { digestTraces } from './digest.ts';

/** The object-classification pipeline, version 1, as its topology file and runbooks describe it. */
const inference: ServiceCall = {
  service: 'inference-server',
  operation: 'infer-request',
  ownMs: 4,
  work: [{ operation: 'yolo-forward', ms: 303 }],
  through: 'call-inference-server',
};
const preProcessor: ServiceCall = {
  service: 'pre-processor',
  operation: 'preprocess-request',
  ownMs: 3,
  work: [{ operation: 'resize-image', ms: 2 }],
  calls: [inference],
  through: 'call-pre-processor',
};
const webServer: ServiceCall = { service: 'web-server', operation: 'upload-image', ownMs: 4, calls: [preProcessor] };
const root: ServiceCall = {
  service: 'load-generator',
  operation: 'send-image',
  ownMs: 1,
  kind: 'client',
  calls: [webServer],
};

const common = { root, traces: 25, noise: 0.08, networkMs: 1.2 };
const examples = {
  normal: buildJaegerTraces({ ...common, seed: 1, rate: 1, startsAt: new Date('2026-10-15T01:30:00Z') }),
  // One worker thread serves about three requests a second; at that rate the queue in front of it never empties.
  spiked: buildJaegerTraces({
    ...common,
    seed: 2,
    rate: 3,
    startsAt: new Date('2026-10-15T02:08:00Z'),
    faults: [{ kind: 'queueing', service: 'pre-processor', addMs: 700 }],
  }),
};

const pathOf = (name: string) => new URL(`../../../examples/traces/${name}.json`, import.meta.url);

/** One trace per line: small, and a diff shows which traces changed. */
function serialise(window: { readonly data: readonly JaegerTraceJson[] }): string {
  return `{"data":[\n${window.data.map((trace) => JSON.stringify(trace)).join(',\n')}\n]}\n`;
}

test.each(['normal', 'spiked'] as const)('examples/traces/%s.json is what the generator writes', (name) => {
  const expected = serialise(examples[name]);
  if (process.env['UPDATE'] === '1') writeFileSync(pathOf(name), expected);
  expect(readFileSync(pathOf(name), 'utf8'), 'run with UPDATE=1 to rewrite').toBe(expected);
  expect(expected.length).toBeLessThan(250_000);
});

test('the spiked example: pre-processor is suspect, its callers are not, and the load is named', () => {
  const digest = digestTraces(parseTraces(examples.normal), parseTraces(examples.spiked), {
    alertingServices: ['pre-processor'],
  });
  expect(digest.healthy).toBe(false);
  expect(digest.suspects.map((suspect) => suspect.service)).toEqual(['pre-processor']);
  expect(digest.suspects[0]?.operation).toBe('preprocess-request');
  expect(digest.causalPath).toEqual([
    { from: 'load-generator', to: 'web-server', verified: 'span' },
    { from: 'web-server', to: 'pre-processor', verified: 'span' },
  ]);
  expect(digest.signals).toEqual([
    'trace pre-processor preprocess-request latency',
    'trace load-generator send-image calls_up',
    'trace web-server upload-image calls_up',
  ]);
  expect(digest.text).toBe(
    'Prime suspect: pre-processor (preprocess-request): own time p50 of preprocess-request 3.0 ms → 747 ms (×248); ' +
      'requests arrive faster: 0.98 → 2.9 per second (×3.0). Path: load-generator → web-server → pre-processor.',
  );
});

test('the normal example against itself is healthy', () => {
  const digest = digestTraces(parseTraces(examples.normal), parseTraces(examples.normal));
  expect(digest.healthy).toBe(true);
  expect(digest.signals).toEqual([]);
});
