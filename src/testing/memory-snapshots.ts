import { PrecedentError } from '../domain/errors.ts';
import type { Snapshot, SnapshotPageContent, SnapshotRetention } from '../domain/snapshot.ts';
import type { SnapshotStore } from '../ports.ts';

interface Kept {
  readonly snapshot: Snapshot;
  readonly upload: string;
  readonly expiredAt?: string;
}

type Upload = Map<number, SnapshotPageContent>;

/** The store in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemorySnapshots(): SnapshotStore {
  const uploads = new Map<string, Upload>();
  const snapshots = new Map<string, Kept>();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  const discard = (upload: string) => {
    if (![...snapshots.values()].some((kept) => kept.upload === upload)) uploads.delete(upload);
  };
  return {
    async savePage(page, signal) {
      enter(signal);
      const upload = uploads.get(page.upload) ?? new Map();
      uploads.set(page.upload, upload.set(page.page, { ...page, content: page.content.slice() }));
    },
    async saveSnapshot(upload, snapshot, signal) {
      enter(signal);
      if (!hasPages(uploads.get(upload), snapshot.pages))
        throw new PrecedentError('casebook-unavailable', `not all ${snapshot.pages} pages of the snapshot are there`);
      snapshots.set(snapshot.key, keepAgain(snapshots.get(snapshot.key), { snapshot, upload }));
      discard(upload);
    },
    async discardUpload(upload, signal) {
      enter(signal);
      discard(upload);
    },
    async findSnapshot(key, signal) {
      enter(signal);
      const kept = snapshots.get(key);
      if (!kept) return undefined;
      const { upload: _, ...known } = kept;
      return structuredClone(known);
    },
    async findPage(key, page, signal) {
      enter(signal);
      const kept = snapshots.get(key);
      return kept && !kept.expiredAt ? uploads.get(kept.upload)?.get(page)?.content.slice() : undefined;
    },
    async expire(retention, now, signal) {
      enter(signal);
      const gone = listExpiring([...snapshots.values()], uploads, retention);
      for (const kept of gone) snapshots.set(kept.snapshot.key, { ...kept, expiredAt: now.toISOString() });
      sweep(uploads, [...snapshots.values()], retention);
      return gone.length;
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}

function hasPages(upload: Upload | undefined, count: number): boolean {
  return Array.from({ length: count }, (_, at) => upload?.has(at + 1)).every(Boolean);
}

function keepAgain(known: Kept | undefined, fresh: Kept): Kept {
  if (!known) return structuredClone(fresh);
  const usedAt = [known.snapshot.usedAt, fresh.snapshot.usedAt].sort()[1] ?? fresh.snapshot.usedAt;
  return { snapshot: { ...known.snapshot, usedAt }, upload: known.expiredAt ? fresh.upload : known.upload };
}

function listExpiring(kept: readonly Kept[], uploads: ReadonlyMap<string, Upload>, retention: SnapshotRetention) {
  let total = 0;
  return kept
    .filter(({ expiredAt }) => expiredAt === undefined)
    .sort((a, b) => compare(b.snapshot.usedAt, a.snapshot.usedAt) || compare(a.snapshot.key, b.snapshot.key))
    .filter(({ snapshot, upload }) => {
      if (snapshot.usedAt < retention.usedSince.toISOString()) return true;
      for (const { content } of uploads.get(upload)?.values() ?? []) total += content.byteLength;
      return total > retention.maxBytes;
    });
}

function sweep(uploads: Map<string, Upload>, kept: readonly Kept[], { uploadedSince }: SnapshotRetention): void {
  for (const [id, pages] of uploads) {
    const owner = kept.find(({ upload }) => upload === id);
    const isOld = [...pages.values()].every(({ savedAt }) => savedAt < uploadedSince);
    if (owner ? owner.expiredAt !== undefined : isOld) uploads.delete(id);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
