import { describe, expect, it } from 'vitest';
import { createStopwatch } from './stopwatch.ts';

describe('the stopwatch', () => {
  it('counts pieces of a stage that overlap once, and leaves out when none goes on', async () => {
    let time = 0;
    const watch = createStopwatch(() => time);
    const ends: (() => void)[] = [];
    const begin = () => watch.stage('embed', () => new Promise<void>((end) => ends.push(end)));
    const first = begin();
    time = 10;
    const second = begin();
    time = 30;
    ends[0]?.();
    await first;
    time = 40;
    ends[1]?.();
    await second;
    time = 100;
    expect(watch.timings()).toEqual({ embed: 40, total: 100 });
  });

  it('times what a stream does, and not what its reader does', async () => {
    let time = 0;
    const watch = createStopwatch(() => time);
    async function* items() {
      for (const item of [1, 2]) {
        time += 5;
        yield item;
      }
    }
    for await (const _ of watch.stream('read', items())) time += 100;
    expect(watch.timings()).toEqual({ read: 10, total: 210 });
  });
});
