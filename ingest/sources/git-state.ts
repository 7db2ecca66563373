import { simpleGit } from 'simple-git';
import { detectFailure } from './git-command.ts';

/** At which commit a folder stands, and whether its files differ from it. */
export interface GitState {
  readonly sha: string;
  readonly dirty: boolean;
}

/** Git answers in milliseconds; a hanging file system must not hold the ingest up for a fact that is nice to have. */
const PATIENCE_MS = 5_000;

/**
 * Undefined when the folder is in no git repository, has no commit yet, or there is no git here. `paths` are those of
 * the folder that count.
 */
export async function findGitState(
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<GitState | undefined> {
  try {
    const git = simpleGit({
      baseDir: folder,
      timeout: { block: PATIENCE_MS },
      errors: detectFailure,
      ...(signal === undefined ? {} : { abort: signal }),
    });
    // Without optional locks a look at the repository never gets in the way of somebody who works in it.
    const ask = (...args: string[]) => git.raw(['--no-optional-locks', ...args]);
    const sha = (await ask('rev-parse', '--verify', 'HEAD')).trim();
    const status = await ask('status', '--porcelain', '--', ...paths);
    return { sha, dirty: status.trim() !== '' };
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
