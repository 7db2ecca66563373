import { afterEach, describe, expect, it } from 'vitest';
import { until } from './__fixtures__/alerts.ts';
import { createLoop, type LoopParts } from './loop.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

const NEVER_MS = 60_000;

function loopOf(run: () => Promise<boolean>, over: Partial<LoopParts> = {}) {
  const failures: string[] = [];
  const loop = createLoop({ run, idleMs: NEVER_MS, onFailure: (error) => failures.push(String(error)), ...over });
  open.push(loop);
  return { loop, failures };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a loop', () => {
  it('looks at once, then when it is woken, and again when it was woken meanwhile', async () => {
    let rounds = 0;
    const { loop } = loopOf(async () => {
      rounds++;
      await pause(5);
      return false;
    });
    loop.wake();
    await pause(5);
    expect(rounds).toBe(0);
    loop.start();
    await until(() => rounds === 1);
    loop.wake();
    loop.wake();
    await until(() => rounds === 2);
    await pause(20);
    expect(rounds).toBe(2);
  });

  it('looks by itself now and then, and goes on while there is more', async () => {
    let rounds = 0;
    const { loop } = loopOf(async () => ++rounds < 3, { idleMs: 20 });
    loop.start();
    await until(() => rounds === 3);
    await until(() => rounds === 5);
  });

  it('keeps its pace, however often it is woken', async () => {
    let rounds = 0;
    const { loop } = loopOf(async () => ++rounds < 0, { paceMs: 40 });
    loop.start();
    const waking = setInterval(() => loop.wake(), 2);
    await pause(200);
    clearInterval(waking);
    expect(rounds).toBeGreaterThanOrEqual(2);
    expect(rounds).toBeLessThanOrEqual(6);
  });

  it('tries again after a failure, not sooner for being woken, and tells of each kind once', async () => {
    let rounds = 0;
    const { loop, failures } = loopOf(
      async () => {
        if (++rounds <= 3) throw new Error(rounds < 3 ? 'away' : 'broken');
        return false;
      },
      { retryMs: 10 },
    );
    loop.start();
    const waking = setInterval(() => loop.wake(), 1);
    await until(() => rounds >= 4);
    clearInterval(waking);
    expect(failures).toEqual(['Error: away', 'Error: broken']);
  });

  it('ends with the round that runs', async () => {
    let rounds = 0;
    let ended = 0;
    const { loop } = loopOf(async () => {
      rounds++;
      await pause(10);
      ended++;
      return true;
    });
    loop.start();
    await until(() => rounds === 1);
    await loop[Symbol.asyncDispose]();
    expect(ended).toBe(1);
    loop.wake();
    await pause(10);
    expect(rounds).toBe(1);
  });
});
