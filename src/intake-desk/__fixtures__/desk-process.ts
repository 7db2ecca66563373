import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLibsqlCasebook } from '../../adapters/libsql-casebook.ts';
import { LibsqlConnection } from '../../adapters/libsql-connection.ts';
import { createLibsqlIntake } from '../../adapters/libsql-intake.ts';
import { isPrecedentError } from '../../domain/errors.ts';
import type { ReceivedGroup } from '../../domain/occurrence.ts';
import { buildServiceGraph } from '../../domain/topology.ts';
import { buildDiagnosis } from '../../testing/diagnosis-builder.ts';
import { createIntakeDesk } from '../intake-desk.ts';
import { ORIGIN } from './alerts.ts';

/**
 * A process of its own that takes alerts in over HTTP and diagnoses them: just enough of Precedent to be killed often. Its
 * diagnoses only take their time, and each is noted in a file when it begins and when it ends. Tells its port to its parent.
 */
const [, , database = '', notes = ''] = process.argv;
/** Longer than a busy machine keeps a process from its turn. */
const LEASE_MS = 3_000;

const connection = new LibsqlConnection({ url: `file:${database}` });
let ids = 0;
const newId = () => `${process.pid}-${++ids}`;
const note = (what: string, id: string) => appendFileSync(notes, `${process.pid} ${what} ${id}\n`);

const desk = createIntakeDesk({
  intake: createLibsqlIntake(connection),
  casebook: createLibsqlCasebook(connection),
  redact: async (words) => ({ text: words, counts: {} }),
  findFacts: () => 'g1',
  readTopology: async () => ({ graph: buildServiceGraph([]), knownServices: new Map() }),
  // Every alert that is like no other is to be diagnosed here: more work to be killed at.
  settings: { outageWindowSeconds: 300, maxOutageSeconds: 3_600, stormAfterDiagnoses: 1_000_000 },
  reuseMinutes: 60,
  async diagnose(_, { id }) {
    note('begin', id);
    await sleep(5 + (Number(id.replace(/\D/g, '').slice(-3)) % 46));
    note('end', id);
    return buildDiagnosis({ id });
  },
  owner: newId(),
  ...{ workerCount: 2, timeBudgetMs: 1_000, idleMs: 100, paceMs: 20, leaseMs: LEASE_MS },
  now: () => new Date(),
  random: Math.random,
  newId,
  onFailure: (what, error) => note('failure', `${what}: ${String(error)}`),
});

const server = createServer(async (request, response) => {
  try {
    // Sent by the test beside this file, which builds it from such a group.
    const group = JSON.parse(await text(request)) as ReceivedGroup;
    const accepted = await desk.accept([group], ORIGIN);
    response.writeHead(202).end(JSON.stringify(accepted[0]));
  } catch (error) {
    response.writeHead(isPrecedentError(error) && error.isRetryable ? 503 : 500).end(String(error));
  }
});

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  desk.start();
  process.send?.((server.address() as AddressInfo).port);
});
