import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { startDeadline } from './deadline.ts';

const ended = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason instanceof Error ? signal.reason.name : 'other'));
  });

it('comes when the time is over, whatever the garbage collector took meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('this Node has no collector to call');
  const caller = new AbortController();
  using deadline = startDeadline(60, caller.signal);
  const end = ended(deadline.signal);
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  expect(await end).toBe('TimeoutError');
  expect(deadline.isOver()).toBe(true);
});

it('comes with whoever asked, before or after it began', async () => {
  const caller = new AbortController();
  using deadline = startDeadline(60_000, caller.signal);
  caller.abort(new Error('gone'));
  expect(deadline.signal.reason).toEqual(new Error('gone'));
  using late = startDeadline(60_000, caller.signal);
  expect(late.signal.aborted).toBe(true);
  expect(late.isOver()).toBe(false);
});

it('ends with what it was for', () => {
  const { signal } = (() => {
    using deadline = startDeadline(60_000);
    expect(deadline.signal.aborted).toBe(false);
    return deadline;
  })();
  expect(signal.aborted).toBe(true);
});

it('comes later, once, when there is a reason for it', async () => {
  const start = performance.now();
  using deadline = startDeadline(50, undefined, () => 100);
  await ended(deadline.signal);
  expect(performance.now() - start).toBeGreaterThan(140);
  expect(deadline.isOver()).toBe(true);
});
