import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf, PrecedentError } from '../../src/domain/errors.ts';
import { detectFailure } from './git-command.ts';

const PATIENCE_MS = 60_000;

/** A folder as it stood at some commit. */
export interface PastFolder {
  readonly root: string;
  readonly sha: string;
}

/**
 * The folder as it stood at `ref`, in a copy under `into`. The copy borrows the repository's objects, and nothing is
 * written to the repository itself. A folder that was not there yet is empty. Throws `input-invalid` when the folder is
 * in no git repository or the repository has no such commit.
 */
export async function openAtRef(folder: string, ref: string, into: string, signal?: AbortSignal): Promise<PastFolder> {
  const here = gitIn(folder, signal);
  const top = await ask(here, ['rev-parse', '--show-toplevel'], `${folder} is in no git repository`);
  const missing = `the repository of ${folder} has no commit \`${ref}\`: fetch it first (a shallow checkout lacks it: fetch-depth: 0)`;
  // `--end-of-options`, or a ref that begins with `-` would be one.
  const sha = await ask(here, ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`], missing);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await here.raw(['clone', '--shared', '--no-checkout', '--quiet', '--template=', '--', top, into]);
  await gitIn(into, signal).raw(['checkout', '--quiet', '--detach', sha]);
  const root = join(await realpath(into), relative(await realpath(top), await realpath(folder)));
  await mkdir(root, { recursive: true });
  return { root, sha };
}

function gitIn(folder: string, signal: AbortSignal | undefined): SimpleGit {
  return simpleGit({
    baseDir: folder,
    timeout: { block: PATIENCE_MS },
    errors: detectFailure,
    ...(signal === undefined ? {} : { abort: signal }),
    unsafe: { allowUnsafeTemplateDir: true },
  });
}

async function ask(git: SimpleGit, args: string[], problem: string): Promise<string> {
  try {
    return (await git.raw(args)).trim();
  } catch (error) {
    throw new PrecedentError('input-invalid', `${problem} (${messageOf(error).trim() || 'git gives no reason'})`, {
      cause: error,
    });
  }
}
