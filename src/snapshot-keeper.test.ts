import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SnapshotFacts } from './domain/snapshot.ts';
import type { SnapshotStore } from './ports.ts';
import { createSnapshotKeeper, type SnapshotKeeper, type SnapshotKeeperOptions } from './snapshot-keeper.ts';
import { createMemorySnapshots } from './testing/memory-snapshots.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-10T12:00:00.000Z');
const keyOf = (name: string) => name.repeat(64).slice(0, 64);

function setUp(options: Partial<SnapshotKeeperOptions> = {}) {
  const failures: string[] = [];
  const clock = { at: START };
  let ids = 0;
  const store = options.store ?? createMemorySnapshots();
  const keeper = createSnapshotKeeper({
    days: 30,
    maxBytes: 1_000_000,
    now: () => new Date(clock.at),
    newId: () => `upload-${++ids}`,
    onFailure: (what, error) => failures.push(`${what}: ${error instanceof Error ? error.message : error}`),
    ...options,
    store,
  });
  return { keeper, store, clock, failures };
}

function factsOf(name: string, pages: number): SnapshotFacts {
  return { key: keyOf(name), format: 'zipkin', spans: pages, bytes: 9 * pages, pages };
}

async function keep(keeper: SnapshotKeeper, name: string, pages: readonly unknown[] = [[{ id: name }]]) {
  const upload = keeper.begin();
  for (const page of pages) await upload?.page(gzipSync(JSON.stringify(page)));
  return upload?.commit(factsOf(name, pages.length));
}

/** Retention runs beside everything else. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a snapshot', () => {
  it('is there under its key, page by page', async () => {
    const { keeper } = setUp();
    expect(await keep(keeper, 'a', [[{ id: '1' }], [{ id: '2' }]])).toBe(keyOf('a'));
    const moment = new Date(START).toISOString();
    expect(await keeper.getPage(keyOf('a'))).toStrictEqual({
      ...factsOf('a', 2),
      createdAt: moment,
      usedAt: moment,
      page: 1,
      next: 2,
      window: [{ id: '1' }],
    });
    expect(await keeper.getPage(keyOf('a'), 2)).toMatchObject({ page: 2, next: null, window: [{ id: '2' }] });
  });

  it.each([
    ['A'.repeat(64), 1, 'input-invalid', 'key'],
    ['../etc/passwd', 1, 'input-invalid', 'key'],
    [keyOf('b'), 1, 'not-found', undefined],
    [keyOf('a'), 2, 'input-invalid', 'page'],
    [keyOf('a'), 0, 'input-invalid', 'page'],
    [keyOf('a'), 1.5, 'input-invalid', 'page'],
  ])('%s, page %d, is %s', async (key, page, code, path) => {
    const { keeper } = setUp();
    await keep(keeper, 'a');
    const problems = path ? [expect.objectContaining({ path })] : [];
    await expect(keeper.getPage(key, page)).rejects.toMatchObject({ code, problems });
  });

  it('that is given up leaves nothing', async () => {
    const { keeper, store } = setUp();
    const upload = keeper.begin();
    await upload?.page(gzipSync('[]'));
    await upload?.discard();
    await upload?.discard();
    expect(await upload?.commit(factsOf('a', 1))).toBeUndefined();
    expect(await store.findSnapshot(keyOf('a'))).toBeUndefined();
  });

  it('that was committed stays when it is discarded', async () => {
    const { keeper } = setUp();
    const upload = keeper.begin();
    await upload?.page(gzipSync('[]'));
    await upload?.commit(factsOf('a', 1));
    await upload?.discard();
    expect(await keeper.getPage(keyOf('a'))).toMatchObject({ window: [] });
  });
});

describe('retention', () => {
  it('keeps none, and makes no keys, with 0 days', () => {
    expect(setUp({ days: 0 }).keeper.begin()).toBeUndefined();
  });

  it('forgets what no digest came from for so many days, and says until when it was kept', async () => {
    const { keeper, clock } = setUp({ days: 2 });
    await keep(keeper, 'a');
    clock.at += 2 * DAY;
    await keep(keeper, 'b');
    await settle();
    expect(await keeper.getPage(keyOf('a'))).toMatchObject({ page: 1 });
    clock.at += HOUR;
    await keep(keeper, 'b');
    await settle();
    const expired = {
      code: 'snapshot-expired',
      message: expect.stringContaining('kept until 2026-03-12T13:00:00.000Z'),
    };
    await expect(keeper.getPage(keyOf('a'))).rejects.toMatchObject(expired);
    await expect(keeper.getPage(keyOf('a'))).rejects.toThrow(
      'no digest had come from it since 2026-03-10T12:00:00.000Z, and SNAPSHOT_DAYS is 2',
    );
    expect(await keeper.getPage(keyOf('b'))).toMatchObject({ page: 1 });
  });

  it('counts the days from the last use', async () => {
    const { keeper, clock } = setUp({ days: 2 });
    for (let day = 0; day < 5; day++) {
      await keep(keeper, 'a');
      await settle();
      clock.at += DAY;
    }
    expect(await keeper.getPage(keyOf('a'))).toMatchObject({ createdAt: new Date(START).toISOString() });
  });

  it('keeps no more bytes than it may, and of them the latest', async () => {
    const size = gzipSync('[{"id":"a"}]').length;
    const { keeper, clock } = setUp({ maxBytes: 2 * size });
    for (const name of ['a', 'b', 'c']) {
      await keep(keeper, name);
      await settle();
      clock.at += HOUR;
    }
    // Its days were not over, or were fewer then.
    await expect(keeper.getPage(keyOf('a'))).rejects.toMatchObject({
      code: 'snapshot-expired',
      message: expect.stringMatching(/SNAPSHOT_MAX_MB .*SNAPSHOT_DAYS/),
    });
    for (const name of ['b', 'c']) expect(await keeper.getPage(keyOf(name))).toMatchObject({ page: 1 });
  });

  it('brings back what comes again', async () => {
    const { keeper, clock } = setUp({ days: 1 });
    await keep(keeper, 'a');
    clock.at += 3 * DAY;
    await keep(keeper, 'b');
    await settle();
    await expect(keeper.getPage(keyOf('a'))).rejects.toMatchObject({ code: 'snapshot-expired' });
    await keep(keeper, 'a');
    expect(await keeper.getPage(keyOf('a'))).toMatchObject({ page: 1 });
  });

  it('keeps no more than it may, however much comes within an hour', async () => {
    const size = gzipSync('[{"id":"a"}]').length;
    const { keeper, clock } = setUp({ maxBytes: 2 * size });
    for (const name of ['a', 'b', 'c']) {
      await keep(keeper, name);
      await settle();
      clock.at += 1_000;
    }
    await expect(keeper.getPage(keyOf('a'))).rejects.toMatchObject({ code: 'snapshot-expired' });
    for (const name of ['b', 'c']) expect(await keeper.getPage(keyOf(name))).toMatchObject({ page: 1 });
  });

  it('runs at most once an hour while little comes, also by being read', async () => {
    let runs = 0;
    const memory = createMemorySnapshots();
    const expire: SnapshotStore['expire'] = async () => ++runs;
    const { keeper, clock } = setUp({ store: { ...memory, expire } });
    for (let minute = 0; minute < 180; minute += 10) {
      await keep(keeper, 'a');
      await keeper.getPage(keyOf('a'));
      clock.at += HOUR / 6;
    }
    await keeper[Symbol.asyncDispose]();
    expect(runs).toBe(3);
  });

  it('that fails is told, and nobody waits for it', async () => {
    const expire = () => Promise.reject(new Error('away'));
    const { keeper, failures } = setUp({ store: { ...createMemorySnapshots(), expire } });
    expect(await keep(keeper, 'a')).toBe(keyOf('a'));
    await settle();
    expect(failures).toEqual(['expire snapshots: away']);
  });

  it('that hangs does not keep the program from closing', async () => {
    const expire: SnapshotStore['expire'] = (_, __, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const { keeper, failures } = setUp({ store: { ...createMemorySnapshots(), expire } });
    await keep(keeper, 'a');
    await keeper[Symbol.asyncDispose]();
    expect(failures).toEqual([]);
  });
});

describe('a store that is away', () => {
  const away = () => Promise.reject(new Error('away'));

  it.each(['savePage', 'saveSnapshot'] as const)('costs the key and no more: %s', async (method) => {
    const { keeper, failures } = setUp({ store: { ...createMemorySnapshots(), [method]: away, discardUpload: away } });
    expect(await keep(keeper, 'a', [[1], [2], [3]])).toBeUndefined();
    expect(failures).toEqual(['keep snapshot: away']);
  });

  it('is not asked for more pages after the first that failed', async () => {
    let asked = 0;
    const savePage = () => {
      asked++;
      return away();
    };
    const { keeper } = setUp({ store: { ...createMemorySnapshots(), savePage } });
    await keep(keeper, 'a', [[1], [2], [3]]);
    expect(asked).toBe(1);
  });

  it('cannot say what a key holds', async () => {
    const { keeper } = setUp({ store: { ...createMemorySnapshots(), findSnapshot: away } });
    await expect(keeper.getPage(keyOf('a'))).rejects.toThrow('away');
  });

  it('is spared a window larger than all that may be kept', async () => {
    const { keeper, failures, store } = setUp({ maxBytes: 50 });
    expect(await keep(keeper, 'a', [[1], [2], [3]])).toBeUndefined();
    expect(failures).toEqual([expect.stringContaining('SNAPSHOT_MAX_MB')]);
    await expect(store.saveSnapshot('upload-1', { ...factsOf('a', 1), createdAt: '', usedAt: '' })).rejects.toThrow();
  });
});
