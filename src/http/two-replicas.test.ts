import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import type { Embedder } from '../ports.ts';
import { createHashEmbedder } from '../testing/hash-embedder.ts';
import { createMemoryIndex } from '../testing/memory-index.ts';
import type { Delivered, Team } from './__fixtures__/alert-team.ts';
import { type AlertService, serveAlerts } from './__fixtures__/serve-alerts.ts';
import { OutageList } from './routes/outages.ts';

const TEAMS = 5;
/** Of each team: no more than are diagnosed one by one, and some that belong together. */
const ALONE = ['queue', 'cache', 'mail', 'wiki', 'proxy'];
const TOGETHER = ['payment', 'checkout', 'web'];

/** As slow as a small model is, so that one replica has not done it all before the other looks. */
function slowEmbedder(): Embedder {
  const embedder = createHashEmbedder();
  return { ...embedder, embed: (...args) => sleep(100).then(() => embedder.embed(...args)) };
}

it('two replicas on one casebook share the work: each diagnosis is made once, and no outage begins twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-replicas-'));
  const index = createMemoryIndex();
  const made: { readonly replica: number; readonly id: string }[] = [];
  const open = (replica: number) =>
    serveAlerts({
      env: { CASEBOOK_URL: `file:${join(folder, 'casebook.db')}` },
      ports: { index, embedder: slowEmbedder() },
      observers: { onDiagnosed: ({ id }) => made.push({ replica, id }) },
    });
  const replicas: AlertService[] = [];
  try {
    for (const replica of [0, 1]) replicas.push(await open(replica));
    const teams = await Promise.all(
      Array.from({ length: TEAMS }, (_, team) => Promise.all(replicas.map((replica) => replica.team(`team-${team}`)))),
    );
    await Promise.all(teams.map(checkTeam));
    const queue = () => replicas[0]?.app.alerts.intake.countQueue();
    await expect.poll(queue, { timeout: 20_000 }).toEqual({ undecided: 0, ready: 0, working: 0 });
    expect(made.map(({ id }) => id).sort()).toEqual([...new Set(made.map(({ id }) => id))].sort());
    expect(new Set(made.map(({ replica }) => replica))).toEqual(new Set([0, 1]));
    expect(replicas.flatMap(({ failures }) => failures)).toEqual([]);
  } finally {
    for (const replica of replicas) await replica[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
});

/** One team, whose senders tell now the one replica and now the other. */
async function checkTeam(at: readonly Team[]): Promise<void> {
  const turn = (number: number) => at[number % at.length] ?? expect.fail('there is no replica');
  const delivered: Delivered[] = [];
  for (const [number, service] of [...TOGETHER, ...ALONE].entries()) {
    const alert = turn(number).fires(service);
    const here = await turn(number).post(alert);
    // A sender that had no answer in time, and asks the other one.
    expect(await turn(number + 1).post(alert)).toMatchObject({ status: 'duplicate', id: here.id });
    delivered.push(here);
  }
  // Each is read where it was not told.
  const answers = delivered.map(async ({ location }, number) => {
    const response = await turn(number + 1).ask('GET', location, undefined, { prefer: 'wait=30' });
    return DiagnosisAnswer.parse(await response.json());
  });
  for (const answer of (await Promise.all(answers)).slice(TOGETHER.length))
    expect(answer.occurrence).toMatchObject({ id: answer.id, because: 'own' });
  for (const team of at) {
    const { outages } = OutageList.parse(await (await team.ask('GET', '/v1/outages')).json());
    expect(outages).toMatchObject([{ memberCount: TOGETHER.length, status: 'open' }]);
  }
}
