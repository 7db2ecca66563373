import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { AcceptedGroup } from '../../ports.ts';
import type { ReceivedGroup } from '../../domain/occurrence.ts';

const SOURCE = fileURLToPath(new URL('desk-process.ts', import.meta.url));

/** The program in one file: it starts in a third of the time, and it is started often. */
export async function bundleDeskProcess(folder: string): Promise<string> {
  const file = path.join(folder, 'desk-process.mjs');
  const bundle = await rolldown({ input: SOURCE, platform: 'node', external: [/^node:/, /^libsql/, /^@neon-rs/, 'ws'] });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return file;
}

/** Longer than a busy machine takes to start a process. */
const PATIENCE_MS = 30_000;

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Several processes on one casebook, each of which may be killed at any moment. */
export function createDeskProcesses(program: string, database: string, notes: string) {
  const running = new Set<Running>();
  const killed = new Set<number>();

  async function spawn(): Promise<void> {
    const child = fork(program, [database, notes], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [port] = await once(child, 'message');
    running.add({ child, port: Number(port) });
  }

  /** As the kernel does when memory is short: nothing of it runs afterwards. */
  async function kill(victim: Running): Promise<void> {
    running.delete(victim);
    killed.add(victim.child.pid ?? 0);
    victim.child.kill('SIGKILL');
    if (victim.child.exitCode === null && victim.child.signalCode === null) await once(victim.child, 'exit');
  }

  /** As a sender does: again, until somebody says that it is kept. */
  async function post(group: ReceivedGroup): Promise<AcceptedGroup> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let attempt = 0; performance.now() < deadline; attempt++) {
      const [target] = [...running].slice(attempt % Math.max(1, running.size));
      const accepted = target && (await tryToPost(target.port, group));
      if (accepted) return accepted;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('nobody took the alert');
  }

  return {
    running,
    killed,
    spawn,
    kill,
    post,
    /** What the processes noted: who began and ended which diagnosis, in their order. */
    readNotes: () =>
      readFileSync(notes, 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const [pid = '', what = '', ...id] = line.split(' ');
          return { pid: Number(pid), what, id: id.join(' ') };
        }),
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map(kill));
    },
  };
}

async function tryToPost(port: number, group: ReceivedGroup): Promise<AcceptedGroup | undefined> {
  try {
    const body = JSON.stringify(group);
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, signal: AbortSignal.timeout(5_000) });
    return response.status === 202 ? ((await response.json()) as AcceptedGroup) : undefined;
  } catch {
    return undefined;
  }
}
