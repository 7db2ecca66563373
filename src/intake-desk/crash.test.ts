import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLibsqlCasebook } from '../adapters/libsql-casebook.ts';
import { LibsqlConnection } from '../adapters/libsql-connection.ts';
import { createLibsqlIntake } from '../adapters/libsql-intake.ts';
import type { ReceivedGroup } from '../domain/occurrence.ts';
import { createSeededRandom } from '../domain/seeded-random.ts';
import type { AcceptedGroup } from '../ports.ts';
import { firing, groupOf, until } from './__fixtures__/alerts.ts';
import { bundleDeskProcess, createDeskProcesses } from './__fixtures__/desk-processes.ts';

const KILLS = 50;
const PROCESSES = 2;
/** Where the kills fall; another one finds other moments. */
const SEED = 20_260_331;

let folder = '';
let program = '';
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'precedent-crash-'));
  program = await bundleDeskProcess(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function setUp(name: string) {
  const database = path.join(folder, `${name}.db`);
  const connection = new LibsqlConnection({ url: `file:${database}` });
  const intake = createLibsqlIntake(connection);
  const casebook = createLibsqlCasebook(connection);
  const processes = createDeskProcesses(program, database, path.join(folder, `${name}.txt`));
  return { database, connection, intake, casebook, processes };
}

/** Most are like no other; every third is one of a few that become outages. */
function alertOf(number: number, status: 'firing' | 'resolved' = 'firing'): ReceivedGroup {
  const alertname = number % 3 === 0 ? `Storm${number % 5}` : `Alone${number}`;
  const alert = firing({ status, labels: { alertname, service: `thing-${number}` } });
  return groupOf(status === 'resolved' ? { ...alert, endsAt: '2026-03-31T12:10:00.000Z' } : alert);
}

const isOpen = ({ undecided, ready, working }: { undecided: number; ready: number; working: number }) =>
  undecided + ready + working > 0;

it('loses nothing and writes each diagnosis down once, however often processes are killed', async () => {
  const { database, connection, intake, casebook, processes } = setUp('killed');
  const random = createSeededRandom(SEED);
  const acknowledged: AcceptedGroup[] = [];
  const resolved = new Set<number>();
  let isPosting = true;
  let next = 0;
  await using _processes = processes;
  await processes.spawn();
  // One creates the tables; the others come to them.
  const posters = Array.from({ length: 4 }, async () => {
    while (isPosting) {
      const number = next++;
      acknowledged[number] = await processes.post(alertOf(number));
      if (number % 7 === 0) {
        await processes.post(alertOf(number, 'resolved'));
        resolved.add(number);
      }
      await sleep(20);
    }
  });
  let spawning: Promise<void> = processes.spawn();
  while (processes.killed.size < KILLS) {
    // At work, not only coming up: after some alerts were taken, or when none is for long.
    const taken = acknowledged.length + 6 * random();
    await until(() => acknowledged.length >= taken, 1_000).catch(() => {});
    await sleep(100 * random());
    const victims = [...processes.running].slice(random() < 0.5 ? 0 : -1).slice(0, random() < 0.2 ? PROCESSES : 1);
    await Promise.all(victims.map(processes.kill));
    await spawning;
    spawning = Promise.all(Array.from({ length: PROCESSES - processes.running.size }, processes.spawn)).then(() => {});
  }
  isPosting = false;
  await Promise.all([spawning, ...posters]);
  await until(async () => !isOpen(await intake.countQueue()), 20_000);

  const client = createClient({ url: `file:${database}` });
  const kept = await client.execute('SELECT fingerprint, occurrence FROM alerts');
  client.close();
  expect(kept.rows.length).toBe(acknowledged.length);
  for (const [number, answer] of acknowledged.entries()) {
    const id = 'occurrence' in answer ? answer.occurrence : '';
    const occurrence = (await intake.findOccurrence(id)) ?? expect.fail(`alert ${number} is lost`);
    expect(occurrence).toMatchObject({ status: 'answered', diagnosis: expect.any(String) });
    expect(occurrence.resolvedAt !== undefined).toBe(resolved.has(number));
    expect(await casebook.findDiagnosis(occurrence.diagnosis ?? '')).toMatchObject({ status: 'done' });
  }
  const notes = processes.readNotes();
  // Work is only done again where a process was killed at it.
  const begun = notes.filter(({ what }) => what === 'begin');
  const again = begun.filter(({ id }, at) => begun.findLastIndex((later) => later.id === id) > at);
  for (const { pid, id } of again) expect(processes.killed, `${id} was begun twice`).toContain(pid);
  expect(notes.filter(({ what }) => what === 'failure')).toEqual([]);
  await connection[Symbol.asyncDispose]();
}, 180_000);

it('has each diagnosis made by one of several processes', async () => {
  const { connection, intake, processes } = setUp('shared');
  await using _processes = processes;
  await Promise.all(Array.from({ length: PROCESSES }, processes.spawn));
  await Promise.all(Array.from({ length: 60 }, (_, index) => processes.post(alertOf(3 * index + 1))));
  await until(async () => !isOpen(await intake.countQueue()), 20_000);
  const begun = processes.readNotes().filter(({ what }) => what === 'begin');
  expect(begun.length).toBe(60);
  expect(new Set(begun.map(({ id }) => id)).size).toBe(60);
  expect(new Set(begun.map(({ pid }) => pid)).size).toBe(PROCESSES);
  await connection[Symbol.asyncDispose]();
});
