import { describe, expect, it } from 'vitest';
import { createRandom } from '../../testing/trace-random.ts';
import { measureQueue, type Visit } from './queue.ts';

type Random = () => number;

function arrive(random: Random, count: number): number[] {
  let seconds = 0;
  return Array.from({ length: count }, () => {
    seconds -= Math.log(1 - random());
    return seconds;
  });
}

function spread(random: Random): number {
  return Math.exp(0.3 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

function toVisits(arrivals: readonly number[], ends: readonly number[]): Visit[] {
  return arrivals.map((start, index) => {
    const [startUs, endUs] = [start * 1e6, (ends[index] ?? start) * 1e6];
    return { trace: `t${index}`, startUs, endUs, ownUs: endUs - startUs };
  });
}

/** Arrivals at random, one per second, and workers that are busy with each for so many seconds. */
function queueUp(random: Random, workers: number, busySeconds: number, count = 80): Visit[] {
  const arrivals = arrive(random, count);
  const freeAt = Array.from({ length: workers }, () => 0);
  const ends = arrivals.map((start) => {
    const first = freeAt.indexOf(Math.min(...freeAt));
    const end = Math.max(start, freeAt[first] ?? 0) + busySeconds * spread(random);
    freeAt[first] = end;
    return end;
  });
  return toVisits(arrivals, ends);
}

/** The last to come is served first: nobody's time tells how many were before it. */
function pileUp(random: Random, busySeconds: number): Visit[] {
  const arrivals = arrive(random, 80);
  const ends: number[] = [];
  const pile: number[] = [];
  let now = 0;
  for (let next = 0; next < arrivals.length || pile.length > 0; ) {
    if (pile.length === 0) now = Math.max(now, arrivals[next] ?? now);
    while (next < arrivals.length && (arrivals[next] ?? 0) <= now) pile.push(next++);
    now += busySeconds * spread(random);
    ends[pile.pop() ?? 0] = now;
  }
  return toVisits(arrivals, ends);
}

/** One worker, whom every request needs twice: once it has him, it keeps its turn. */
function queueTwice(random: Random, busySeconds: number): Visit[] {
  return queueUp(random, 1, 2 * busySeconds).flatMap((visit) => {
    const halfUs = (busySeconds * 1e6) / 2;
    const second = visit.endUs - halfUs;
    return [
      { ...visit, endUs: second, ownUs: second - visit.startUs },
      { ...visit, startUs: second, ownUs: halfUs },
    ];
  });
}

function delay(random: Random, secondsAt: (index: number, start: number) => number): Visit[] {
  const arrivals = arrive(random, 80);
  return toVisits(
    arrivals,
    arrivals.map((start, index) => start + secondsAt(index, start) * spread(random)),
  );
}

function shareOfQueues(build: (random: Random) => Visit[], hasMoreLoad = false): number {
  const found = Array.from({ length: 100 }, (_, seed) => {
    const visits = build(createRandom(9000 + seed));
    return measureQueue(visits, visits, hasMoreLoad)?.isQueue;
  });
  return found.filter(Boolean).length / found.length;
}

describe('a queue is seen', () => {
  it.each<[string, (random: Random) => Visit[]]>([
    ['one worker, busy', (random) => queueUp(random, 1, 0.8)],
    ['one worker, with more than it can do', (random) => queueUp(random, 1, 1.5)],
    ['one worker who takes the last first', (random) => pileUp(random, 0.9)],
    ['one worker, needed twice by each request', (random) => queueTwice(random, 0.45)],
    ['eight workers, with far more than they can do', (random) => queueUp(random, 8, 20)],
  ])('%s', (_, build) => {
    expect(shareOfQueues(build)).toBeGreaterThanOrEqual(0.85);
  });

  it('in eight workers with a little too much, knowing that there is more to do than before', () => {
    expect(shareOfQueues((random) => queueUp(random, 8, 10.5, 150), true)).toBeGreaterThanOrEqual(0.6);
  });
});

describe('a delay is no queue', () => {
  it.each<[string, (random: Random) => Visit[]]>([
    ['short', (random) => delay(random, () => 0.2)],
    ['long, so that many are in flight', (random) => delay(random, () => 15)],
    ['of one in three', (random) => delay(random, () => (random() < 0.35 ? 10 : 0.1))],
    ['that sets in halfway', (random) => delay(random, (index) => (index < 40 ? 0.1 : 10))],
    ['that comes and goes', (random) => delay(random, (_, start) => (Math.floor(start / 15) % 2 ? 4 : 0.1))],
  ])('%s', (_, build) => {
    expect(shareOfQueues(build)).toBeLessThanOrEqual(0.05);
  });
});

describe('a queue is not judged', () => {
  it('by fewer than sixteen requests', () => {
    const visits = queueUp(createRandom(1), 1, 3);
    expect(measureQueue(visits.slice(0, 15), visits, true)).toBeUndefined();
  });

  it('by the order in which they are told', () => {
    const visits = queueUp(createRandom(1), 1, 0.9);
    expect(measureQueue(visits.toReversed(), visits.toReversed(), false)).toEqual(measureQueue(visits, visits, false));
  });

  it('by waiting for its own trace: a call within a call is no neighbour', () => {
    const outer = delay(createRandom(3), () => 0.5);
    const inner = outer.map(({ trace, startUs, endUs }) => {
      const [from, to] = [startUs + 1_000, endUs - 1_000];
      return { trace, startUs: from, endUs: to, ownUs: to - from };
    });
    expect(measureQueue(inner, [...outer, ...inner], false)?.isQueue).toBe(false);
  });
});
