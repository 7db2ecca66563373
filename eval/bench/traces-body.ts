import { buildJaegerTraces } from '../../src/testing/trace-builder.ts';
import type { Fault, ServiceCall } from '../../src/testing/trace-plan.ts';

/** Traces of one call to the generator: enough to be quick, few enough to be small. */
const BATCH = 40;
const RATE = 20;
const BEGAN = Date.parse('2026-01-01T00:00:00Z');

const work = (operation: string, ms: number) => ({ operation, ms });
const call = (service: string, operation: string, ownMs: number, calls: readonly ServiceCall[] = []): ServiceCall => ({
  service,
  operation,
  ownMs,
  calls,
  work: [work('render', 1), work('SELECT', 2)],
  through: `call-${service}`,
});
const database = call('database', 'query', 5);
const stock = call('stock', 'reserve', 8, [database, database]);
const prices = call('prices', 'list', 3, [database]);
const mail: ServiceCall = { ...call('mail', 'send', 30), isAsync: true };
const shop = call('shop', 'order', 4, [stock, prices, mail]);
const web: ServiceCall = { service: 'web', operation: 'POST /orders', ownMs: 2, calls: [shop, prices] };

/** Two windows of Jaeger JSON in one body, about so many spans in all, half of them before and half in the incident. */
export function* writeTraceBody(spans: number): Generator<string> {
  const faults: Fault[] = [{ kind: 'latency', service: 'stock', addMs: 120 }];
  yield '{"baseline":{"data":[';
  yield* writeTraces(spans / 2, 1, []);
  yield ']},"incident":{"data":[';
  yield* writeTraces(spans / 2, 1_000_000, faults);
  yield ']}}\n';
}

function* writeTraces(spans: number, firstSeed: number, faults: readonly Fault[]): Generator<string> {
  let written = 0;
  for (let batch = 0; written < spans; batch++) {
    const startsAt = new Date(BEGAN + ((batch * BATCH) / RATE) * 1000);
    const { data } = buildJaegerTraces({
      seed: firstSeed + batch,
      root: web,
      traces: BATCH,
      rate: RATE,
      startsAt,
      faults,
    });
    for (const trace of data) {
      if (written >= spans) return;
      yield `${written > 0 ? ',' : ''}${JSON.stringify(trace)}`;
      written += trace.spans.length;
    }
  }
}
