import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import type { ReceivedGroup } from '../domain/occurrence.ts';
import { createKnowledgeSources } from '../knowledge-sources.ts';
import { createGitFolder } from '../testing/git-folder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { createNoiseKeeper, type NoiseRules } from './keeper.ts';

const NOW = new Date('2027-03-01T12:00:00Z');
const now = () => NOW;

function file(alert: string, more = 'enabled: true'): string {
  return `rules:\n- name: hide-${alert.toLowerCase()}\n  say: when the alert is ${alert} then filter it out\n  reason: Nobody acts on it.\n  ${more}\n`;
}

/** One alert for each name; `!` in front is one that is resolved. */
function group(...names: readonly string[]): ReceivedGroup {
  const [first, ...rest] = names.map((name) => ({
    status: name.startsWith('!') ? ('resolved' as const) : ('firing' as const),
    ...{ labels: { alertname: name.replace('!', '') }, annotations: {}, fingerprint: name },
    startsAt: '2027-03-01T11:00:00Z',
  }));
  if (!first) throw new Error('a group has an alert');
  return { groupKey: 'g', groupLabels: {}, commonLabels: {}, commonAnnotations: {}, alerts: [first, ...rest] };
}

function keep(folder: KnowledgeFolder, onChange?: (rules: NoiseRules) => void) {
  const listRoots = async () => [{ name: '', root: folder.path }];
  return createNoiseKeeper({ listRoots, now, pollMs: 5, ...(onChange ? { onChange } : {}) });
}

describe('the noise rules of a running server', () => {
  it('filter nothing until they were read, and then what is enabled and in its time', async () => {
    await using folder = await createKnowledgeFolder({
      'noise/a.yaml': file('WebSlow'),
      'noise/b.yml': file('DbFull', 'enabled: false'),
      'noise/c.yaml': file('QueueLong', 'enabled: true\n  until: 2027-02-28'),
    });
    await using keeper = keep(folder);
    expect(keeper.filterOf(group('WebSlow'), 'alertmanager')).toBeUndefined();
    await keeper.refresh();
    expect(keeper.current.problems).toEqual([]);
    const filtered = ['WebSlow', 'DbFull', 'QueueLong'].map((name) => keeper.filterOf(group(name), 'alertmanager'));
    expect(filtered).toEqual(['hide-webslow', undefined, undefined]);
  });

  it('hide a group only when all that fires in it is hidden by one rule', async () => {
    await using folder = await createKnowledgeFolder({
      'noise/a.yaml': file('WebSlow'),
      'noise/b.yaml': file('WebErrors'),
    });
    await using keeper = keep(folder);
    await keeper.refresh();
    const filterOf = (...names: string[]) => keeper.filterOf(group(...names), 'alertmanager');
    expect(filterOf('WebSlow', 'WebSlow')).toBe('hide-webslow');
    expect(filterOf('WebSlow', '!DbFull')).toBe('hide-webslow');
    expect(filterOf('WebSlow', 'DbFull')).toBeUndefined();
    expect(filterOf('WebSlow', 'WebErrors')).toBeUndefined();
    expect(filterOf('!WebSlow')).toBeUndefined();
  });

  it('follow their files by themselves, and tell of a change once', async () => {
    await using folder = await createKnowledgeFolder();
    const changes: string[][] = [];
    let wake = () => {};
    await using keeper = keep(folder, ({ rules }) => {
      changes.push(rules.map(({ name }) => name));
      wake();
    });
    await keeper.refresh();
    keeper.start();
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await folder.write('noise/a.yaml', file('WebSlow'));
    await changed;
    expect(changes).toEqual([['hide-webslow']]);
    await folder.remove('noise/a.yaml');
    await keeper.refresh();
    await keeper.refresh();
    expect(changes.at(-1)).toEqual([]);
    const before = changes.length;
    await keeper.refresh();
    expect(changes).toHaveLength(before);
  });

  it('stay as they were while their file is no YAML, and hold what it says as soon as it is', async () => {
    await using folder = await createKnowledgeFolder({ 'noise/a.yaml': file('WebSlow') });
    await using keeper = keep(folder);
    await keeper.refresh();
    await folder.write('noise/a.yaml', 'rules: [');
    const broken = await keeper.refresh();
    expect(broken.problems).toEqual([
      { path: 'noise/a.yaml', line: 1, message: expect.stringContaining('not readable') },
    ]);
    expect(keeper.filterOf(group('WebSlow'), 'alertmanager')).toBe('hide-webslow');
    // A mistake in one rule never keeps another one on that was switched off.
    const mended = `${file('WebSlow', 'enabled: false')}- name: x\n`;
    await folder.write('noise/a.yaml', mended);
    expect((await keeper.refresh()).problems).not.toEqual([]);
    expect(keeper.filterOf(group('WebSlow'), 'alertmanager')).toBeUndefined();
  });

  it('filter nothing where they cannot be read, and say so', async () => {
    await using folder = await createKnowledgeFolder({ 'noise/a.yaml': file('WebSlow') });
    await using outside = await createKnowledgeFolder({ 'secret.yaml': file('DbFull') });
    await symlink(join(outside.path, 'secret.yaml'), join(folder.path, 'noise/link.yaml'));
    await folder.write('noise/large.yaml', `# ${'x'.repeat(300_000)}\n`);
    let isAway = false;
    const listRoots = async () => {
      if (isAway) throw new Error('not mounted');
      return [{ name: 'ops', root: folder.path }];
    };
    await using keeper = createNoiseKeeper({ listRoots, now });
    const { rules, problems } = await keeper.refresh();
    expect(rules.map(({ path }) => path)).toEqual(['ops/noise/a.yaml']);
    expect(problems.map(({ path, message }) => `${path} ${message}`)).toEqual(
      [
        'ops/noise/large.yaml is larger than 256 KiB: make several files of it',
        'ops/noise/link.yaml a symbolic link that leaves the knowledge folder',
      ].sort(),
    );
    isAway = true;
    expect((await keeper.refresh()).problems[0]?.message).toBe('the sources cannot be read: not mounted');
    expect(keeper.filterOf(group('WebSlow'), 'alertmanager')).toBeUndefined();
  });

  it('come out of a git source at the commit that is served', async () => {
    await using data = await createKnowledgeFolder();
    await using upstream = await createGitFolder({ 'noise/a.yaml': file('WebSlow') });
    await data.write('precedent.yaml', `sources: [{ git: "${upstream.path}", name: ops }]`);
    const settled = readConfig({ ...process.env, DATA_DIR: data.path }, join(data.path, 'precedent.yaml'));
    const sources = createKnowledgeSources(settled, now);
    await using keeper = createNoiseKeeper({ listRoots: sources.listOpened, now });
    expect((await keeper.refresh()).rules).toEqual([]);
    await sources.open({});
    expect((await keeper.refresh()).rules).toMatchObject([{ name: 'hide-webslow', path: 'ops/noise/a.yaml' }]);
    await upstream.write('noise/a.yaml', file('DbFull'));
    await upstream.commit();
    expect((await keeper.refresh()).rules).toMatchObject([{ name: 'hide-webslow' }]);
    await sources.open({});
    expect((await keeper.refresh()).rules).toMatchObject([{ name: 'hide-dbfull' }]);
  });
});
