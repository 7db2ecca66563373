import { expect, it } from 'vitest';
import { createBoundedMemory } from './bounded-memory.ts';

it('remembers what was kept, and keeps what is asked for longest', () => {
  const memory = createBoundedMemory<number>(100);
  memory.keep('asked', 1);
  memory.keep('forgotten', 2);
  for (let n = 0; n < 1_000; n++) {
    memory.keep(`${n}`, n);
    if (n % 20 === 0) expect(memory.find('asked')).toBe(1);
  }
  expect(memory.find('forgotten')).toBeUndefined();
  const kept = Array.from({ length: 1_000 }, (_, n) => memory.find(`${n}`)).filter((value) => value !== undefined);
  expect(kept.length).toBeLessThanOrEqual(100);
});
