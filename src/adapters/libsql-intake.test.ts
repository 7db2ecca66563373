import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIncoming, buildReceivedAlert } from '../testing/intake-builder.ts';
import { describeIntakeIdentity } from './intake-identity.contract.ts';
import { describeIntakeOutages } from './intake-outages.contract.ts';
import { describeIntakeSilence } from './intake-silence.contract.ts';
import { describeAcceptance } from './intake-store.contract.ts';
import { describeIntakeWork, diagnose } from './intake-work.contract.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { LibsqlConnection } from './libsql-connection.ts';
import { createLibsqlIntake } from './libsql-intake.ts';
import { countQueue } from './libsql-intake-tasks.ts';

const AT = new Date('2026-03-10T12:01:00.000Z');
const LATER = new Date('2026-03-10T12:05:00.000Z');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-intake-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

const open = async () => {
  const connection = new LibsqlConnection({ url: await newUrl() });
  return { store: createLibsqlIntake(connection), casebook: createLibsqlCasebook(connection) };
};

describeAcceptance('libSQL file', open);
describeIntakeIdentity('libSQL file', open);
describeIntakeWork('libSQL file', open);
describeIntakeOutages('libSQL file', open);
describeIntakeSilence('libSQL file', open);

describe('two processes on one file', () => {
  /** Two connections wait for each other as two processes do, but that one thread stands still for both. */
  async function openTwo() {
    const url = await newUrl();
    const [one, other] = [createLibsqlIntake({ url }), createLibsqlIntake({ url })];
    await Promise.all([one.accept([buildIncoming('o-first')], AT), other.countQueue()]);
    return { one, other };
  }

  it('that are told the same at once keep it once', async () => {
    const { one, other } = await openTwo();
    await using _ = one;
    await using __ = other;
    const told = Array.from({ length: 20 }, (_, at) => `s${at}`);
    const answers = await Promise.all(
      [one, other].flatMap((store, who) =>
        told.map((key) =>
          store.accept([buildIncoming(`${who}-${key}`, { groupKey: key, alerts: [buildReceivedAlert(key)] })], AT),
        ),
      ),
    );
    const outcomes = answers.flat().map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(20);
    expect((await one.listUndecided(99)).filter(({ groupKey }) => groupKey.startsWith('s'))).toHaveLength(20);
  });

  it('that are told of one group’s alerts at once count each of them in one occurrence', async () => {
    const { one, other } = await openTwo();
    await using _ = one;
    await using __ = other;
    const tell = (at: number, status: 'firing' | 'resolved') =>
      (at % 2 === 0 ? one : other).accept(
        [buildIncoming(`t${at}-${status}`, { groupKey: 'g', alerts: [buildReceivedAlert(`f${at}`, { status })] })],
        AT,
      );
    const firing = await Promise.all(Array.from({ length: 16 }, (_, at) => tell(at, 'firing')));
    const ids = new Set(firing.flat().map((answer) => 'occurrence' in answer && answer.occurrence));
    expect(ids.size).toBe(1);
    await Promise.all(Array.from({ length: 16 }, (_, at) => tell(at, 'resolved')));
    const [id] = ids;
    expect(await other.findOccurrence(String(id))).toMatchObject({
      resolvedAt: AT.toISOString(),
      alerts: { firing: 0, resolved: 16 },
    });
  });

  it('share the tasks out, each to one worker', async () => {
    const { one, other } = await openTwo();
    await using _ = one;
    await using __ = other;
    const ids = Array.from({ length: 30 }, (_, at) => `o${at}`);
    await one.accept(
      ids.map((id) => buildIncoming(id)),
      AT,
    );
    await one.decide({ decisions: ids.map(diagnose), rediagnose: [] }, AT, String);
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? one : other).claim(`w${at}`, 4, AT, LATER)),
    );
    expect(
      claims
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it('have a turn one after the other', async () => {
    const { one, other } = await openTwo();
    await using _ = one;
    await using __ = other;
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? one : other).takeTurn('t', `w${at}`, AT, LATER)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});

describe('alerts in the casebook file', () => {
  it('are there after a restart, with whoever was at work on them', async () => {
    const url = await newUrl();
    {
      await using first = createLibsqlIntake({ url });
      await first.accept([buildIncoming('o1'), buildIncoming('o2')], AT);
      await first.decide({ decisions: [diagnose('o1')], rediagnose: [] }, AT, String);
      await first.claim('dead', 1, AT, LATER);
    }
    await using second = createLibsqlIntake({ url });
    expect((await second.listUndecided(9)).map(({ id }) => id)).toEqual(['o2']);
    expect(await second.claim('w', 9, LATER, LATER)).toMatchObject([{ id: 'o1', attempts: 2, lost: 1 }]);
  });

  it('are none where nobody ever wrote', async () => {
    await using store = createLibsqlIntake({ url: await newUrl() });
    expect(await store.findOccurrence('o1')).toBeUndefined();
    expect(await store.listUndecided(9)).toEqual([]);
    expect(await store.countQueue()).toEqual({ undecided: 0, ready: 0, working: 0 });
    expect(await store.listHistory({ since: AT, limit: 9 })).toEqual({ alerts: [] });
  });

  it('are counted without a walk through all that ever were', async () => {
    await using connection = new LibsqlConnection({ url: await newUrl() });
    const { rows } = await connection.call((client) => client.execute(`EXPLAIN QUERY PLAN ${countQueue}`));
    const steps = rows.map(({ detail }) => String(detail)).filter((step) => /occurrences|diagnosis_tasks/.test(step));
    expect(steps).toHaveLength(5);
    for (const step of steps) expect(step).toMatch(/ (?:occurrences_queued|diagnosis_tasks_ready)/);
  });

  it('of 500 groups are kept before anybody notices', async () => {
    await using store = createLibsqlIntake({ url: await newUrl() });
    await store.accept([buildIncoming('o-first')], AT);
    const groups = Array.from({ length: 500 }, (_, at) => buildIncoming(`o${at}`));
    const before = performance.now();
    await store.accept(groups, AT);
    // Some 50 ms on an idle machine; statement by statement it would be ten times that.
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
