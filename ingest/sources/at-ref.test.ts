import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { openAtRef } from './at-ref.ts';

/** A repository with a commit per state; the last one is in the working tree alone. */
async function createRepository(...states: Readonly<Record<string, string>>[]) {
  const folder = await createKnowledgeFolder();
  const git = simpleGit({ baseDir: folder.path });
  await git.init();
  await git.addConfig('user.email', 'someone@example.com');
  await git.addConfig('user.name', 'someone');
  for (const state of states) {
    for (const [path, text] of Object.entries(state)) await folder.write(path, text);
    await git.add('.');
    await git.commit('state', ['--allow-empty']);
  }
  return { folder, git };
}

describe('a folder at a commit', () => {
  it('is what was committed, whatever the working tree holds', async () => {
    const { folder, git } = await createRepository({ 'runbooks/A.md': 'old' }, { 'runbooks/A.md': 'new' });
    await using repository = folder;
    await using scratch = await createKnowledgeFolder();
    await repository.write('runbooks/B.md', 'not committed');
    const past = await openAtRef(repository.path, 'HEAD~1', join(scratch.path, 'base'));
    expect(await readFile(join(past.root, 'runbooks/A.md'), 'utf8')).toBe('old');
    expect(existsSync(join(past.root, 'runbooks/B.md'))).toBe(false);
    expect(past.sha).toBe((await git.revparse(['HEAD~1'])).trim());
    expect((await git.raw(['worktree', 'list'])).trim().split('\n')).toHaveLength(1);
  });

  it('may lie below the top of its repository, and may not have been there yet', async () => {
    const { folder } = await createRepository({ 'README.md': 'x' }, { 'docs/ops/runbooks/A.md': 'new' });
    await using repository = folder;
    await using scratch = await createKnowledgeFolder();
    const into = join(scratch.path, 'base');
    const below = join(repository.path, 'docs/ops');
    const now = await openAtRef(below, 'HEAD', into);
    expect(await readFile(join(now.root, 'runbooks/A.md'), 'utf8')).toBe('new');
    const before = await openAtRef(below, 'HEAD~1', into);
    expect(existsSync(before.root)).toBe(true);
    expect(existsSync(join(before.root, 'runbooks'))).toBe(false);
  });

  it.each(['no-such-branch', '--help', ''])('refuses the ref %j, and says what to do', async (ref) => {
    const { folder } = await createRepository({ 'runbooks/A.md': 'x' });
    await using repository = folder;
    await using scratch = await createKnowledgeFolder();
    await expect(openAtRef(repository.path, ref, join(scratch.path, 'base'))).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('fetch-depth: 0'),
    });
  });

  it('refuses a folder that is in no repository', async () => {
    await using folder = await createKnowledgeFolder();
    await expect(openAtRef(folder.path, 'HEAD', join(folder.path, 'base'))).rejects.toThrow('in no git repository');
  });
});
