import { describe, expect, it } from 'vitest';
import type { Generation } from '../src/domain/generation.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import { createLostFiles } from './lost.ts';
import type { UnreadFile } from './source-file.ts';

const generation: Generation = {
  key: 'a',
  model: { id: 'm', checksum: 'c', dimension: 4 },
  sources: [],
  publishedAt: '2026-03-01T10:00:00Z',
  documents: 1,
  chunks: 1,
};

function entryOf(path: string): ManifestFile {
  return { path, source: 'ops', sha: 'f'.repeat(40), problems: [], documents: [], reusable: true };
}

const PATHS = ['ops/runbooks/web.md', 'ops/runbooks/web/High.md', 'ops/runbooks/web/Low.md', 'ops/runbooks/web2/A.md'];

async function lose(path: string) {
  const lost = createLostFiles([], { generation, manifest: { recipe: 'r', files: PATHS.map(entryOf) } });
  const failure: UnreadFile = { path, source: 'ops', status: 'failed', reason: 'EIO' };
  const passed: string[] = [];
  async function* files() {
    yield failure;
  }
  for await (const file of lost.watch(files())) passed.push(file.path);
  return { passed, lost: lost.list().files };
}

describe('a reading that fails', () => {
  it('hides one served file, which is told of with the reason', async () => {
    const { passed, lost } = await lose('ops/runbooks/web.md');
    expect(passed).toEqual([]);
    const unread = { status: 'failed', reason: 'EIO' };
    expect(lost).toEqual([{ ...entryOf('ops/runbooks/web.md'), unread, reusable: false }]);
  });

  it('of a folder hides all served files below it and no others, and stays told itself', async () => {
    const { passed, lost } = await lose('ops/runbooks/web');
    expect(passed).toEqual(['ops/runbooks/web']);
    expect(lost.map(({ path }) => path)).toEqual(['ops/runbooks/web/High.md', 'ops/runbooks/web/Low.md']);
  });

  it('of the source itself hides everything', async () => {
    expect((await lose('ops/')).lost).toHaveLength(4);
  });

  it('of a file that was never served passes', async () => {
    expect(await lose('ops/runbooks/new.md')).toEqual({ passed: ['ops/runbooks/new.md'], lost: [] });
  });
});
