import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from './config.ts';

const README = readFileSync(join(PROJECT_DIR, 'README.md'), 'utf8');
const SCRIPTS: Record<string, string> = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')).scripts;
const DOCUMENTED_PORT = /127\.0\.0\.1:8787/g;

/** Commands that a test must not run as they stand: this very run is one, and a server is started once for all. */
const RUN_ELSEWHERE = new Set(['npm test', 'npm start', 'npm ci', 'npm run check']);

const folder = mkdtempSync(join(tmpdir(), 'precedent-readme-'));
const env = { ...process.env, DATA_DIR: join(folder, 'data'), NO_COLOR: '1', LOG_LEVEL: 'warn' };

const commandsOf = (markdown: string) =>
  [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    (block ?? '').split('\n').flatMap((line) => line.replace(/\s+#.*$/, '').trim() || []),
  );

/** The demo's output as README shows it, but for the cuts and the bars: scores age with the calendar. */
function shownAsOutput(): string[] {
  const [, block = ''] = /^```\n(\S+ at [\s\S]*?)^```/m.exec(README) ?? [];
  return block.split('\n').filter((line) => line.trim() !== '' && !/[…█·]{1}/u.test(line));
}

describe('README', () => {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    server = spawn('npm', ['start', '--silent'], { cwd: PROJECT_DIR, env: { ...env, PORT: '0' }, detached: true });
    for await (const line of createInterface({ input: server.stdout ?? process.stdin })) {
      const listening = /^listening on (http:\S+)$/.exec(line)?.[1];
      if (!listening) continue;
      url = listening;
      break;
    }
  });

  afterAll(async () => {
    const stopped = once(server, 'exit');
    if (server.pid) process.kill(-server.pid, 'SIGINT');
    await stopped;
    rmSync(folder, { recursive: true, force: true });
  });

  const commands = commandsOf(README);

  it('shows the output of the demo', () => {
    expect(shownAsOutput().length).toBeGreaterThan(10);
  });

  it('shows the two commands first', () => {
    expect(commands.slice(0, 2)).toEqual(['npm run demo', 'npm test']);
  });

  it.each(commands.filter((command) => !RUN_ELSEWHERE.has(command)))('tells the truth: %s', async (command) => {
    const { stdout } = await promisify(execFile)('bash', ['-c', command.replace(DOCUMENTED_PORT, new URL(url).host)], {
      cwd: PROJECT_DIR,
      env,
      maxBuffer: 32 * 1024 * 1024,
    });
    expect(stdout.trim()).not.toBe('');
    expect(stdout).not.toMatch(/"status":[45]\d\d/);
    if (command === 'npm run demo') expect(shownAsOutput().filter((line) => !stdout.includes(line))).toEqual([]);
  });

  it.each(commands.filter((command) => command.startsWith('npm ')))('names scripts that exist: %s', (command) => {
    const name = command.replace(/^npm (?:run )?/, '').split(' ')[0] ?? '';
    expect(name === 'ci' || name in SCRIPTS).toBe(true);
  });
});

describe('every document', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'docs/architecture.md',
    'docs/api.md',
    'docs/sources.md',
    'docs/knowledge.md',
    'docs/evaluation.md',
    'docs/scaling.md',
    'docs/adr/README.md',
  ];

  it.each(documents)('links only to what exists: %s', (document) => {
    const text = readFileSync(join(PROJECT_DIR, document), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !existsSync(join(PROJECT_DIR, dirname(document), target)))).toEqual([]);
  });

  it.each(documents)('names only files that exist: %s', (document) => {
    const text = readFileSync(join(PROJECT_DIR, document), 'utf8').replace(/```[\s\S]*?```/g, '');
    const paths = [...text.matchAll(/`((?:src|ingest|eval|docs|bin|scripts|examples|models)\/[\w./-]+)`/g)].map(
      ([, path]) => path ?? '',
    );
    expect(paths.filter((path) => !existsSync(join(PROJECT_DIR, path)))).toEqual([]);
  });
});
