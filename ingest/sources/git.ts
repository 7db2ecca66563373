import { existsSync } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { type GitSource, nameOf, type SourceState, tellUrl, toSourceState } from '../../src/domain/knowledge-source.ts';
import type { SourceCheckout } from '../source-file.ts';
import { createGit, explainGit } from './git-command.ts';
import { findRemoteHead, type Remote, type RemoteHead, readRemote } from './git-remote.ts';
import { copyOf, recoverFolder, replaceFolder } from './local-copy.ts';
import type { SourceContext } from './open.ts';
import { isInside } from './walk.ts';

/** A fetch tells of its progress all the while; silence for so long is a dead connection. */
const FETCH_PATIENCE_MS = 60_000;
const ASK_PATIENCE_MS = 15_000;

/**
 * The wanted commit of a repository in a folder of our own, without history. Fetched, not cloned, each time; a copy that
 * cannot be fetched into is replaced by a new one. What stands when the repository does not answer is used as it is.
 */
export async function openGit(source: GitSource, context: SourceContext): Promise<SourceCheckout> {
  const remote = readRemote(source, context.credentials(source));
  const copy = copyOf(context.dataDir, nameOf(source), remote.url);
  const exists = await recoverFolder(copy);
  let problem: string | undefined;
  try {
    await bringUpToDate(copy, exists, remote, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    problem = explainGit(error, remote.secrets);
    if (!existsSync(join(copy, '.git'))) throw new Error(problem);
  }
  const git = gitIn(copy, remote, context, ASK_PATIENCE_MS);
  // A disk that filled up in the middle of an update leaves two commits mixed, which is worse than nothing new.
  if (problem !== undefined && (await git.raw(['status', '--porcelain'])) !== '') throw new Error(problem);
  const sha = (await git.raw(['rev-parse', '--verify', 'HEAD'])).trim();
  return {
    name: nameOf(source),
    root: await findSubfolder(copy, source),
    globs: source,
    pageKind: undefined,
    state: { ...toSourceState(source), sha },
    problem,
  };
}

/** Where the repository stands now; without `sha` when it does not answer in time. */
export async function findGitHead(source: GitSource, context: SourceContext): Promise<SourceState> {
  const remote = readRemote(source, context.credentials(source));
  try {
    // Any folder will do: nothing is written, and the data folder need not be there yet.
    const git = gitIn(tmpdir(), remote, context, ASK_PATIENCE_MS);
    return { ...toSourceState(source), sha: (await findRemoteHead(git, remote)).sha };
  } catch {
    context.signal?.throwIfAborted();
    return toSourceState(source);
  }
}

function gitIn(folder: string, remote: Remote, context: SourceContext, patienceMs: number): SimpleGit {
  const { environment, signal } = context;
  return createGit(folder, { environment, authorization: remote.authorization, patienceMs, signal });
}

async function bringUpToDate(copy: string, exists: boolean, remote: Remote, context: SourceContext): Promise<void> {
  const asking = gitIn(resolve(copy, '..'), remote, context, ASK_PATIENCE_MS);
  const head = await findRemoteHead(asking, remote);
  const take = (folder: string) => checkOut(gitIn(folder, remote, context, FETCH_PATIENCE_MS), remote, head);
  if (exists) {
    try {
      await removeLocks(copy);
      return await take(copy);
    } catch {
      // The repository has just answered, so it is the copy that is broken: begin anew below.
      context.signal?.throwIfAborted();
    }
  }
  await replaceFolder(copy, async (fresh) => {
    await gitIn(fresh, remote, context, ASK_PATIENCE_MS).raw(['init', '--quiet', '--template=']);
    await take(fresh);
  });
}

async function checkOut(git: SimpleGit, { url }: Remote, head: RemoteHead): Promise<void> {
  const here = await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '');
  const options = ['--depth', '1', '--no-tags', '--no-recurse-submodules', '--force', '--progress'];
  const isThere = here.trim() === head.sha;
  if (!isThere) await git.raw(['fetch', ...options, '--', url, head.name]);
  await git.raw(['reset', '--hard', '--quiet', isThere ? 'HEAD' : 'FETCH_HEAD']);
  // What a killed reset has written is in no index, and so in the next one's way.
  await git.raw(['clean', '-ffdxq']);
}

/** Left by a killed process: nobody else works in this folder while sources are opened. */
async function removeLocks(copy: string): Promise<void> {
  const locks = ['index.lock', 'shallow.lock', 'HEAD.lock', 'config.lock', 'packed-refs.lock', 'gc.pid'];
  await Promise.all(locks.map((lock) => rm(join(copy, '.git', lock), { force: true })));
}

async function findSubfolder(copy: string, { subfolder, git }: GitSource): Promise<string> {
  const root = await realpath(copy);
  if (subfolder === undefined) return root;
  const folder = await realpath(join(root, subfolder)).catch(() => undefined);
  if (folder === undefined || !isInside(root, folder) || !(await stat(folder)).isDirectory()) {
    throw new Error(`the repository ${tellUrl(git)} has no folder ${subfolder}`);
  }
  return folder;
}
