import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLibsqlCasebook } from '../adapters/libsql-casebook.ts';
import { LibsqlConnection } from '../adapters/libsql-connection.ts';
import { createLibsqlIntake } from '../adapters/libsql-intake.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { buildServiceGraph, ServiceNode } from '../domain/topology.ts';
import type { Casebook, IntakeStore } from '../ports.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { createMemoryCasebook } from '../testing/memory-casebook.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { DEFAULT_TRIAGE } from '../triage/triage.ts';
import { firing, groupAbout, groupOf, ORIGIN, until } from './__fixtures__/alerts.ts';
import { createAnswers } from './answers.ts';
import { createIntakeDesk, type IntakeDeskParts } from './intake-desk.ts';

const SERVICES = ['web', 'checkout', 'orders', 'orders-db', 'billing', 'queue', 'mailer', 'search'];
/** One calls the next. */
const graph = buildServiceGraph(
  SERVICES.map((name, index) => {
    const next = SERVICES[index + 1];
    return ServiceNode.parse({ name, dependsOn: next === undefined ? [] : [{ service: next }] });
  }),
);
const knownServices = new Map(SERVICES.map((name) => [name, name]));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'precedent-desk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Stores {
  readonly intake: IntakeStore;
  readonly casebook: Casebook;
}

function inMemory(): Stores {
  const casebook = createMemoryCasebook();
  return { casebook, intake: createMemoryIntake(casebook) };
}

function inFile(): Stores {
  const connection = new LibsqlConnection({ url: `file:${path.join(folder, 'casebook.db')}` });
  return { casebook: createLibsqlCasebook(connection), intake: createLibsqlIntake(connection) };
}

/** A desk whose diagnoses take no time, at a clock that a test moves. */
function setUp({ intake, casebook }: Stores, over: Partial<IntakeDeskParts> = {}) {
  const clock = { at: Date.parse('2026-03-31T12:00:00Z') };
  const diagnosed: { id: string; alertNames: string[] }[] = [];
  const failures: string[] = [];
  let ids = 0;
  const now = () => new Date(clock.at);
  const desk = createIntakeDesk({
    ...{ intake, casebook, owner: 'd', settings: DEFAULT_TRIAGE, reuseMinutes: 60 },
    ...{ workerCount: 2, timeBudgetMs: 1_000, idleMs: 5, paceMs: 5, now },
    redact: async (text) => ({ text, counts: {} }),
    findFacts: () => 'g1',
    readTopology: async () => ({ graph, knownServices }),
    diagnose: async ({ alerts }, { id }) => {
      diagnosed.push({ id, alertNames: [...new Set(alerts.map(({ labels }) => labels['alertname'] ?? ''))] });
      return buildDiagnosis({ id, createdAt: now().toISOString() });
    },
    random: () => 0.5,
    newId: () => `id-${++ids}`,
    onFailure: (what, error) => failures.push(`${what}: ${String(error)}`),
    ...over,
  });
  return { desk, clock, diagnosed, failures, answers: createAnswers({ casebook, intake, now }) };
}

async function settled(intake: IntakeStore): Promise<void> {
  await until(async () => {
    const { undecided, ready, working } = await intake.countQueue();
    return undecided + ready + working === 0;
  }, 30_000);
}

describe.each([
  ['memory', inMemory, 1_000],
  ['a file', inFile, 5_000],
])('alerts at the desk, kept in %s', (_, openStores, storm) => {
  it('come in, are answered, and are found by the id that their sender was told', async () => {
    const stores = openStores();
    const told: string[] = [];
    const { desk, answers, failures } = setUp(stores, {
      onSettled: (record, { occurrences }) => void told.push(`${record.id} answers ${occurrences.map(({ id }) => id)}`),
    });
    await using _desk = desk;
    desk.start();
    const [accepted] = await desk.accept([groupAbout('Down', 'web')], ORIGIN);
    expect(accepted).toMatchObject({ outcome: 'new' });
    await settled(stores.intake);
    const id = accepted && 'occurrence' in accepted ? accepted.occurrence : '';
    const answer = await answers.getAnswer(id, LOCAL_OPERATOR);
    expect(answer).toMatchObject({
      record: { status: 'done', id },
      occurrence: { status: 'answered', because: 'own' },
    });
    expect(told).toEqual([`${id} answers ${id}`]);
    expect(failures).toEqual([]);
  });

  it('wait for whoever starts, in this process or in the next', async () => {
    const stores = openStores();
    const before = setUp(stores);
    await before.desk.accept([groupAbout('Down', 'web')], ORIGIN);
    await before.desk[Symbol.asyncDispose]();
    expect(await before.desk.countQueue()).toMatchObject({ undecided: 1 });
    const { desk, diagnosed } = setUp(stores, { owner: 'next', newId: () => 'next' });
    await using _desk = desk;
    desk.start();
    await settled(stores.intake);
    expect(diagnosed).toMatchObject([{ id: 'id-1' }]);
  });

  it('that belong together are diagnosed together, and each is answered', async () => {
    const stores = openStores();
    const { desk, diagnosed, answers } = setUp(stores);
    await using _desk = desk;
    await desk.accept(
      [groupAbout('Slow', 'checkout'), groupAbout('Full', 'orders-db'), groupAbout('Lag', 'orders')],
      ORIGIN,
    );
    desk.start();
    await settled(stores.intake);
    expect(diagnosed).toMatchObject([{ alertNames: ['Slow', 'Full', 'Lag'] }]);
    for (const id of ['id-1', 'id-2', 'id-3']) {
      expect(await answers.getAnswer(id, LOCAL_OPERATOR)).toMatchObject({
        record: { status: 'done', id: diagnosed[0]?.id },
        reused: { because: 'outage' },
      });
    }
  });

  it('of a storm cost few diagnoses, and none of them is lost', async () => {
    const stores = openStores();
    const { desk, clock, diagnosed, failures } = setUp(stores);
    await using _desk = desk;
    desk.start();
    const accepted: string[] = [];
    for (let delivery = 0; delivery < storm / PER_DELIVERY; delivery++) {
      clock.at += (60_000 * PER_DELIVERY) / storm;
      const groups = Array.from({ length: PER_DELIVERY }, (_, index) => stormGroup(delivery * PER_DELIVERY + index));
      const answers = await desk.accept(groups, ORIGIN);
      accepted.push(...answers.flatMap((answer) => ('occurrence' in answer ? [answer.occurrence] : [])));
    }
    await settled(stores.intake);
    expect(new Set(accepted).size).toBe(storm);
    expect(diagnosed.length).toBeGreaterThanOrEqual(1);
    expect(diagnosed.length).toBeLessThanOrEqual(20);
    for (const id of accepted.filter((_, index) => index % 97 === 0)) {
      expect(await stores.intake.findOccurrence(id)).toMatchObject({ status: 'answered' });
    }
    expect(failures).toEqual([]);
  });
});

const PER_DELIVERY = 100;

/** Of everything that a large outage makes alert: known services, machines nobody knows, and alerts of no service. */
function stormGroup(number: number) {
  const service = number % 3 === 0 ? `host-${number}` : (SERVICES[number % SERVICES.length] ?? '');
  const labels = { alertname: `Alert${number % 40}`, service, instance: `10.0.0.${number}` };
  return {
    ...groupOf(firing({ labels, annotations: { summary: `${service} does not answer` } })),
    groupKey: `${number}`,
  };
}
