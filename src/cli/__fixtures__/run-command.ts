import { runProgram } from '../program.ts';

/** Runs a command line as the process would, with nothing of this machine's environment, and gives back what it said. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv) {
  let out = '';
  let notes = '';
  const code = await runProgram(args, {
    env: { LOG_LEVEL: 'silent', ...env },
    write: (text) => {
      out += text;
    },
    note: (text) => {
      notes += text;
    },
    isInteractive: false,
    signal: new AbortController().signal,
  });
  return { code, out, notes };
}
