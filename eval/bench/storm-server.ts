import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../src/config.ts';

const MB = 1024 * 1024;

/** A service in a process of its own, as an operator starts it. */
export interface StormServer extends AsyncDisposable {
  readonly url: string;
  /** Of that process, now; Linux only. */
  residentMb(): number;
}

/** Starts `precedent serve` on the sample knowledge, and waits until it says that it listens. */
export async function startStormServer(dataDir: string): Promise<StormServer> {
  // `env` adds to what is there already, which nobody here may read.
  const settings = [`DATA_DIR=${dataDir}`, 'PORT=0', 'LOG_LEVEL=warn'];
  const command = [process.execPath, join(PROJECT_DIR, 'bin/precedent.js'), 'serve', '--json'];
  const child = spawn('env', [...settings, ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /"url":"([^"]+)"/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`serve ended with ${code} before it listened`)));
  });
  return {
    url,
    residentMb: () =>
      (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024) / MB,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
