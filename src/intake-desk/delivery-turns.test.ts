import { describe, expect, it } from 'vitest';
import { NO_LOAD } from './delivery-load.ts';
import { createDeliveryTurns } from './delivery-turns.ts';

const LIMIT = { alerts: 10, characters: 100 };

/** Deliveries by name, the first letter being whose they are; then what each write takes. */
function writesOf(...deliveries: readonly (readonly [name: string, alerts: number, characters?: number])[]) {
  const turns = createDeliveryTurns<{ name: string; from: string; load: typeof NO_LOAD }>();
  for (const [name, alerts, characters = 0] of deliveries) {
    turns.add({ name, from: name.slice(0, 1), load: { alerts, characters } });
  }
  const writes: string[] = [];
  while (!turns.isEmpty) {
    const names = turns.take(LIMIT).map(({ name }) => name);
    writes.push(names.join(' '));
  }
  expect(turns.load).toEqual(NO_LOAD);
  return writes;
}

describe('turns of deliveries', () => {
  it('take one of each sender, then the next of each, as long as there is room', () => {
    expect(writesOf(['a1', 3], ['a2', 3], ['a3', 3], ['b1', 1], ['b2', 1])).toEqual(['a1 b1 a2 b2', 'a3']);
  });

  it('bound alerts and words, and take what is larger alone', () => {
    expect(writesOf(['a1', 6], ['b1', 6], ['c1', 1, 500], ['d1', 1, 60], ['e1', 1, 60])).toEqual([
      'a1 d1',
      'b1 e1',
      'c1',
    ]);
  });

  it('begin with whom there was no room for, so that small ones never hold up a large one for good', () => {
    const small = Array.from({ length: 6 }, (_, index): [string, number] => [`s${index}`, 2]);
    expect(writesOf(...small, ['d1', 50], ['d2', 50])).toEqual(['s0 s1 s2 s3 s4', 'd1', 's5', 'd2']);
  });

  it('keep the order of each sender', () => {
    expect(writesOf(['a1', 20], ['a2', 1], ['a3', 20], ['a4', 1])).toEqual(['a1', 'a2', 'a3', 'a4']);
  });
});
