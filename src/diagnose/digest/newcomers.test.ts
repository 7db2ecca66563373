import { describe, expect, it } from 'vitest';
import type { ParsedTraces } from '../../domain/trace.ts';
import { parseTraces } from '../../traces/parse.ts';
import { digestTraces } from './digest.ts';

interface Call {
  readonly service: string;
  readonly operation: string;
  readonly ms: number;
  readonly erring?: number;
}

/** Forty requests of `web`, each with one call; `erring` of them fail. `through` is a client span around it. */
function windowOf({ service, operation, ms, erring = 0 }: Call): ParsedTraces {
  const spans = Array.from({ length: 40 }, (_, at) => {
    const start = 1_767_225_600_000_000 + at * 1_000_000;
    const took = (ms + (at % 5)) * 1000;
    const tags = at < erring ? { error: 'refused' } : {};
    const common = { traceId: `t${at}`, tags };
    return [
      {
        ...common,
        id: 'a',
        kind: 'SERVER',
        name: 'GET /',
        timestamp: start,
        duration: took + 8000,
        localEndpoint: { serviceName: 'web' },
      },
      {
        ...common,
        id: 'b',
        parentId: 'a',
        kind: 'SERVER',
        name: operation,
        timestamp: start + 4000,
        duration: took,
        localEndpoint: { serviceName: service },
      },
    ];
  });
  return parseTraces(spans.flat());
}

const before = windowOf({ service: 'payments', operation: 'charge', ms: 20 });

describe('what the baseline does not know', () => {
  it.each([
    ['operation', { service: 'payments', operation: 'v2 charge' }],
    ['service', { service: 'payments-v2', operation: 'charge' }],
  ])('is suspect when it errs: a new %s', (_, name) => {
    const { healthy, suspects } = digestTraces(before, windowOf({ ...name, ms: 20, erring: 15 }));
    expect(healthy).toBe(false);
    expect(suspects[0]).toMatchObject({ ...name, before: null });
    expect(suspects[0]?.reasons.join()).toContain('0 of 0 → 15 of 40');
  });

  it('is suspect when the requests it is in take longer, and most of that is its own', () => {
    const { suspects } = digestTraces(before, windowOf({ service: 'payments-v2', operation: 'charge', ms: 900 }));
    expect(suspects[0]?.service).toBe('payments-v2');
    expect(suspects[0]?.reasons[0]).toBe('charge is new and takes 902 ms itself; requests took 30 ms and take 910 ms');
  });

  it('is not when it only has another name', () => {
    const { suspects } = digestTraces(before, windowOf({ service: 'payments', operation: 'v2 charge', ms: 20 }));
    expect(suspects.flatMap(({ reasons }) => reasons).filter((reason) => /is new|errors/.test(reason))).toEqual([]);
  });
});

describe('a callee that sends no spans', () => {
  const withDatabase = (ms: number): ParsedTraces =>
    parseTraces(
      Array.from({ length: 40 }, (_, at) => {
        const start = 1_767_225_600_000_000 + at * 1_000_000;
        const took = (ms + (at % 3)) * 1000;
        const web = { localEndpoint: { serviceName: 'web' }, traceId: `t${at}` };
        return [
          { ...web, id: 'a', kind: 'SERVER', name: 'GET /', timestamp: start, duration: took + 5000 },
          {
            ...web,
            id: 'b',
            parentId: 'a',
            kind: 'CLIENT',
            name: 'SELECT orders',
            timestamp: start + 2000,
            duration: took,
            remoteEndpoint: { serviceName: 'orders-db' },
          },
        ];
      }).flat(),
    );

  it('is charged with its own slowness, and the path leads to it', () => {
    const { suspects, causalPath } = digestTraces(withDatabase(5), withDatabase(600));
    expect(suspects.map(({ service }) => service)).toEqual(['orders-db']);
    expect(causalPath).toEqual([{ from: 'web', to: 'orders-db', verified: 'span' }]);
  });
});

it('what had not ended at the moment asked about is no damage', () => {
  const cut = { ...before, repairs: { 'after-as-of': 90 } };
  expect(digestTraces(before, cut).text).not.toContain('Judge with care');
  expect(digestTraces(before, { ...before, repairs: { 'after-as-of': 90, cycle: 1 } }).text).toContain('1 repair was');
});
