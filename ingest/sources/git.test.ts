import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GitSource } from '../../src/domain/knowledge-source.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { findHeads, isUnreachable, openSource, openSources, type SourceContext } from './open.ts';

function git(folder: KnowledgeFolder | string, ...args: string[]): string {
  const path = typeof folder === 'string' ? folder : folder.path;
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  return execFileSync('git', [...who, '-C', path, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}

async function createRepository(files: Readonly<Record<string, string>>): Promise<KnowledgeFolder> {
  const folder = await createKnowledgeFolder(files);
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  if (Object.keys(files).length > 0) commit(folder);
  return folder;
}

function commit(folder: KnowledgeFolder): string {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'change');
  return git(folder, 'rev-parse', 'HEAD');
}

function contextOf(data: KnowledgeFolder, more: Partial<SourceContext> = {}): SourceContext {
  return { dataDir: data.path, credentials: () => ({}), environment: process.env, ...more };
}

function filesOf(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !join(entry.parentPath, '/').includes('/.git/'));
  return Object.fromEntries(
    files.map((entry) => [
      join(entry.parentPath, entry.name).slice(root.length + 1),
      readFileSync(join(entry.parentPath, entry.name), 'utf8'),
    ]),
  );
}

describe('a git repository as a source', () => {
  it('is the wanted commit without history, and then what was committed since', async () => {
    await using upstream = await createRepository({ 'runbooks/a.md': 'one' });
    await using data = await createKnowledgeFolder();
    const source: GitSource = { git: upstream.path, name: 'ops' };
    const first = await openSource(source, contextOf(data));
    expect(first).toMatchObject({ name: 'ops', problem: undefined, state: { kind: 'git', location: upstream.path } });
    expect(filesOf(first.root)).toEqual({ 'runbooks/a.md': 'one' });

    await upstream.move('runbooks/a.md', 'runbooks/b.md');
    await upstream.write('runbooks/c.md', 'crlf\r\n');
    const sha = commit(upstream);
    const second = await openSource(source, contextOf(data));
    expect(second.root).toBe(first.root);
    expect(second.state.sha).toBe(sha);
    expect(filesOf(second.root)).toEqual({ 'runbooks/b.md': 'one', 'runbooks/c.md': 'crlf\r\n' });
    expect(git(second.root, 'rev-list', '--count', 'HEAD')).toBe('1');
  });

  it('is a branch, a tag or a commit, and tells where that stands', async () => {
    await using upstream = await createRepository({ 'a.md': 'old' });
    await using data = await createKnowledgeFolder();
    const old = git(upstream, 'rev-parse', 'HEAD');
    git(upstream, 'tag', '--annotate', 'v1', '--message', 'v1');
    git(upstream, 'checkout', '--quiet', '-b', 'next/one');
    await upstream.write('a.md', 'new');
    const next = commit(upstream);
    git(upstream, 'checkout', '--quiet', 'main');
    for (const [ref, sha, text] of [
      ['v1', old, 'old'],
      ['next/one', next, 'new'],
      [old, old, 'old'],
      ['main', old, 'old'],
    ] as const) {
      const source: GitSource = { git: pathToFileURL(upstream.path).href, ref, name: 'ops' };
      const checkout = await openSource(source, contextOf(data));
      expect(checkout.state).toMatchObject({ sha, ref });
      expect(filesOf(checkout.root)).toEqual({ 'a.md': text });
      expect((await findHeads([source], contextOf(data)))[0]?.sha).toBe(sha);
    }
  });

  it('is one folder of the repository, which must be inside it', async () => {
    await using upstream = await createRepository({ 'docs/ops/a.md': 'x', 'b.md': 'x' });
    await symlink('/etc', join(upstream.path, 'out'));
    commit(upstream);
    await using data = await createKnowledgeFolder();
    const open = (subfolder: string) => openSource({ git: upstream.path, subfolder }, contextOf(data));
    expect(filesOf((await open('docs/ops')).root)).toEqual({ 'a.md': 'x' });
    for (const subfolder of ['nowhere', '../..', 'out', 'b.md']) {
      await expect(open(subfolder)).rejects.toThrow(`has no folder ${subfolder}`);
    }
  });

  it('keeps its copy when the repository does not answer, and says so', async () => {
    await using upstream = await createRepository({ 'a.md': 'x' });
    await using data = await createKnowledgeFolder();
    const source: GitSource = { git: upstream.path, name: 'ops' };
    const { state } = await openSource(source, contextOf(data));
    await upstream.move('.git', '.gone');
    const later = await openSource(source, contextOf(data));
    expect(later.state).toEqual(state);
    expect(later.problem).toContain('does not appear to be a git repository');
    expect(filesOf(later.root)).toEqual({ 'a.md': 'x' });
    expect((await findHeads([source], contextOf(data)))[0]).not.toHaveProperty('sha');
  });

  it('does not stop other sources when there is no copy of it either', async () => {
    await using upstream = await createRepository({ 'a.md': 'x' });
    await using empty = await createRepository({});
    await using data = await createKnowledgeFolder();
    const opened = await openSources(
      [
        { git: 'http://127.0.0.1:1/ops/gone.git' },
        { git: empty.path, name: 'empty' },
        { git: upstream.path, ref: 'no-such-branch', name: 'ref' },
        { git: upstream.path, name: 'ops' },
      ],
      contextOf(data),
    );
    expect(opened.map((one) => (isUnreachable(one) ? [one.name, one.problem] : one.name))).toEqual([
      ['gone', expect.stringMatching(/Failed to connect|unable to access/)],
      ['empty', expect.stringContaining('has no commit yet')],
      ['ref', expect.stringContaining('has no branch or tag `no-such-branch`')],
      'ops',
    ]);
  });

  it('mends a copy that a killed process has left behind', async () => {
    await using upstream = await createRepository({ 'a.md': 'x' });
    await using data = await createKnowledgeFolder();
    const source: GitSource = { git: upstream.path, name: 'ops' };
    const { root } = await openSource(source, contextOf(data));
    writeFileSync(join(root, '.git/index.lock'), '');
    writeFileSync(join(root, '.git/shallow.lock'), '');
    writeFileSync(join(root, 'half-written.md'), 'x');
    writeFileSync(join(root, 'a.md'), 'changed');
    expect(filesOf((await openSource(source, contextOf(data))).root)).toEqual({ 'a.md': 'x' });
  });

  it('replaces a broken copy, and never touches a repository around the data folder', async () => {
    await using upstream = await createRepository({ 'a.md': 'x' });
    await using project = await createRepository({ 'mine.md': 'committed' });
    await project.write('mine.md', 'not committed');
    const context = contextOf(project, { dataDir: join(project.path, '.precedent') });
    const source: GitSource = { git: upstream.path, name: 'ops' };
    const { root } = await openSource(source, context);
    for (const damage of ['.git/HEAD', '.git/objects', '.git']) {
      await rm(join(root, damage), { recursive: true });
      const mended = await openSource(source, context);
      expect([damage, mended.problem, filesOf(mended.root)]).toEqual([damage, undefined, { 'a.md': 'x' }]);
    }
    expect(readFileSync(join(project.path, 'mine.md'), 'utf8')).toBe('not committed');
    expect(readdirSync(join(root, '..'))).toHaveLength(1);
  });

  it('runs nothing that the environment or the repository brings along', async () => {
    await using upstream = await createRepository({ 'a.md': 'x', '.gitattributes': '*.md filter=evil\n' });
    await using data = await createKnowledgeFolder({ 'hooks/post-checkout': '#!/bin/sh\ntouch "$HOME/hooked"\n' });
    execFileSync('chmod', ['+x', join(data.path, 'hooks/post-checkout')]);
    await data.write('.gitconfig', `[core]\n\thooksPath = ${data.path}/hooks\n`);
    const environment = { ...process.env, HOME: data.path, GIT_DIR: '/nowhere', EDITOR: 'evil', LLM_API_KEY: 'k' };
    await openSource({ git: upstream.path, name: 'ops' }, contextOf(data, { environment }));
    expect(existsSync(join(data.path, 'hooked'))).toBe(false);
  });

  it.each([
    [{ git: '--upload-pack=touch /tmp/x' }],
    [{ git: 'ext::sh -c touch% /tmp/x' }],
    [{ git: 'https://git.example.com/ops.git', ref: '--output=x' }],
    [{ git: 'https://git.example.com/ops.git', ref: 'main:refs/heads/x' }],
  ])('refuses %j, which is an order to git and no place', async (source) => {
    await using data = await createKnowledgeFolder();
    const opening = openSources([source], contextOf(data));
    await expect(opening).rejects.toMatchObject({ code: 'config-invalid' });
  });

  it('sends the token to the repository and nowhere else', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using data = await createKnowledgeFolder();
    const open = async (source: GitSource, token?: string) => {
      const credentials = () => (token === undefined ? {} : { token });
      const [opened] = await openSources([source], contextOf(data, { credentials }));
      return opened && isUnreachable(opened) ? `${opened.location} ${opened.problem}` : 'opened';
    };
    const byEnv = await open({ git: `http://127.0.0.1:${port}/ops/a.git` }, 's3cret-token');
    const byUrl = await open({ git: `http://me:s3cret-token@127.0.0.1:${port}/ops/b.git` });
    server.close();
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(seen).toContain(basic('x-access-token:s3cret-token'));
    expect(seen).toContain(basic('me:s3cret-token'));
    expect(byEnv + byUrl).not.toContain('s3cret');
    expect(byEnv).toContain('403');
  });

  it.each(['https://me:s3/cret@git.example.com/a.git', 'https://me:s3 cret@:x/a.git'])(
    'is a mistake in the configuration when its URL is none, whose password is not told: %s',
    async (location) => {
      await using data = await createKnowledgeFolder();
      const refused = { code: 'config-invalid', message: expect.not.stringMatching(/s3|cret/) };
      await expect(openSources([{ git: location }], contextOf(data))).rejects.toMatchObject(refused);
      await expect(findHeads([{ git: location }], contextOf(data))).rejects.toMatchObject(refused);
    },
  );

  it('tells no password of a URL that git does not know how to open', async () => {
    await using data = await createKnowledgeFolder();
    const opened = await openSources([{ git: 'ftp://me:s3@cret@127.0.0.1:1/a.git?key=s3cret' }], contextOf(data));
    expect(opened).toMatchObject([{ location: 'ftp://127.0.0.1:1/a.git' }]);
    expect(JSON.stringify(opened)).not.toMatch(/s3|cret/);
  });

  it('stops when it is told to, and leaves the copy as it was', async () => {
    await using upstream = await createRepository({ 'a.md': 'x' });
    await using data = await createKnowledgeFolder();
    const source: GitSource = { git: upstream.path, name: 'ops' };
    await openSource(source, contextOf(data));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(openSource(source, contextOf(data, { signal }))).rejects.toThrow('enough');
    expect((await openSource(source, contextOf(data))).problem).toBeUndefined();
  });

  it('stops in the middle of a question that nobody answers', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await using data = await createKnowledgeFolder();
    const signal = AbortSignal.timeout(300);
    const opening = openSource({ git: `http://127.0.0.1:${port}/ops.git` }, contextOf(data, { signal }));
    await expect(opening).rejects.toMatchObject({ name: 'TimeoutError' });
    server.closeAllConnections();
    server.close();
  });

  it('is followed through any edits, moves, deletions and rewritten history', async () => {
    const Name = fc.constantFrom('runbooks/a.md', 'runbooks/b/c.md', 'incidents/d.md', 'runbooks/b', 'e.txt');
    const Change = fc.oneof(
      fc.record({ type: fc.constant('write' as const), to: Name, text: fc.string({ maxLength: 8 }) }),
      fc.record({ type: fc.constant('move' as const), from: Name, to: Name }),
      fc.record({ type: fc.constant('remove' as const), from: Name }),
      fc.record({ type: fc.constant('rewind' as const) }),
    );
    const Round = fc.array(Change, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(Round, { minLength: 2, maxLength: 4 }), async (rounds) => {
        await using upstream = await createRepository({ 'runbooks/a.md': 'first' });
        await using data = await createKnowledgeFolder();
        for (const round of rounds) {
          for (const change of round) await apply(upstream, change);
          const sha = commit(upstream);
          const checkout = await openSource({ git: upstream.path, name: 'ops' }, contextOf(data));
          expect(checkout.problem).toBeUndefined();
          expect(checkout.state.sha).toBe(sha);
          expect(filesOf(checkout.root)).toEqual(filesOf(upstream.path));
        }
      }),
      { numRuns: 6 },
    );
  });
});

type Change =
  | { readonly type: 'write'; readonly to: string; readonly text: string }
  | { readonly type: 'move'; readonly from: string; readonly to: string }
  | { readonly type: 'remove'; readonly from: string }
  | { readonly type: 'rewind' };

/** What the folder does not allow (a file where a folder is) is no change. */
async function apply(upstream: KnowledgeFolder, change: Change): Promise<void> {
  try {
    if (change.type === 'write') await upstream.write(change.to, change.text);
    else if (change.type === 'move') await upstream.move(change.from, change.to);
    else if (change.type === 'remove') await upstream.remove(change.from);
    else git(upstream, 'reset', '--hard', '--quiet', git(upstream, 'rev-list', '--max-parents=0', 'HEAD'));
  } catch {
    await mkdir(upstream.path, { recursive: true });
  }
}

describe('a folder as a source', () => {
  it('stands at no commit outside of git, and before the first one', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a' });
    await using data = await createKnowledgeFolder();
    const open = async () => (await openSource({ directory: folder.path, name: 'here' }, contextOf(data))).state;
    const state = { name: 'here', kind: 'directory', location: folder.path };
    expect(await open()).toEqual(state);
    git(folder, 'init', '--quiet');
    expect(await open()).toEqual(state);
  });

  it('stands at the head, and is dirty when a file that is read differs from it', async () => {
    await using folder = await createRepository({ 'runbooks/a.md': 'a' });
    await using data = await createKnowledgeFolder();
    const open = async (globs: object = {}) =>
      (await openSource({ directory: folder.path, ...globs }, contextOf(data))).state;
    const sha = git(folder, 'rev-parse', 'HEAD');
    await folder.write('notes.txt', 'no knowledge');
    expect(await open()).toMatchObject({ sha, dirty: false });
    await folder.write('topology/new.yaml', 'system: new');
    expect(await open()).toMatchObject({ sha, dirty: true });
    expect(await open({ runbooks: ['runbooks/*.md'] })).toMatchObject({ sha, dirty: false });
  });

  it('that is not there is away: nobody may have mounted it, and what was published of it stays', async () => {
    await using data = await createKnowledgeFolder();
    const directory = join(data.path, 'absent');
    expect(await openSources([{ directory }], contextOf(data))).toEqual([
      { name: 'absent', location: directory, problem: expect.stringContaining('is no folder: create it') },
    ]);
  });
});
