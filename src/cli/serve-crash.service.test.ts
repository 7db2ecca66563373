import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@libsql/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { createSeededRandom } from '../domain/seeded-random.ts';
import { SHOP } from '../http/__fixtures__/shop.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { findIndexProcess, isGone, type ServeProcess, startServe } from './__fixtures__/serve-process.ts';

const ALERTS = 20;
const KILLS = 2;
/** Of the alerts, for each process. */
const SHARE = 7;
/** Where the kills fall; another one finds other moments. */
const SEED = 20_260_331;

let dataDir: string;
let knowledge: KnowledgeFolder;
let serving: ServeProcess | undefined;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'precedent-serve-crash-'));
  knowledge = await createKnowledgeFolder(SHOP);
});
afterAll(async () => {
  await serving?.stop();
  // Where the test failed, somebody else must end what its processes left.
  const index = await findIndexProcess(dataDir);
  if (index !== undefined && !(await isGone(index, 0))) process.kill(index, 'SIGKILL');
  await knowledge[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

const start = () => startServe({ DATA_DIR: dataDir, KNOWLEDGE_DIR: knowledge.path });

/** Where the answer will be, once the service has said that it has the alert; undefined when nobody said so. */
async function post(url: string, number: number): Promise<string | undefined> {
  const labels = { alertname: `Thing${number}Down`, service: `thing-${number}` };
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-03-31T12:00:00Z',
    fingerprint: `f${number}`,
  };
  const body = JSON.stringify({ version: '4', status: 'firing', groupKey: `{}:{thing="${number}"}`, alerts: [alert] });
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${url}/v1/intake/alertmanager`, { method: 'POST', headers, body }).catch(() => undefined);
  return sent?.status === 202 ? (sent.headers.get('location') ?? '') : undefined;
}

/** As if a minute had gone by until the next start: then what the dead one was at belongs to nobody. */
async function endLeases(): Promise<void> {
  const client = createClient({ url: `file:${join(dataDir, 'casebook.db')}` });
  await client.execute("UPDATE diagnosis_tasks SET lease_until = '2000-01-01T00:00:00.000Z' WHERE owner IS NOT NULL");
  client.close();
}

it('a killed service goes on where it was: every alert that it took is answered, and nothing stays behind', async () => {
  const random = createSeededRandom(SEED);
  const locations = new Map<number, string>();
  let onTaken = () => {};
  /** All of so many that nobody has taken yet. */
  const postRest = async (url: string, count: number) => {
    for (let number = 0; number < count; number++) {
      const location = locations.has(number) ? undefined : await post(url, number);
      if (location !== undefined) locations.set(number, location);
      if (location !== undefined) onTaken();
      await sleep(20 * random());
    }
  };
  serving = await start();
  for (let kills = 0; kills < KILLS; kills++) {
    // While alerts come and are worked on.
    const serves = serving;
    const first = new Promise<void>((resolve) => {
      onTaken = resolve;
    });
    await Promise.all([
      postRest(serves.url, (kills + 1) * SHARE),
      first.then(() => sleep(200 * random())).then(serves.kill),
    ]);
    await endLeases();
    serving = await start();
  }
  await postRest(serving.url, ALERTS);
  expect(locations.size).toBe(ALERTS);

  const { url } = serving;
  const answers = [...locations.values()].map(async (location) => {
    const response = await fetch(url + location, { headers: { prefer: 'wait=40' } });
    expect(response.status, await response.clone().text()).toBe(200);
    return DiagnosisAnswer.parse(await response.json());
  });
  for (const { occurrence } of await Promise.all(answers)) expect(occurrence?.status).toBe('answered');
  expect(new Set(locations.values()).size).toBe(ALERTS);
  // What came is one outage beyond the first few, which are diagnosed each for itself.
  expect(new Set((await Promise.all(answers)).map(({ id }) => id)).size).toBeLessThanOrEqual(ALERTS / 2);

  const index = await findIndexProcess(dataDir);
  expect(index).toEqual(expect.any(Number));
  expect(await serving.stop()).toBe(0);
  serving = undefined;
  expect(await isGone(index ?? 0)).toBe(true);
}, 180_000);
