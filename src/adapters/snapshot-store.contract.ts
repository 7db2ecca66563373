import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotRetention } from '../domain/snapshot.ts';
import type { SnapshotStore } from '../ports.ts';

const NOW = new Date('2026-03-10T12:00:00.000Z');
const KEEP_ALL: SnapshotRetention = { usedSince: new Date(0), maxBytes: 1e9, uploadedSince: new Date(0) };

/** Every promise of `SnapshotStore`. Each test opens a store of its own, which must be empty. */
export function describeSnapshotStore(name: string, open: () => Promise<SnapshotStore>): void {
  const promise = (what: string, check: (store: SnapshotStore) => Promise<void>) =>
    it(what, async () => {
      await using store = await open();
      await check(store);
    });

  describe(`${name}: keeping`, () => {
    promise('knows nothing of a key that nobody was given', async (store) => {
      expect(await store.findSnapshot(keyOf('x'))).toBeUndefined();
      expect(await store.findPage(keyOf('x'), 1)).toBeUndefined();
      expect(await store.expire(KEEP_ALL, NOW)).toBe(0);
    });

    promise('keeps facts and pages to the letter', async (store) => {
      const snapshot = await keep(store, 'x', ['first', 'second']);
      expect(await store.findSnapshot(snapshot.key)).toStrictEqual({ snapshot });
      expect(await readPages(store, snapshot.key)).toEqual(['first', 'second']);
      for (const page of [0, -1, 3, 1.5]) expect(await store.findPage(snapshot.key, page)).toBeUndefined();
    });

    promise('keeps any bytes, and many of them', async (store) => {
      const content = new Uint8Array(300_000).map((_, at) => (at * 31) % 256);
      await store.savePage({ upload: 'u', page: 1, content, savedAt: NOW });
      await store.saveSnapshot('u', buildSnapshot('x', 1));
      const kept = await store.findPage(keyOf('x'), 1);
      expect(kept).toBeInstanceOf(Uint8Array);
      expect(Buffer.compare(kept ?? Buffer.of(), content)).toBe(0);
    });

    promise('shows nothing of an upload before it is a snapshot', async (store) => {
      await upload(store, 'u', ['first']);
      expect(await store.findPage(keyOf('x'), 1)).toBeUndefined();
      expect(await store.findPage('u', 1)).toBeUndefined();
    });

    promise('a snapshot lacking a page is refused, and not kept', async (store) => {
      await upload(store, 'u', ['first']);
      const failure = { code: 'casebook-unavailable', isRetryable: true };
      await expect(store.saveSnapshot('u', buildSnapshot('x', 2))).rejects.toMatchObject(failure);
      expect(await store.findSnapshot(keyOf('x'))).toBeUndefined();
    });

    promise('the same content twice is one snapshot, used anew', async (store) => {
      const first = await keep(store, 'x', ['first'], '2026-03-01T00:00:00.000Z');
      await keep(store, 'x', ['again'], '2026-03-05T00:00:00.000Z');
      await keep(store, 'x', ['again'], '2026-03-03T00:00:00.000Z');
      const known = await store.findSnapshot(first.key);
      expect(known?.snapshot).toStrictEqual({ ...first, usedAt: '2026-03-05T00:00:00.000Z' });
      expect(await readPages(store, first.key)).toEqual(['first']);
    });

    promise('of the same content many times at once one is kept, whole', async (store) => {
      await Promise.all(Array.from({ length: 8 }, () => keep(store, 'x', ['a', 'b'])));
      expect(await readPages(store, keyOf('x'))).toEqual(['a', 'b']);
    });

    promise('an upload that came to nothing leaves what was kept alone', async (store) => {
      await keep(store, 'x', ['kept'], undefined, 'mine');
      await upload(store, 'given up', ['other']);
      for (const id of ['given up', 'mine', 'unknown']) await store.discardUpload(id);
      expect(await readPages(store, keyOf('x'))).toEqual(['kept']);
      await expect(store.saveSnapshot('given up', buildSnapshot('y', 1))).rejects.toThrow('pages');
    });

    promise('what a caller does to a page later changes nothing', async (store) => {
      const content = new TextEncoder().encode('kept');
      await store.savePage({ upload: 'u', page: 1, content, savedAt: NOW });
      content.fill(0);
      await store.saveSnapshot('u', buildSnapshot('x', 1));
      expect(await readPages(store, keyOf('x'))).toEqual(['kept']);
    });
  });

  describe(`${name}: retention`, () => {
    promise('takes the pages of what nobody used, and remembers the name', async (store) => {
      const old = await keep(store, 'old', ['a', 'b'], '2026-03-01T00:00:00.000Z');
      await keep(store, 'new', ['c'], '2026-03-02T00:00:00.000Z');
      const usedSince = new Date('2026-03-02T00:00:00.000Z');
      expect(await store.expire({ ...KEEP_ALL, usedSince }, NOW)).toBe(1);
      expect(await store.findSnapshot(old.key)).toStrictEqual({ snapshot: old, expiredAt: NOW.toISOString() });
      expect(await readPages(store, old.key)).toEqual([]);
      expect(await readPages(store, keyOf('new'))).toEqual(['c']);
      expect(await store.expire({ ...KEEP_ALL, usedSince }, new Date(0))).toBe(0);
    });

    promise('of more bytes than may stay the latest used stay', async (store) => {
      for (const day of [3, 1, 4, 2]) await keep(store, `d${day}`, ['12345'], `2026-03-0${day}T00:00:00.000Z`);
      expect(await store.expire({ ...KEEP_ALL, maxBytes: 10 }, NOW)).toBe(2);
      for (const day of [1, 2]) expect((await store.findSnapshot(keyOf(`d${day}`)))?.expiredAt).toBeDefined();
      for (const day of [3, 4]) expect(await readPages(store, keyOf(`d${day}`))).toEqual(['12345']);
    });

    promise('what comes again after it expired is there again', async (store) => {
      const first = await keep(store, 'x', ['kept'], '2026-03-01T00:00:00.000Z');
      await store.expire({ ...KEEP_ALL, maxBytes: 0 }, NOW);
      await keep(store, 'x', ['kept'], '2026-03-11T00:00:00.000Z');
      const known = await store.findSnapshot(first.key);
      expect(known).toStrictEqual({ snapshot: { ...first, usedAt: '2026-03-11T00:00:00.000Z' } });
      expect(await store.expire(KEEP_ALL, NOW)).toBe(0);
      expect(await readPages(store, first.key)).toEqual(['kept']);
    });

    promise('sweeps an upload whose maker died, and not one under way', async (store) => {
      await upload(store, 'dead', ['a', 'b'], new Date('2026-03-01T00:00:00.000Z'));
      await upload(store, 'alive', ['c'], new Date('2026-03-01T00:00:00.000Z'));
      const content = new TextEncoder().encode('d');
      await store.savePage({ upload: 'alive', page: 2, content, savedAt: NOW });
      await store.expire({ ...KEEP_ALL, uploadedSince: new Date('2026-03-02T00:00:00.000Z') }, NOW);
      await expect(store.saveSnapshot('dead', buildSnapshot('x', 2))).rejects.toThrow('pages');
      await store.saveSnapshot('alive', buildSnapshot('y', 2));
      expect(await readPages(store, keyOf('y'))).toEqual(['c', 'd']);
    });

    promise('takes snapshots of any number of pages', async (store) => {
      await keep(
        store,
        'x',
        Array.from({ length: 250 }, (_, at) => `${at}`),
      );
      expect(await store.expire({ ...KEEP_ALL, maxBytes: 0 }, NOW)).toBe(1);
      expect(await readPages(store, keyOf('x'))).toEqual([]);
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('does nothing once its caller has given up', async (store) => {
      const given = AbortSignal.abort(new Error('given up'));
      const content = new Uint8Array(1);
      await expect(store.savePage({ upload: 'u', page: 1, content, savedAt: NOW }, given)).rejects.toThrow('given up');
      await expect(store.findSnapshot(keyOf('x'), given)).rejects.toThrow('given up');
    });

    it('a closed store is unavailable', async () => {
      const store = await open();
      await store[Symbol.asyncDispose]();
      await expect(store.findSnapshot(keyOf('x'))).rejects.toMatchObject({ code: 'casebook-unavailable' });
    });
  });
}

function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function buildSnapshot(name: string, pages: number, usedAt = NOW.toISOString()): Snapshot {
  return { key: keyOf(name), format: 'otlp', createdAt: usedAt, usedAt, spans: 3, bytes: 1_000, pages };
}

async function upload(store: SnapshotStore, id: string, pages: readonly string[], savedAt = NOW): Promise<void> {
  for (const [at, text] of pages.entries()) {
    await store.savePage({ upload: id, page: at + 1, content: new TextEncoder().encode(text), savedAt });
  }
}

let uploads = 0;

async function keep(
  store: SnapshotStore,
  name: string,
  pages: readonly string[],
  usedAt?: string,
  id = `upload-${++uploads}`,
): Promise<Snapshot> {
  const snapshot = buildSnapshot(name, pages.length, usedAt);
  await upload(store, id, pages);
  await store.saveSnapshot(id, snapshot);
  return snapshot;
}

async function readPages(store: SnapshotStore, key: string): Promise<string[]> {
  const texts: string[] = [];
  for (let page = 1; ; page++) {
    const content = await store.findPage(key, page);
    if (!content) return texts;
    texts.push(new TextDecoder().decode(content));
  }
}
