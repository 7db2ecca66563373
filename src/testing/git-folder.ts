import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createKnowledgeFolder, type KnowledgeFolder } from './knowledge-folder.ts';

const run = promisify(execFile);

/** Nobody's name, nobody's settings and nobody's hooks. */
const SETTINGS = [
  'user.name=Test',
  'user.email=test@example.com',
  'commit.gpgsign=false',
  'core.hooksPath=/nonexistent',
  'gc.auto=0',
].flatMap((setting) => ['-c', setting]);

/** A knowledge folder that is a real git repository. */
export interface GitFolder extends KnowledgeFolder {
  git(...args: string[]): Promise<string>;
  /** All that was changed since, as one commit. */
  commit(): Promise<void>;
  /** As it was at its first commit, whatever became of it since. */
  startOver(): Promise<void>;
}

export async function createGitFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<GitFolder> {
  const folder = await createKnowledgeFolder(files);
  const git = async (...args: string[]) => (await run('git', [...SETTINGS, ...args], { cwd: folder.path })).stdout;
  const commit = async () => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', 'change');
  };
  const startOver = async () => {
    await git('reset', '--quiet', '--hard', 'first');
    await git('clean', '--quiet', '--force', '-d');
  };
  await git('init', '--quiet', '--initial-branch=main');
  await commit();
  await git('tag', 'first');
  return { ...folder, git, commit, startOver };
}
