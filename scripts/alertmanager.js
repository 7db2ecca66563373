// Fetches Debian's Alertmanager into the cache of node_modules, for the test that lets a real one deliver. Needs no root and
// installs nothing; where it cannot be had (another system, no network), says so, and that test is skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PACKAGE = 'prometheus-alertmanager';
const CACHE = resolve('node_modules/.cache/precedent/alertmanager');
const BINARY = join(CACHE, 'usr/bin', PACKAGE);
const LIMIT_MS = 120_000;

/** Undefined when there is none on this machine. */
export function findAlertmanager() {
  if (existsSync(BINARY)) return BINARY;
  const installed = spawnSync('sh', ['-c', `command -v ${PACKAGE} || command -v alertmanager`], { encoding: 'utf8' });
  return installed.status === 0 ? installed.stdout.trim() : undefined;
}

/** The path of an Alertmanager, fetched when there is none yet. */
export function fetchAlertmanager() {
  const found = findAlertmanager();
  if (found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'precedent-alertmanager-'));
  try {
    if (!download(folder)) {
      run('apt-get', ['update', '-qq'], folder);
      if (!download(folder)) return undefined;
    }
    const [archive] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
    mkdirSync(CACHE, { recursive: true });
    return archive && run('dpkg-deb', ['-x', archive, CACHE], folder) ? BINARY : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download(folder) {
  return run('apt-get', ['download', PACKAGE], folder);
}

function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: 'ignore', timeout: LIMIT_MS }).status === 0;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').at(-1))) {
  const path = fetchAlertmanager();
  console.log(path ? `alertmanager: ${path}` : 'alertmanager: cannot be had here; the test with a real one is skipped');
}
