import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_DIR } from '../../config.ts';

export interface Alertmanager extends AsyncDisposable {
  /** Tells it of alerts, as Prometheus does. */
  tell(alerts: readonly PrometheusAlert[]): Promise<void>;
}

export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt?: string;
}

const START_MS = 10_000;

/** A real Alertmanager with the configuration that people paste; only where, with what and how soon differ. */
export async function startAlertmanager(binary: string, url: string, token: string): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), 'precedent-alertmanager-'));
  const [config, credentials] = [join(folder, 'alertmanager.yml'), join(folder, 'precedent.token')];
  await writeFile(credentials, token);
  await writeFile(config, adapt(await readFile(EXAMPLE, 'utf8'), url, credentials));
  const address = `127.0.0.1:${await findFreePort()}`;
  const options = {
    'config.file': config,
    'storage.path': join(folder, 'data'),
    'web.listen-address': address,
    'cluster.listen-address': '',
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const { program, cwd } = await withTemplates(binary, folder);
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  if (!(await isReady(`http://${address}`))) {
    await stop();
    throw new Error(`Alertmanager does not start: ${said}`);
  }
  return {
    async tell(alerts) {
      const headers = { 'content-type': 'application/json' };
      const sent = await fetch(`http://${address}/api/v2/alerts`, {
        ...{ method: 'POST', headers, body: JSON.stringify(alerts) },
      });
      if (!sent.ok) throw new Error(`${sent.status}: ${await sent.text()}`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

const EXAMPLE = join(PROJECT_DIR, 'examples/receivers/alertmanager.yml');

function adapt(example: string, url: string, credentials: string): string {
  const changes: readonly (readonly [RegExp, string])[] = [
    [/https:\/\/precedent\.example\.com/, url],
    [/\/etc\/alertmanager\/precedent\.token/, credentials],
    [/group_wait: \w+/, 'group_wait: 1s'],
    [/group_interval: \w+/, 'group_interval: 1s'],
  ];
  return changes.reduce((text, [what, by]) => {
    if (!what.test(text)) throw new Error(`${EXAMPLE} holds no ${what}: the test is to be adapted`);
    return text.replace(what, () => by);
  }, example);
}

const SHARE = '/usr/share/prometheus/alertmanager';
/** As long as `SHARE`. */
const WORKING_FOLDER = '/proc/self/cwd/./././././././././.';

/** Debian's has the path of its templates built in; one that was only unpacked is to read them from where they are. */
async function withTemplates(binary: string, folder: string): Promise<{ program: string; cwd: string }> {
  const cwd = join(dirname(binary), '..', SHARE.slice('/usr'.length));
  if (existsSync(SHARE) || !existsSync(cwd)) return { program: binary, cwd: folder };
  const program = join(folder, 'alertmanager');
  const bytes = (await readFile(binary, 'latin1')).replaceAll(SHARE, WORKING_FOLDER);
  await writeFile(program, bytes, { encoding: 'latin1', mode: 0o755 });
  return { program, cwd };
}

async function isReady(url: string): Promise<boolean> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (response?.ok) return true;
    await sleep(50);
  }
  return false;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}
