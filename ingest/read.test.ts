import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { findGitState } from './git.ts';
import { hashBlob, isUnread, readKnowledge, type SourceFile, type UnreadFile } from './read.ts';

async function gather(path: string) {
  const files: (SourceFile | UnreadFile)[] = [];
  for await (const file of readKnowledge(path)) files.push(file);
  return files;
}

async function readAll(folder: KnowledgeFolder) {
  return gather(folder.path);
}

async function readOne(content: string | Uint8Array): Promise<SourceFile> {
  await using folder = await createKnowledgeFolder({ 'runbooks/One.md': content });
  const [file] = await readAll(folder);
  if (file === undefined || isUnread(file)) throw new Error('the file was not read');
  return file;
}

async function reasonFor(path: string, content: string | Uint8Array) {
  await using folder = await createKnowledgeFolder({ [path]: content });
  return (await readAll(folder)).map((file) => (isUnread(file) ? `${file.status}: ${file.reason}` : 'read'));
}

describe('reading the knowledge folder', () => {
  it('finds runbooks, incidents, postmortems and topologies, in the order of their paths', async () => {
    await using folder = await createKnowledgeFolder({
      'topology/shop.yaml': 'system: shop',
      'runbooks/web/High.md': '# High',
      'runbooks/web.md': '# Web',
      'runbooks/a/b/c.markdown': '# C',
      'postmortems/old.md': '# Old',
      'incidents/2026/2026-01-02-x.md': '# X',
      'docs/ignored.md': '# No knowledge',
    });
    const files = await readAll(folder);
    expect(files.map((file) => [file.path, 'name' in file && file.kind, 'name' in file && file.name])).toEqual([
      ['incidents/2026/2026-01-02-x.md', 'incident', '2026/2026-01-02-x'],
      ['postmortems/old.md', 'incident', 'old'],
      ['runbooks/a/b/c.markdown', 'runbook', 'a/b/c'],
      ['runbooks/web.md', 'runbook', 'web'],
      ['runbooks/web/High.md', 'runbook', 'web/High'],
      ['topology/shop.yaml', 'service', 'shop'],
    ]);
  });

  it('gives each file the id that git gives it', async () => {
    expect((await readOne('hello\n')).sha).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
    expect(hashBlob(new Uint8Array())).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  });

  it('drops a byte order mark and carriage returns, and keeps the lines', async () => {
    expect((await readOne('\ufeff# A\r\n\r\nb\rc\n')).text).toBe('# A\n\nb\nc\n');
  });

  it('reads what is not UTF-8 as well as it can, and says on which line it began to guess', async () => {
    const file = await readOne(Uint8Array.from(Buffer.from('# Caf\u00e9\n\nd\u00e9j\u00e0 vu\n', 'latin1')));
    expect(file.text).toBe('# Café\n\ndéjà vu\n');
    expect(file.problems).toEqual([
      { path: 'runbooks/One.md', line: 1, message: expect.stringContaining('not UTF-8') },
    ]);
    const later = await readOne(Buffer.concat([Buffer.from('# Größe\nfine\n'), Buffer.from([0x61, 0xff, 0x0a])]));
    expect(later.problems[0]?.line).toBe(3);
  });

  it('reads UTF-16 with its mark, and asks for UTF-8', async () => {
    const file = await readOne(Buffer.from('\ufeff# Wide\n', 'utf16le'));
    expect(file.text).toBe('# Wide\n');
    expect(file.problems[0]?.message).toContain('UTF-16LE');
  });

  it.each([
    ['an empty file', 'runbooks/a.md', '', 'skipped: an empty file'],
    ['a file of blank lines', 'runbooks/a.md', '\n \r\n', 'skipped: an empty file'],
    ['a picture', 'runbooks/a.png', 'x', 'skipped: only .md, .markdown, .mdx files are read in runbooks/'],
    ['Markdown among topologies', 'topology/a.md', 'x', 'skipped: only .yaml, .yml files are read in topology/'],
    ['bytes that are no text', 'incidents/a.md', Uint8Array.from([1, 0, 2]), 'skipped: not a text file'],
    [
      'a dump',
      'runbooks/a.md',
      'x'.repeat(2 * 1024 * 1024),
      'skipped: larger than 1 MB (2.0 MB): too slow to parse, split it by topic',
    ],
  ])('skips %s and says why', async (_what, path, content, outcome) => {
    expect(await reasonFor(path, content)).toEqual([outcome]);
  });

  it('lets others have a turn between files', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'A', 'runbooks/b.md': 'B' });
    let turns = 0;
    const seen: number[] = [];
    for await (const _ of readKnowledge(folder.path)) {
      seen.push(turns);
      setImmediate(() => turns++);
    }
    expect(seen).toEqual([0, 1]);
  });

  it('does not see hidden files and folders', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/.git/a.md': 'x', 'runbooks/.draft.md': 'x' });
    expect(await readAll(folder)).toEqual([]);
  });

  it('follows links inside the folder, and only those', async () => {
    await using outside = await createKnowledgeFolder({ 'secret.md': '# Secret' });
    await using folder = await createKnowledgeFolder({ 'runbooks/real/A.md': '# A' });
    await symlink('real', join(folder.path, 'runbooks/linked'));
    await symlink(join(outside.path, 'secret.md'), join(folder.path, 'runbooks/out.md'));
    await symlink('nowhere.md', join(folder.path, 'runbooks/broken.md'));
    await symlink('..', join(folder.path, 'runbooks/real/up'));
    const files = await readAll(folder);
    expect(files.map((file) => [file.path, 'reason' in file ? file.reason : 'read'])).toEqual([
      ['runbooks/broken.md', 'a symbolic link to nothing'],
      ['runbooks/linked/A.md', 'read'],
      ['runbooks/linked/up', 'a link to its own folder'],
      ['runbooks/out.md', 'a symbolic link that leaves the knowledge folder'],
      ['runbooks/real/A.md', 'read'],
      ['runbooks/real/up', 'a link to its own folder'],
    ]);
  });

  it('reads a folder of links as a mounted ConfigMap lays it out', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/..2026_01/A.md': '# A' });
    await symlink('..2026_01', join(folder.path, 'runbooks/..data'));
    await symlink('..data/A.md', join(folder.path, 'runbooks/A.md'));
    expect((await readAll(folder)).map((file) => [file.path, 'text' in file && file.text])).toEqual([
      ['runbooks/A.md', '# A'],
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read has failed, and the others are read', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a', 'runbooks/b.md': 'b' });
    await chmod(join(folder.path, 'runbooks/a.md'), 0);
    expect((await readAll(folder)).map((file) => ('status' in file ? file.status : 'read'))).toEqual([
      'failed',
      'read',
    ]);
  });

  it('says which folder is missing', async () => {
    const reading = gather('/nowhere/at/all');
    await expect(reading).rejects.toMatchObject({
      code: 'knowledge-empty',
      message: expect.stringContaining('/nowhere/at/all does not exist'),
    });
  });

  it('stops when it is told to', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a', 'runbooks/b.md': 'b' });
    const stop = new AbortController();
    const files = readKnowledge(folder.path, stop.signal);
    await files.next();
    stop.abort(new Error('enough'));
    await expect(files.next()).rejects.toThrow('enough');
  });
});

describe('the commit of the knowledge', () => {
  const git = (folder: KnowledgeFolder, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-C', folder.path, ...args], {
      encoding: 'utf8',
    });

  it('is unknown outside of git, and before the first commit', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a' });
    expect(await findGitState(folder.path)).toBeUndefined();
    git(folder, 'init', '--quiet');
    expect(await findGitState(folder.path)).toBeUndefined();
  });

  it('is the head, and dirty when a knowledge file differs from it', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a' });
    git(folder, 'init', '--quiet');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message', 'first');
    const sha = git(folder, 'rev-parse', 'HEAD').trim();
    await folder.write('notes.txt', 'no knowledge');
    expect(await findGitState(folder.path)).toEqual({ sha, dirty: false });
    await mkdir(join(folder.path, 'topology'), { recursive: true });
    await folder.write('topology/new.yaml', 'system: new');
    expect(await findGitState(folder.path)).toEqual({ sha, dirty: true });
  });
});
