// Installs the dependencies when they are absent or do not match the lockfile, so that a fresh clone needs one command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const lock = createHash('sha256')
    .update(readFileSync(join(projectDir, 'package-lock.json')))
    .digest('hex');
  const stamp = join(projectDir, 'node_modules', '.precedent-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing dependencies (once; about a minute) …');
  const install = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (install !== 0) fail(`npm ci failed with exit code ${install}.`);
  writeFileSync(stamp, lock);
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
