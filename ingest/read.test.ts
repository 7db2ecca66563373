import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KindGlobs } from '../src/domain/knowledge-source.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { hashBlob, listRuleFiles, readSources } from './read.ts';
import { isUnread, type SourceCheckout, type SourceFile, type UnreadFile } from './source-file.ts';
import { openKnowledgeDir } from './sources/open.ts';

async function gather(...checkouts: SourceCheckout[]): Promise<(SourceFile | UnreadFile)[]> {
  const files: (SourceFile | UnreadFile)[] = [];
  for await (const file of readSources(checkouts)) files.push(file);
  return files;
}

async function readAll(folder: KnowledgeFolder) {
  return gather(await openKnowledgeDir(folder.path));
}

async function readWith(globs: KindGlobs, contents: Readonly<Record<string, string>>) {
  await using folder = await createKnowledgeFolder(contents);
  return outlineOf(await gather({ ...(await openKnowledgeDir(folder.path)), globs }));
}

function outlineOf(files: readonly (SourceFile | UnreadFile)[]) {
  return files.map((file) => (isUnread(file) ? [file.path, file.reason] : [file.path, file.kind, file.id]));
}

async function reasonFor(path: string, content: string | Uint8Array) {
  await using folder = await createKnowledgeFolder({ 'runbooks/.keep': '', [path]: content });
  return (await readAll(folder)).map((file) => (isUnread(file) ? `${file.status}: ${file.reason}` : 'read'));
}

describe('reading a source whose folders say what they hold', () => {
  it('finds runbooks, incidents, postmortems and topologies, in the order of their paths, and nothing else', async () => {
    await using folder = await createKnowledgeFolder({
      'topology/shop.yaml': 'system: shop',
      'topology/traces.json.gz': 'x',
      'runbooks/web/High.md': '# High',
      'runbooks/web.md': '# Web',
      'runbooks/a/b/c.markdown': '# C',
      'postmortems/old.md': '# Old',
      'incidents/2026/2026-01-02-x.md': '# X',
      'docs/ignored.md': '# No knowledge',
      'README.md': '# No knowledge',
      'catalog-info.yaml': 'kind: Component',
    });
    expect(outlineOf(await readAll(folder))).toEqual([
      ['catalog-info.yaml', 'topology', 'catalog-info'],
      ['incidents/2026/2026-01-02-x.md', 'incident', '2026/2026-01-02-x'],
      ['postmortems/old.md', 'incident', 'old'],
      ['runbooks/a/b/c.markdown', 'runbook', 'a/b/c'],
      ['runbooks/web.md', 'runbook', 'web'],
      ['runbooks/web/High.md', 'runbook', 'web/High'],
      ['topology/shop.yaml', 'topology', 'shop'],
      ['topology/traces.json.gz', 'topology', 'traces'],
    ]);
  });

  it('gives each file its bytes and the id that git gives it', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/One.md': 'hello\n' });
    const [file] = await readAll(folder);
    expect(file).toMatchObject({ sha: 'ce013625030ba8dba906f756967f9e9ca394464a', source: '' });
    expect(hashBlob(new Uint8Array())).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
    expect(file && !isUnread(file) && Buffer.from(file.bytes).toString()).toBe('hello\n');
  });

  it.each([
    ['a picture', 'runbooks/a.png', 'x', 'skipped: only .md, .markdown, .mdx files are read in runbooks/'],
    ['AsciiDoc', 'runbooks/a.adoc', 'x', 'skipped: AsciiDoc is not read: save it as Markdown (.md)'],
    [
      'Markdown among topologies',
      'topology/a.md',
      'x',
      'skipped: only .yaml, .yml, .json, .json.gz files are read in topology/',
    ],
    [
      'a dump',
      'runbooks/a.md',
      'x'.repeat(6 * 1024 * 1024),
      'skipped: larger than 5 MB: nobody reads it whole at night, split it by topic (it has 6.0 MB)',
    ],
  ])('skips %s and says why', async (_what, path, content, outcome) => {
    expect(await reasonFor(path, content)).toEqual([outcome]);
  });

  it('reads 5 MB of Markdown and 20 MB of traces', async () => {
    expect(await reasonFor('runbooks/a.md', 'x'.repeat(5 * 1024 * 1024))).toEqual(['read']);
    expect(await reasonFor('topology/a.json', new Uint8Array(20 * 1024 * 1024))).toEqual(['read']);
  });

  it('does not see hidden files and folders', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/.git/a.md': 'x', 'runbooks/.draft.md': 'x' });
    expect(await readAll(folder)).toEqual([]);
  });
});

describe('reading any repository', () => {
  it('tells by the innermost folder what a page is, and leaves the others to their own words', async () => {
    await using folder = await createKnowledgeFolder({
      'README.md': 'x',
      'docs/guide.mdx': 'x',
      'docs/logo.png': 'x',
      'docs/old.adoc': 'x',
      'services/db/Runbooks/README.md': 'x',
      'services/web/runbooks/README.md': 'x',
      'services/web/runbooks/incidents/2026-01-02.md': 'x',
      'services/web/catalog-info.yaml': 'x',
      'services/web/values.yaml': 'x',
      'ops/topology/shop.yml': 'x',
      'ops/post-mortems/2025/checkout.md': 'x',
      'node_modules/left/README.md': 'x',
      'web/vendor/README.md': 'x',
      'dist/runbooks/a.md': 'x',
    });
    expect(outlineOf(await readAll(folder))).toEqual([
      ['README.md', undefined, 'README'],
      ['docs/guide.mdx', undefined, 'docs/guide'],
      ['docs/old.adoc', 'AsciiDoc is not read: save it as Markdown (.md)'],
      ['ops/post-mortems/2025/checkout.md', 'incident', 'ops/2025/checkout'],
      ['ops/topology/shop.yml', 'topology', 'ops/shop'],
      ['services/db/Runbooks/README.md', 'runbook', 'services/db/README'],
      ['services/web/catalog-info.yaml', 'topology', 'services/web/catalog-info'],
      ['services/web/runbooks/README.md', 'runbook', 'services/web/README'],
      ['services/web/runbooks/incidents/2026-01-02.md', 'incident', 'services/web/runbooks/2026-01-02'],
    ]);
  });

  it('takes pages of a site as what the configuration calls them', async () => {
    await using folder = await createKnowledgeFolder({
      'runbooks/a.md': 'x',
      'other/b.md': 'x',
      'incidents/c.md': 'x',
    });
    const checkout = await openKnowledgeDir(folder.path);
    const site: SourceCheckout = {
      ...checkout,
      name: 'docs',
      pageKind: 'runbook',
      state: { name: 'docs', kind: 'site', location: 'https://docs.example.com' },
    };
    expect(outlineOf(await gather(site))).toEqual([
      ['docs/incidents/c.md', 'incident', 'docs/c'],
      ['docs/other/b.md', 'runbook', 'docs/other/b'],
      ['docs/runbooks/a.md', 'runbook', 'docs/a'],
    ]);
  });
});

describe('reading by globs', () => {
  it('reads what matches and nothing else, named from where the wildcards begin', async () => {
    const outline = await readWith(
      {
        runbooks: ['content/runbooks/**/*.md', './.github/how-to/*.md'],
        incidents: ['log/2026-*.md'],
        topology: ['map'],
      },
      {
        'content/runbooks/web/High.md': 'x',
        'content/runbooks/logo.png': 'x',
        'content/about.md': 'x',
        '.github/how-to/restart.md': 'x',
        '.github/ISSUE.md': 'x',
        'log/2026-01-02.md': 'x',
        'log/2025-01-02.md': 'x',
        'map/shop.yaml': 'x',
        'map/map.png': 'x',
        'runbooks/other.md': 'x',
      },
    );
    expect(outline).toEqual([
      ['.github/how-to/restart.md', 'runbook', 'restart'],
      ['content/runbooks/web/High.md', 'runbook', 'web/High'],
      ['log/2026-01-02.md', 'incident', '2026-01-02'],
      ['map/map.png', 'only .yaml, .yml, .json, .json.gz files are read as topology'],
      ['map/shop.yaml', 'topology', 'shop'],
    ]);
  });

  it('lists rule files apart, which are no knowledge', async () => {
    const contents = { 'alerts/web.rules.yml': 'x', 'alerts/db/db.yml': 'x', 'README.md': 'x', 'runbooks/a.md': 'x' };
    await using folder = await createKnowledgeFolder(contents);
    const checkout = { ...(await openKnowledgeDir(folder.path)), globs: { rules: ['alerts/**/*.yml'] } };
    expect(await listRuleFiles(checkout)).toEqual(['alerts/db/db.yml', 'alerts/web.rules.yml']);
    expect(outlineOf(await gather(checkout))).toEqual([['runbooks/a.md', 'runbook', 'a']]);
  });
});

describe('reading several sources', () => {
  it('puts the name of each before its paths and ids, and keeps the order of whole paths', async () => {
    await using one = await createKnowledgeFolder({ 'runbooks/A.md': 'x' });
    await using two = await createKnowledgeFolder({ 'runbooks/A.md': 'x' });
    const [first, second] = [await openKnowledgeDir(one.path), await openKnowledgeDir(two.path)];
    const files = await gather({ ...first, name: 'web' }, { ...second, name: 'web-old' });
    expect(outlineOf(files)).toEqual([
      ['web-old/runbooks/A.md', 'runbook', 'web-old/A'],
      ['web/runbooks/A.md', 'runbook', 'web/A'],
    ]);
    expect(files.map(({ source }) => source)).toEqual(['web-old', 'web']);
  });

  it('lets others have a turn when a file has kept its reader busy', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'A', 'runbooks/b.md': 'B' });
    let turns = 0;
    const seen: number[] = [];
    for await (const _ of readSources([await openKnowledgeDir(folder.path)])) {
      seen.push(turns);
      setImmediate(() => turns++);
      const busyUntil = performance.now() + 20;
      while (performance.now() < busyUntil);
    }
    expect(seen).toEqual([0, 1]);
  });

  it('stops when it is told to', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/a.md': 'a', 'runbooks/b.md': 'b' });
    const stop = new AbortController();
    const files = readSources([await openKnowledgeDir(folder.path)], stop.signal);
    await files.next();
    stop.abort(new Error('enough'));
    await expect(files.next()).rejects.toThrow('enough');
  });
});

describe('links and what is no file', () => {
  it('follows links inside the folder, and only those', async () => {
    await using outside = await createKnowledgeFolder({ 'secret.md': '# Secret' });
    await using folder = await createKnowledgeFolder({ 'runbooks/real/A.md': '# A' });
    await symlink('real', join(folder.path, 'runbooks/linked'));
    await symlink(join(outside.path, 'secret.md'), join(folder.path, 'runbooks/out.md'));
    await symlink(outside.path, join(folder.path, 'incidents'));
    await symlink('nowhere', join(folder.path, 'unrelated'));
    await symlink('nowhere.md', join(folder.path, 'runbooks/broken.md'));
    await symlink('..', join(folder.path, 'runbooks/real/up'));
    const leaves = expect.stringContaining('a symbolic link that leaves the knowledge folder');
    expect((await readAll(folder)).map((file) => [file.path, isUnread(file) ? file.reason : 'read'])).toEqual([
      ['incidents', leaves],
      ['runbooks/broken.md', 'a symbolic link to nothing'],
      ['runbooks/linked/A.md', 'read'],
      ['runbooks/linked/up', 'a link to its own folder'],
      ['runbooks/out.md', leaves],
      ['runbooks/real/A.md', 'read'],
      ['runbooks/real/up', 'a link to its own folder'],
    ]);
  });

  it('follows no link to what is hidden, unless a glob names the hidden folder', async () => {
    await using folder = await createKnowledgeFolder({
      '.env': 'x',
      '.git/config': 'x',
      '.github/runbooks/A.md': '# A',
      'runbooks/B.md': '# B',
    });
    await symlink('../.env', join(folder.path, 'runbooks/env.md'));
    await symlink('../.git/config', join(folder.path, 'runbooks/config.md'));
    await symlink('../.git', join(folder.path, 'runbooks/git'));
    await symlink('../.github/runbooks/A.md', join(folder.path, 'runbooks/linked.md'));
    const hidden = 'a symbolic link to a hidden file or folder: link to a visible one';
    const refused = ['config.md', 'env.md', 'git'].map((name) => [`runbooks/${name}`, hidden]);
    expect(outlineOf(await readAll(folder))).toEqual([
      ['runbooks/B.md', 'runbook', 'B'],
      ...refused,
      ['runbooks/linked.md', hidden],
    ]);
    const globs: KindGlobs = { runbooks: ['.github/runbooks/*.md', 'runbooks/**'] };
    const named = await gather({ ...(await openKnowledgeDir(folder.path)), globs });
    expect(outlineOf(named)).toContainEqual(['runbooks/linked.md', 'runbook', 'linked']);
    expect(outlineOf(named).filter(([, reason]) => reason === hidden)).toEqual(refused);
  });

  it('reads a folder of links as a mounted ConfigMap lays it out', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/..2026_01/A.md': '# A' });
    await symlink('..2026_01', join(folder.path, 'runbooks/..data'));
    await symlink('..data/A.md', join(folder.path, 'runbooks/A.md'));
    expect(outlineOf(await readAll(folder))).toEqual([['runbooks/A.md', 'runbook', 'A']]);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    await using folder = await createKnowledgeFolder();
    await mkdir(join(folder.path, 'runbooks'));
    execFileSync('mkfifo', [join(folder.path, 'runbooks/a.md')]);
    expect(outlineOf(await readAll(folder))).toEqual([['runbooks/a.md', 'neither a file nor a folder']]);
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read has failed, and the others are read', async () => {
    await using folder = await createKnowledgeFolder({
      'runbooks/a.md': 'a',
      'runbooks/b.md': 'b',
      'topology/c.yml': 'c',
    });
    await chmod(join(folder.path, 'runbooks/a.md'), 0);
    await chmod(join(folder.path, 'topology'), 0);
    const files = await readAll(folder);
    await chmod(join(folder.path, 'topology'), 0o700);
    expect(files.map((file) => [file.path, isUnread(file) ? file.status : 'read'])).toEqual([
      ['runbooks/a.md', 'failed'],
      ['runbooks/b.md', 'read'],
      ['topology', 'failed'],
    ]);
  });

  it('says which folder is missing', async () => {
    await expect(openKnowledgeDir('/nowhere/at/all')).rejects.toMatchObject({
      code: 'knowledge-empty',
      message: expect.stringContaining('/nowhere/at/all does not exist'),
    });
  });
});
