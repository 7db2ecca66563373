/**
 * What happens when everything alerts at once? A real service on the sample knowledge gets one storm over HTTP:
 *
 *     npm run bench -- storm                                   5,000 alerts in 60 s, of services that call each other
 *     npm run bench -- storm --services unknown                the same, of services that no topology knows
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSeededRandom } from '../../src/domain/seeded-random.ts';
import { STORM_SERVICES, type StormKind } from './storm-alerts.ts';
import { countDiagnoses, followAll, postStorm } from './storm-measure.ts';
import { renderStorm } from './storm-report.ts';
import { startStormServer } from './storm-server.ts';

const { values: options } = parseArgs({
  options: {
    alerts: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '60' },
    services: { type: 'string', default: 'known' },
  },
});

const [alerts = 0, seconds = 0] = [options.alerts, options.seconds].map(Number);
const kind = options.services;
if (!isKind(kind)) throw new Error(`--services is one of ${Object.keys(STORM_SERVICES).join(', ')}`);
const folder = await mkdtemp(join(tmpdir(), 'precedent-storm-'));
try {
  const load = loadavg()[0] ?? 0;
  await using server = await startStormServer(folder);
  const posted = await postStorm(server, { alerts, seconds, kind, random: createSeededRandom(7) });
  const followed = await followAll(server.url, posted.answers);
  const diagnoses = await countDiagnoses(folder);
  const machine = `${availableParallelism()} cores, load ${load.toFixed(1)} as the measuring began`;
  process.stdout.write(
    `\n${alerts} alerts in ${seconds} s, of ${kind} services; ${machine}; ✗ misses its bar.\n\n${renderStorm({ posted, followed, diagnoses })}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

function isKind(name: string): name is StormKind {
  return Object.hasOwn(STORM_SERVICES, name);
}
