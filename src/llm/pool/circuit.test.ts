import { describe, expect, it } from 'vitest';
import type { ModelFailureKind } from '../../domain/model-failure.ts';
import { createCircuit, MAX_COOL_MS, MAX_TOLD_MS } from './circuit.ts';

/** A circuit without spread that fails with requests that take no time. */
function openCircuit(random = () => 1) {
  const circuit = createCircuit(random);
  let now = 0;
  return {
    circuit,
    fail(kind: ModelFailureKind, retryAfterMs?: number): number {
      circuit.fail({ kind, retryAfterMs }, { startedAt: now, now });
      return circuit.remainingMs(now);
    },
    pass(ms: number): string {
      now += ms;
      return circuit.state(now);
    },
    at: () => now,
  };
}

describe('a circuit', () => {
  it('is closed until something fails', () => {
    expect(openCircuit().pass(0)).toBe('closed');
  });

  it('doubles its cool-down with every failure in a row, up to a limit', () => {
    const { fail, pass } = openCircuit();
    const cooled = Array.from({ length: 12 }, () => {
      const ms = fail('server');
      pass(ms);
      return ms;
    });
    expect(cooled.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(cooled.slice(-2)).toEqual([MAX_COOL_MS, MAX_COOL_MS]);
  });

  it('lets one try when it has cooled down, is closed by an answer and opened for longer by a failure', () => {
    const { circuit, fail, pass, at } = openCircuit();
    fail('network');
    expect(pass(999)).toBe('open');
    expect(pass(1)).toBe('half-open');
    expect(fail('network')).toBe(2_000);
    expect(pass(2_000)).toBe('half-open');
    circuit.succeed(at());
    expect(pass(0)).toBe('closed');
    expect(fail('network')).toBe(1_000);
  });

  it.each<[number | undefined, number]>([
    [undefined, 1_000],
    [20_000, 20_000],
    [0, 1_000],
    [86_400_000, MAX_TOLD_MS],
  ])('waits as an endpoint that told %s ms asks for, within bounds: %s ms', (told, expected) => {
    expect(openCircuit().fail('rate-limit', told)).toBe(expected);
  });

  it('waits long for a quota, which does not come back within seconds', () => {
    expect(openCircuit().fail('quota')).toBe(MAX_COOL_MS);
    expect(openCircuit().fail('quota', 1_000)).toBe(MAX_COOL_MS);
  });

  it.each<ModelFailureKind>(['server', 'network', 'timeout', 'unusable', 'auth', 'not-found'])(
    'is opened by what is the endpoint’s own fault: %s',
    (kind) => {
      expect(openCircuit().fail(kind)).toBe(1_000);
    },
  );

  it.each<ModelFailureKind>(['refused', 'context'])('is closed by an endpoint that answers at all: %s', (kind) => {
    const { fail, pass } = openCircuit();
    pass(fail('server'));
    fail(kind);
    expect(pass(0)).toBe('closed');
  });

  it('learns nothing from a request that nobody waited for', () => {
    const { fail, pass } = openCircuit();
    fail('cancelled');
    expect(pass(0)).toBe('closed');
    pass(fail('server'));
    fail('cancelled');
    expect(pass(0)).toBe('half-open');
  });

  it('counts requests that were under way together once, and believes none of their answers', () => {
    const circuit = createCircuit(() => 1);
    for (let i = 0; i < 5; i++) circuit.fail({ kind: 'server' }, { startedAt: 0, now: 10 + i });
    expect(circuit.remainingMs(14)).toBe(1_000);
    circuit.succeed(5);
    expect(circuit.state(20)).toBe('open');
    circuit.fail({ kind: 'rate-limit', retryAfterMs: 30_000 }, { startedAt: 0, now: 20 });
    expect(circuit.remainingMs(20)).toBe(30_000);
  });

  it('spreads cool-downs by a quarter', () => {
    expect(openCircuit(() => 0).fail('server')).toBe(750);
  });
});
