import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KNOWLEDGE_FOLDERS } from './read.ts';

/** At which commit the knowledge stands, and whether its files differ from it. */
export interface GitState {
  readonly sha: string;
  readonly dirty: boolean;
}

/** Git answers in milliseconds; a hanging file system must not hold the ingest up for a fact that is nice to have. */
const TIMEOUT_MS = 5_000;
const run = promisify(execFile);

/** Undefined when the folder is in no git repository, has no commit yet, or there is no git here. */
export async function findGitState(knowledgeDir: string, signal?: AbortSignal): Promise<GitState | undefined> {
  try {
    const sha = (await git(knowledgeDir, ['rev-parse', 'HEAD'], signal)).trim();
    const status = ['status', '--porcelain', '--', ...KNOWLEDGE_FOLDERS];
    return { sha, dirty: (await git(knowledgeDir, status, signal)).trim() !== '' };
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function git(directory: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  // Without optional locks a look at the repository never gets in the way of somebody who works in it.
  const { stdout } = await run('git', ['--no-optional-locks', '-C', directory, ...args], {
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
    ...(signal === undefined ? {} : { signal }),
  });
  return stdout;
}
