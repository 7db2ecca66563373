import { describe, expect, it } from 'vitest';
import { createWorkers } from './trace-workers.ts';

describe('workers', () => {
  it('serve one at a time, and whoever comes meanwhile waits', () => {
    const workers = createWorkers({ web: 1 });
    expect([0, 10, 20].map((arrivedUs) => workers.take('web', arrivedUs, 100))).toEqual([0, 100, 200]);
  });

  it('are as many as there are', () => {
    const workers = createWorkers({ web: 2 });
    expect([0, 10, 20].map((arrivedUs) => workers.take('web', arrivedUs, 100))).toEqual([0, 10, 100]);
  });

  it('use a hole between others only when it is long enough', () => {
    const workers = createWorkers({ web: 1 });
    workers.take('web', 0, 100);
    workers.take('web', 150, 100);
    expect(workers.take('web', 50, 60)).toBe(250);
    expect(workers.take('web', 50, 40)).toBe(100);
  });

  it('of services that nobody counted are always free', () => {
    expect(createWorkers({ web: 1 }).take('db', 7, 100)).toBe(7);
  });
});
