import { afterEach, describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { buildServiceGraph, ServiceNode } from '../domain/topology.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { DEFAULT_TRIAGE } from '../triage/triage.ts';
import { groupAbout, ORIGIN, until } from './__fixtures__/alerts.ts';
import { createDispatcher, type DispatcherParts, type Reuse, type TriageCounts } from './dispatcher.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

const graph = buildServiceGraph([ServiceNode.parse({ name: 'checkout', dependsOn: [{ service: 'orders-db' }] })]);
const knownServices = new Map(['checkout', 'orders-db'].map((name) => [name, name]));
const topology = { graph, knownServices };

/** A dispatcher over a store in memory, at a clock that a test moves. */
function setUp(over: Partial<DispatcherParts> = {}) {
  const intake = createMemoryIntake();
  const clock = { at: Date.parse('2026-03-31T12:00:00Z') };
  const failures: string[] = [];
  const triaged: TriageCounts[] = [];
  const reused: Reuse[] = [];
  let tasks = 0;
  let ids = 0;
  const build = (owner = 'd', more: Partial<DispatcherParts> = {}) => {
    const dispatcher = createDispatcher({
      ...{ intake, owner, settings: DEFAULT_TRIAGE, reuseMinutes: 60, idleMs: 2 },
      readTopology: async () => topology,
      now: () => new Date(clock.at),
      newId: () => `new-${owner}-${++ids}`,
      onTriaged: (counts) => triaged.push(counts),
      onReuse: (pairs) => void reused.push(...pairs),
      onTasks: () => tasks++,
      onFailure: (what, error) => failures.push(`${what}: ${String(error)}`),
      ...over,
      ...more,
    });
    open.push(dispatcher);
    return dispatcher;
  };
  const accept = (id: string, alertname: string, service: string) =>
    intake.accept(
      [{ id, ...ORIGIN, group: groupAbout(alertname, service), situationKey: `${alertname} ${service}` }],
      new Date(clock.at),
    );
  const find = async (id: string) => (await intake.findOccurrence(id)) ?? expect.fail(`no occurrence ${id}`);
  return { intake, clock, failures, triaged, reused, build, accept, find, countTasks: () => tasks };
}

describe('the dispatcher', () => {
  it('has an alert diagnosed that nothing is like, and wakes the workers', async () => {
    const { build, accept, find, countTasks, triaged, clock, intake } = setUp();
    await accept('a', 'Down', 'checkout');
    build().start();
    await until(async () => (await find('a')).status === 'waiting');
    expect(await intake.claim('w', 5, new Date(clock.at), new Date(clock.at + 1))).toMatchObject([{ id: 'a' }]);
    expect(triaged).toEqual([{ diagnosed: 1, joined: 0, reused: 0, rediagnosed: 0 }]);
    expect(countTasks()).toBe(1);
  });

  it('joins what the topology joins', async () => {
    const { build, accept, find } = setUp();
    await accept('a', 'Slow', 'checkout');
    await accept('b', 'Full', 'orders-db');
    build().start();
    await until(async () => (await find('b')).status === 'waiting');
    const [a, b] = [await find('a'), await find('b')];
    expect(a.outage).toBeDefined();
    expect(a.outage).toBe(b.outage);
  });

  it('answers a situation again with the answer it had, tells of it first, and does so for as long as it may', async () => {
    const { build, accept, find, clock, intake, reused } = setUp();
    const dispatcher = build();
    dispatcher.start();
    await accept('a', 'Down', 'checkout');
    await until(async () => (await find('a')).status === 'waiting');
    await intake.claim('w', 1, new Date(clock.at), new Date(clock.at + 1));
    await intake.finish('a', 'answered', new Date(clock.at));
    const ended = { ...groupAbout('Down', 'checkout') };
    const alerts = ended.alerts.map((alert) => ({ ...alert, status: 'resolved' as const }));
    await intake.accept([{ id: 'x', ...ORIGIN, group: { ...ended, alerts }, situationKey: '' }], new Date(clock.at));
    const again = async (id: string, minutes: number) => {
      clock.at += minutes * 60_000;
      const startsAt = new Date(clock.at).toISOString();
      const firing = ended.alerts.map((alert) => ({ ...alert, startsAt }));
      const group = { ...ended, alerts: firing, groupKey: id };
      await intake.accept([{ id, ...ORIGIN, group, situationKey: 'Down checkout' }], new Date(clock.at));
      await until(async () => (await find(id)).status !== 'queued');
      return find(id);
    };
    expect(await again('b', 30)).toMatchObject({ status: 'answered', diagnosis: 'a', because: 'identical' });
    expect(reused).toEqual([{ occurrence: 'b', diagnosis: 'a' }]);
    expect(await again('c', 90)).toMatchObject({ status: 'waiting', because: 'own' });
  });

  it('decides one at a time, however many processes there are', async () => {
    let deciding = 0;
    let most = 0;
    const { build, accept, find, triaged } = setUp({
      readTopology: async () => {
        most = Math.max(most, ++deciding);
        await new Promise((resolve) => setTimeout(resolve, 3));
        deciding--;
        return topology;
      },
    });
    for (const owner of ['d1', 'd2', 'd3']) build(owner).start();
    for (let index = 0; index < 10; index++) {
      await accept(`a${index}`, `Down${index}`, `thing-${index}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(async () => (await find('a9')).status === 'waiting');
    expect(most).toBe(1);
    expect(triaged.reduce((sum, { diagnosed, joined }) => sum + diagnosed + joined, 0)).toBeGreaterThanOrEqual(10);
  });

  it('waits a little for a topology that is away, then decides without, and says so once', async () => {
    const { build, accept, find, clock, failures } = setUp({
      readTopology: async () => {
        throw new PrecedentError('index-unavailable', 'the index is away');
      },
    });
    await accept('a', 'Down', 'checkout');
    build().start();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await find('a')).toMatchObject({ status: 'queued' });
    clock.at += 10_000;
    await until(async () => (await find('a')).status === 'waiting');
    expect(failures).toEqual(['read topology: PrecedentError: the index is away']);
  });

  it('does not wait for knowledge that nobody ever brought in', async () => {
    const { build, accept, find } = setUp({
      readTopology: async () => {
        throw new PrecedentError('index-empty', 'nothing was ever ingested');
      },
    });
    await accept('a', 'Down', 'checkout');
    build().start();
    await until(async () => (await find('a')).status === 'waiting');
  });

  it('goes on when the casebook is back, and says once that it was away', async () => {
    let isAway = true;
    const store = createMemoryIntake();
    const { build, failures } = setUp();
    build('d', {
      intake: {
        ...store,
        async listUndecided(limit) {
          if (isAway) throw new PrecedentError('casebook-unavailable', 'the casebook is away');
          return store.listUndecided(limit);
        },
      },
      retryMs: 2,
    }).start();
    await store.accept([{ id: 'a', ...ORIGIN, group: groupAbout('Down', 'web'), situationKey: 'k' }], new Date());
    await new Promise((resolve) => setTimeout(resolve, 30));
    isAway = false;
    await until(async () => (await store.findOccurrence('a'))?.status === 'waiting');
    expect(failures).toEqual(['triage alerts: PrecedentError: the casebook is away']);
  });

  it('writes nothing while there is nothing to decide', async () => {
    const store = createMemoryIntake();
    let turns = 0;
    const { build } = setUp();
    build('d', {
      intake: {
        ...store,
        async takeTurn(name, owner, now, until) {
          turns++;
          return store.takeTurn(name, owner, now, until);
        },
      },
    }).start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(turns).toBe(0);
  });

  it('writes nothing for an outage that has grown by too little to be diagnosed again', async () => {
    const { build, accept, find, clock, intake } = setUp();
    let turns = 0;
    const takeTurn: typeof intake.takeTurn = async (...turn) => {
      turns++;
      return intake.takeTurn(...turn);
    };
    build('d', { intake: { ...intake, takeTurn } }).start();
    for (const id of ['a', 'b', 'c']) await accept(id, 'Down', id);
    await until(async () => (await find('c')).status === 'waiting');
    await accept('e', 'Down', 'e');
    await until(async () => (await find('e')).status === 'waiting');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = turns;
    for (let looks = 0; looks < 3; looks++) {
      clock.at += 100_000;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(turns).toBe(before);
  });

  it('keeps its turn for as long as a triage takes, so that no two take it from each other for ever', async () => {
    const { build, accept, find, intake } = setUp();
    const slow: Partial<DispatcherParts> = {
      intake: {
        ...intake,
        async listRecentLone(since, limit) {
          await new Promise((resolve) => setTimeout(resolve, 90));
          return intake.listRecentLone(since, limit);
        },
      },
      now: () => new Date(),
      turnMs: 60,
    };
    await accept('a', 'Down', 'checkout');
    for (const owner of ['d1', 'd2']) build(owner, slow).start();
    await until(async () => (await find('a')).status === 'waiting', 1_000);
  });
});
