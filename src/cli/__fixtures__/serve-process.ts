import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_DIR } from '../../config.ts';

/** `precedent serve` as people run it, in a process of its own that may be killed. */
export interface ServeProcess {
  readonly url: string;
  /** As the kernel does when memory is short: nothing of it runs afterwards. */
  kill(): Promise<void>;
  /** As whoever runs it does; resolves with its exit code. */
  stop(): Promise<number | null>;
}

export async function startServe(env: Readonly<Record<string, string>>): Promise<ServeProcess> {
  const child = spawn(process.execPath, [join(PROJECT_DIR, 'bin/precedent.js'), 'serve', '--json'], {
    cwd: PROJECT_DIR,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  return {
    url: await readUrl(child),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

async function readUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('started without a pipe');
  for await (const line of createInterface({ input: stdout })) {
    const url = /^\{"url":"(http:[^"]+)"\}$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('it ended before it listened');
}

/** The process number of the embedded index of a data folder. */
export async function findIndexProcess(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'chroma.json'), 'utf8').catch(() => '');
  const pid = /"pid":(\d+)/.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Whether the process is gone, within a moment. */
export async function isGone(pid: number, limitMs = 10_000): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await sleep(50);
  }
  return false;
}
