import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../../config.ts';
import { SnapshotPage } from '../../domain/snapshot.ts';
import { TraceDigest } from '../../domain/trace.ts';
import { createMemorySnapshots } from '../../testing/memory-snapshots.ts';
import { postJson, readProblem, type Served, serve } from '../__fixtures__/serve.ts';

const KEY = 'a1'.repeat(32);
const EXPIRED = 'b2'.repeat(32);
const MOMENT = '2026-03-10T12:00:00.000Z';

/** Two snapshots: one of two pages, and one that expired. */
async function fill() {
  const store = createMemorySnapshots();
  const facts = { format: 'zipkin', createdAt: MOMENT, spans: 2, bytes: 20 } as const;
  const save = async (key: string, usedAt: string, pages: readonly unknown[]) => {
    for (const [at, page] of pages.entries()) {
      const content = gzipSync(JSON.stringify(page));
      await store.savePage({ upload: key, page: at + 1, content, savedAt: new Date(usedAt) });
    }
    await store.saveSnapshot(key, { ...facts, key, usedAt, pages: pages.length });
  };
  await save(EXPIRED, '2026-02-01T00:00:00.000Z', [[]]);
  const usedSince = new Date('2026-03-01T00:00:00.000Z');
  await store.expire({ usedSince, maxBytes: 1e9, uploadedSince: usedSince }, new Date(MOMENT));
  await save(KEY, MOMENT, [[{ id: '1' }], [{ id: '2', name: 'get /über' }]]);
  return store;
}

let served: Served;
beforeAll(async () => {
  served = await serve({}, { snapshots: await fill(), now: () => new Date(MOMENT) });
});
afterAll(() => served[Symbol.asyncDispose]());

const ask = (path: string, headers = {}) => fetch(`${served.url}/v1/snapshots/${path}`, { headers });

describe('GET /v1/snapshots/{key}', () => {
  it('answers page by page, each naming the next', async () => {
    const first = SnapshotPage.parse(await (await ask(KEY)).json());
    expect(first).toMatchObject({ key: KEY, format: 'zipkin', pages: 2, page: 1, next: 2, window: [{ id: '1' }] });
    const second = SnapshotPage.parse(await (await ask(`${KEY}?page=${first.next}`)).json());
    expect(second).toMatchObject({ page: 2, next: null, window: [{ id: '2', name: 'get /über' }] });
  });

  it('lets callers keep what never changes', async () => {
    const response = await ask(`${KEY}?page=2`);
    const tag = response.headers.get('etag') ?? '';
    expect(tag).toBe(`W/"${KEY}-2"`);
    expect(response.headers.get('cache-control')).toContain('private');
    expect(response.headers.get('cache-control')).toContain('immutable');
    for (const known of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const again = await ask(`${KEY}?page=2`, { 'if-none-match': known });
      expect(again.status, known).toBe(304);
      expect(await again.text()).toBe('');
      expect(again.headers.get('etag')).toBe(tag);
    }
    expect((await ask(KEY, { 'if-none-match': tag })).status).toBe(200);
  });

  it.each([
    ['abc', 400, 'input-invalid'],
    [KEY.toUpperCase(), 400, 'input-invalid'],
    [`${KEY}?page=0`, 400, 'input-invalid'],
    [`${KEY}?page=two`, 400, 'input-invalid'],
    [`${KEY}?page=3`, 400, 'input-invalid'],
    ['c3'.repeat(32), 404, 'not-found'],
    [EXPIRED, 410, 'snapshot-expired'],
  ])('%s is %d', async (path, status, code) => {
    const problem = await readProblem(await ask(path, { 'if-none-match': '*' }));
    expect(problem).toMatchObject({ status, type: `urn:precedent:problem:${code}` });
  });

  it.each(['0', 'two', '-1', '1.5', ''])('says what a page is: not %j', async (page) => {
    const { errors } = await readProblem(await ask(`${KEY}?page=${page}`));
    expect(errors).toEqual([{ path: 'page', message: 'must be a whole number from 1' }]);
  });

  it('says until when an expired one was kept, and who decides', async () => {
    const { detail } = await readProblem(await ask(EXPIRED));
    expect(detail).toContain(MOMENT);
    expect(detail).toContain('SNAPSHOT_DAYS');
  });

  it('asks for a token where the rest does', async () => {
    await using closed = await serve({ API_TOKENS: 'open-sesame' }, { snapshots: await fill() });
    expect((await fetch(`${closed.url}/v1/snapshots/${KEY}`)).status).toBe(401);
  });

  it('answers 503 while the store is away', async () => {
    const store = createMemorySnapshots();
    await store[Symbol.asyncDispose]();
    await using away = await serve({}, { snapshots: store });
    const response = await fetch(`${away.url}/v1/snapshots/${KEY}`);
    expect(response.headers.get('retry-after')).not.toBeNull();
    expect(await readProblem(response)).toMatchObject({ status: 503 });
  });
});

describe('the windows behind a digest', () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(`${PROJECT_DIR}/examples/traces/${name}`, 'utf8'));
  const digest = async (url: string, windows: unknown) =>
    TraceDigest.parse(await (await postJson(`${url}/v1/traces/digest`, windows)).json());

  it('are there whole under its keys, and give the same digest again', async () => {
    const windows = { baseline: read('normal.json'), incident: read('spiked.json') };
    const first = await digest(served.url, windows);
    expect(first.snapshotKeys).toHaveLength(2);
    const kept: SnapshotPage[] = [];
    for (const key of first.snapshotKeys) kept.push(SnapshotPage.parse(await (await ask(key)).json()));
    expect(kept.map(({ pages }) => pages)).toEqual([1, 1]);
    expect(kept.map(({ window }) => window)).toEqual([windows.baseline, windows.incident]);
    const again = await digest(served.url, { baseline: kept[0]?.window, incident: kept[1]?.window });
    expect(again).toEqual(first);
  });

  it('have no keys when none are kept', async () => {
    await using forgetful = await serve({ SNAPSHOT_DAYS: '0' });
    expect(await digest(forgetful.url, { incident: read('spiked.json') })).toMatchObject({ snapshotKeys: [] });
  });
});
