import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a file of this folder with a task in a process of its own, and waits for the one message it sends. */
export function inProcess<T>(file: string, task: unknown): Promise<T> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(task)]);
  return new Promise((resolve, reject) => {
    let answer: T | undefined;
    child.on('message', (message) => {
      // The file that is run sends one message, of the type that is asked for here.
      answer = message as T;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (answer !== undefined && code === 0) resolve(answer);
      else reject(new Error(`${file} ended with ${code} and ${answer === undefined ? 'no' : 'an'} answer`));
    });
  });
}
