// Installs the dependencies when they are absent or do not match the lockfile, so that a fresh clone needs one command.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 19];

/** Exits with a sentence when Node is too old or the installation fails. */
export function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Precedent needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  }
  if (isInstalled()) return;
  console.error('Installing dependencies (once; about a minute) …');
  const install = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (install !== 0) fail(`npm ci failed with exit code ${install}.`);
}

/** npm notes in a lockfile of its own what it put into node_modules: stale when the two differ in any version. */
function isInstalled() {
  const installed = join(projectDir, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(join(projectDir, 'package-lock.json'));
  const present = packagesOf(installed);
  const isThere = ([path, { version, optional }]) =>
    path === '' || (path in present ? present[path].version === version : optional === true);
  return Object.entries(wanted).every(isThere) && Object.keys(present).every((path) => path in wanted);
}

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
}

/** Runs a command in the project's folder with this terminal and returns its exit code. */
export function run(command, args) {
  const result = spawnSync(command, args, {
    cwd: projectDir,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
