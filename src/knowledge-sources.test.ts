import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { createKnowledgeSources } from './knowledge-sources.ts';
import { createGitFolder } from './testing/git-folder.ts';
import { createKnowledgeFolder } from './testing/knowledge-folder.ts';

async function openSources(yaml: string, dataDir: string) {
  await using folder = await createKnowledgeFolder({ 'precedent.yaml': yaml });
  const settled = readConfig({ ...process.env, DATA_DIR: dataDir }, join(folder.path, 'precedent.yaml'));
  let now = 0;
  const sources = createKnowledgeSources(settled, () => new Date(now));
  const wait = (ms: number) => {
    now += ms;
  };
  return { sources, wait };
}

describe('the configured sources', () => {
  it('are told as they were last opened, and nothing is fetched for it', async () => {
    await using data = await createKnowledgeFolder();
    await using upstream = await createGitFolder({ 'runbooks/A.md': '# A\n\nOld.\n' });
    const { sources } = await openSources(`sources: [{ git: "${upstream.path}", name: ops }]`, data.path);
    expect(await sources.listOpened()).toEqual([]);
    const [opened] = await sources.open({});
    await upstream.write('runbooks/A.md', '# A\n\nNew.\n');
    await upstream.commit();
    expect(await sources.listOpened()).toEqual([opened]);
    expect((await sources.findKnownHeads())[0]).toEqual(opened && 'state' in opened ? opened.state : undefined);
    expect((await sources.findHeads())[0]?.sha).not.toBe((await sources.findKnownHeads())[0]?.sha);
  });

  it('try again at once what could not be had, although pages may be old', async () => {
    await using data = await createKnowledgeFolder();
    // Nobody listens on the discard port.
    const { sources } = await openSources(
      'sources: [{ site: "http://127.0.0.1:9/sitemap.xml", name: docs }]',
      data.path,
    );
    const [first] = await sources.open({ pagesMayBeOld: true });
    const [second] = await sources.open({ pagesMayBeOld: true });
    expect(first).toMatchObject({ name: 'docs', problem: expect.any(String) });
    expect(second).not.toBe(first);
  });
});
