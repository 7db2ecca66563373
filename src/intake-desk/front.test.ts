import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import type { ReceivedGroup } from '../domain/occurrence.ts';
import type { IncomingGroup } from '../ports.ts';
import { createRedactor } from '../redact/redact.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { firing, groupAbout, groupOf, ORIGIN } from './__fixtures__/alerts.ts';
import { createFront, type FrontParts } from './front.ts';

const NOW = new Date('2026-03-31T12:00:05Z');
// In two parts, so that no scanner takes this file for a leak.
const TOKEN = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');

/** A front over a store in memory that records its writes, each as long as `gate` says. */
function open(over: Partial<FrontParts> = {}, gate: () => Promise<void> = async () => {}) {
  const store = createMemoryIntake();
  const failures: string[] = [];
  const writes: (readonly IncomingGroup[])[] = [];
  let ids = 0;
  const front = createFront({
    intake: {
      async accept(groups, at) {
        writes.push(groups);
        await gate();
        return store.accept(groups, at);
      },
    },
    redact: async (text) => ({ text, counts: {} }),
    findFacts: () => 'g1',
    now: () => NOW,
    newId: () => `o${++ids}`,
    onFailure: (what, error) => failures.push(`${what}: ${String(error)}`),
    ...over,
  });
  return { front, store, writes, failures };
}

/** A gate that stays shut until it is told. */
function hold() {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { gate, release };
}

const dense = (groups: number, alerts: number, commonAnnotations = {}) =>
  Array.from({ length: groups }, (_, at) => {
    const all = Array.from({ length: alerts }, (_, index) => firing({ fingerprint: `${at}-${index}` }));
    return { ...groupOf(firing()), groupKey: `dense ${at}`, commonAnnotations, alerts: all };
  });

const storm = (count: number) => Array.from({ length: count }, (_, index) => groupAbout('Down', `web-${index}`));

describe('accepting alerts', () => {
  it('answers once they are kept, with what came of each group', async () => {
    const { front, store } = open();
    const accepted = await front.accept([groupAbout('Down', 'web'), groupAbout('Full', 'db')], ORIGIN);
    expect(accepted).toEqual([
      { occurrence: 'o1', outcome: 'new' },
      { occurrence: 'o2', outcome: 'new' },
    ]);
    expect(await store.findOccurrence('o2')).toMatchObject({ status: 'queued', sender: 'alertmanager' });
    expect(await front.accept([groupAbout('Down', 'web')], ORIGIN)).toEqual([
      { occurrence: 'o1', outcome: 'duplicate' },
    ]);
    expect(await front.accept([], ORIGIN)).toEqual([]);
  });

  it('knows an alert again whose sender does not say when it began, and its end', async () => {
    const { front, store } = open();
    const told = (startsAt: string, status: 'firing' | 'resolved') =>
      front.accept([groupOf(firing({ startsAt, status, startIsGuessed: true }))], ORIGIN);
    await told('2026-03-31T12:00:00.000Z', 'firing');
    expect(await told('2026-03-31T12:01:00.000Z', 'firing')).toEqual([{ occurrence: 'o1', outcome: 'duplicate' }]);
    expect(await told('2026-03-31T12:02:00.000Z', 'resolved')).toEqual([{ occurrence: 'o1', outcome: 'resolved' }]);
    expect(await store.findOccurrence('o1')).toMatchObject({ alerts: { firing: 0, resolved: 1 } });
  });

  it('writes together what came while it wrote, and gives everybody their own answers', async () => {
    const { gate, release } = hold();
    const { front, writes } = open({}, () => gate);
    const answers = storm(40).map((group) => front.accept([group, group], ORIGIN));
    release();
    const accepted = await Promise.all(answers);
    expect(writes.map((groups) => groups.length)).toEqual([2, 78]);
    const occurrences = accepted.map(([first, second]) => {
      expect(second).toEqual({ ...first, outcome: 'duplicate' });
      return first;
    });
    expect(new Set(occurrences.map((answer) => JSON.stringify(answer))).size).toBe(40);
  });

  it('bounds one write, but never splits a delivery', async () => {
    const { front, writes } = open();
    await Promise.all([
      front.accept(storm(1), ORIGIN),
      front.accept(storm(700), ORIGIN),
      front.accept(storm(300), ORIGIN),
    ]);
    expect(writes.map((groups) => groups.length)).toEqual([1, 700, 300]);
  });

  it.each([
    ['alerts in small groups', () => storm(500), 20],
    ['alerts in dense groups', () => dense(2, 1_000), 5],
    ['words', () => [groupOf(firing({ annotations: { description: 'x'.repeat(8_388_608) } }))], 7],
    ['words that groups say for all', () => dense(1, 1_000, { help: 'x'.repeat(20_000) }), 3],
  ])('turns senders away when too many %s wait', async (_, delivery, count) => {
    const { front } = open({}, () => new Promise(() => {}));
    let refused = 0;
    const send = (groups: ReceivedGroup[]) => void front.accept(groups, ORIGIN).catch(() => refused++);
    send(storm(1));
    for (let sent = 0; sent < count; sent++) send(delivery());
    await new Promise(setImmediate);
    expect(refused).toBe(0);
    await expect(front.accept(delivery(), ORIGIN)).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
  });

  it('forgets nothing that it took while it turned senders away, and takes more when there is room', async () => {
    const { gate, release } = hold();
    const { front, store } = open({ maxWaiting: { alerts: 10, characters: 10_000 } }, () => gate);
    const first = front.accept(storm(1), ORIGIN);
    const waiting = front.accept(storm(10), ORIGIN);
    await expect(front.accept(storm(1), ORIGIN)).rejects.toMatchObject({ code: 'overloaded' });
    release();
    expect((await Promise.all([first, waiting])).flat()).toHaveLength(11);
    expect(await store.countQueue()).toMatchObject({ undecided: 10 });
    await expect(front.accept(storm(1), ORIGIN)).resolves.toHaveLength(1);
  });

  it('takes what is too much even alone, when nothing else waits', async () => {
    const { gate, release } = hold();
    const { front } = open({ maxWaiting: { alerts: 10, characters: 10_000 } }, () => gate);
    const taken = [front.accept(storm(1), ORIGIN), front.accept(storm(20), ORIGIN)];
    release();
    expect((await Promise.all(taken)).flat()).toHaveLength(21);
  });

  it('answers a small delivery of one sender while dense ones of another wait', async () => {
    const { front, writes } = open();
    const answered: string[] = [];
    const send = async (name: string, groups: ReceivedGroup[], sender: 'alertmanager' | 'grafana') => {
      await front.accept(groups, { ...ORIGIN, sender });
      answered.push(name);
    };
    await Promise.all([
      send('first', storm(1), 'alertmanager'),
      ...['dense 1', 'dense 2', 'dense 3'].map((name) => send(name, dense(2, 300), 'alertmanager')),
      send('small 1', storm(1), 'grafana'),
      send('small 2', storm(2), 'grafana'),
    ]);
    expect(answered).toEqual(['first', 'dense 1', 'small 1', 'small 2', 'dense 2', 'dense 3']);
    expect(writes).toHaveLength(5);
  });

  it('keeps what a sender says in its order, for an end must not overtake its beginning', async () => {
    const { front, writes } = open();
    const sizes = [1, 700, 2, 300, 1];
    await Promise.all(sizes.map((size) => front.accept(storm(size), ORIGIN)));
    expect(writes.map((groups) => groups.length)).toEqual([1, 700, 303]);
  });

  it('says that nothing is kept when the casebook is away, and works again when it is back', async () => {
    let isAway = true;
    const { front } = open({}, async () => {
      if (isAway) throw new PrecedentError('casebook-unavailable', 'away');
    });
    await expect(front.accept(storm(2), ORIGIN)).rejects.toMatchObject({ code: 'casebook-unavailable' });
    isAway = false;
    await expect(front.accept(storm(2), ORIGIN)).resolves.toHaveLength(2);
  });

  it('writes what waits before it closes, and takes nothing more', async () => {
    const { front, store } = open();
    const waiting = [front.accept(storm(3), ORIGIN), front.accept([groupAbout('Full', 'db')], ORIGIN)];
    await front[Symbol.asyncDispose]();
    expect((await Promise.all(waiting)).flat()).toHaveLength(4);
    expect(await store.countQueue()).toMatchObject({ undecided: 4 });
    await expect(front.accept(storm(1), ORIGIN)).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('keeps what a noise rule filters, under its name', async () => {
    const { front, store } = open({ findFilter: (group) => (group.groupKey.includes('db') ? 'quiet-db' : undefined) });
    const accepted = await front.accept([groupAbout('Full', 'db'), groupAbout('Full', 'web')], ORIGIN);
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['filtered', 'new']);
    expect(await store.findOccurrence('o1')).toMatchObject({ status: 'filtered', filteredBy: 'quiet-db' });
  });

  it('hides nothing when rules cannot be applied', async () => {
    const { front, failures } = open({
      findFilter: () => {
        throw new TypeError('no rule');
      },
    });
    const accepted = await front.accept([groupAbout('Full', 'db'), groupAbout('Full', 'web')], ORIGIN);
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['new', 'new']);
    expect(failures).toEqual(['apply noise rules: TypeError: no rule']);
  });

  it('answers senders whatever becomes of those who are told of it', async () => {
    const { front, failures } = open({
      onAccepted: () => {
        throw new TypeError('no listener');
      },
    });
    await Promise.all(storm(3).map((group) => front.accept([group], ORIGIN)));
    expect(new Set(failures)).toEqual(new Set(['tell of accepted alerts: TypeError: no listener']));
  });

  it('makes a situation like no other while nobody knows what its answer will depend on', async () => {
    const { front, writes } = open({ findFacts: () => undefined });
    await front.accept([groupAbout('Down', 'web')], ORIGIN);
    await front.accept([groupAbout('Down', 'web')], ORIGIN);
    const keys = writes.flat().map(({ situationKey }) => situationKey);
    expect(new Set(keys).size).toBe(2);
  });

  it('makes each alert say what its group says for all', async () => {
    const { front, store } = open();
    const group: ReceivedGroup = {
      ...groupOf(firing({ labels: { alertname: 'Down', service: 'own' } })),
      commonLabels: { service: 'shared', team: 'payments' },
      commonAnnotations: { summary: 'it is down' },
    };
    await front.accept([group], ORIGIN);
    expect(await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 10)).toMatchObject([
      { labels: { alertname: 'Down', service: 'own', team: 'payments' }, annotations: { summary: 'it is down' } },
    ]);
  });

  it('lets no secret through', async () => {
    const { front, writes } = open({ redact: createRedactor(['secrets']) });
    await front.accept([groupOf(firing({ annotations: { summary: `login with ${TOKEN}` } }))], ORIGIN);
    expect(JSON.stringify(writes)).not.toContain(TOKEN);
    expect(JSON.stringify(writes)).toContain('login with (redacted:github-key)');
  });
});
