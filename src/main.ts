import { runProgram } from './cli/program.ts';
import { PrecedentError } from './domain/errors.ts';

/** The process: signals become one abort, streams become the context, and the exit code is the command's. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new PrecedentError('interrupted', 'stopped as asked'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  // Whoever reads our output may stop reading (`| head`): that ends the command, it is no failure of it.
  process.stdout.on('error', stop);
  return runProgram(args, {
    env,
    write: (text) => process.stdout.write(text),
    note: (text) => process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
    signal: stopping.signal,
  });
}
