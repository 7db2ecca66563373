import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { messageOf } from '../src/domain/errors.ts';
import type { FileKind, SourceCheckout, SourceFile, UnreadFile } from './source-file.ts';
import { createEntrance, createSorter, parseGlob, type Verdict } from './sources/kinds.ts';
import { listTopFolders } from './sources/top-folders.ts';
import { walk } from './sources/walk.ts';

const MB = 1024 * 1024;

/**
 * Nobody writes more than 5 MB of runbook by hand: it is a dump that would drown the rest. Trace files are dumps by
 * nature, and only their service edges are kept.
 */
const MAX_BYTES = { text: 5.5 * MB, topology: 32 * MB };

/** Files that are being read while an earlier one is worked on. */
const READ_AHEAD = 16;

/** As long as nobody notices; a turn after every file would take half of the time that reading a small one does. */
const TURN_MS = 10;

/**
 * All knowledge of the sources in the order of its paths, each file's bytes read once. Whoever works on a file may hold
 * the event loop meanwhile, so every so often everybody else has a turn.
 */
export async function* readSources(
  checkouts: readonly SourceCheckout[],
  signal?: AbortSignal,
): AsyncGenerator<SourceFile | UnreadFile> {
  const ahead: Promise<SourceFile | UnreadFile>[] = [];
  let turned = performance.now();
  const giveWay = async () => {
    signal?.throwIfAborted();
    if (performance.now() - turned < TURN_MS) return;
    await nextTurn();
    turned = performance.now();
  };
  for (const checkout of checkouts.toSorted(byPrefix)) {
    for await (const read of listFiles(checkout, signal)) {
      ahead.push(read());
      if (ahead.length < READ_AHEAD) continue;
      yield* ahead.splice(0, 1);
      await giveWay();
    }
  }
  for (const file of ahead) {
    yield file;
    await giveWay();
  }
}

/** The Prometheus rule files of a source, as paths under its `root`. */
export async function listRuleFiles(checkout: SourceCheckout, signal?: AbortSignal): Promise<string[]> {
  const globs = (checkout.globs.rules ?? []).map(parseGlob);
  const enters = createEntrance(globs.map(({ base }) => base));
  const paths: string[] = [];
  if (globs.length === 0) return paths;
  for await (const { path, problem } of walk(checkout.root, enters, signal)) {
    if (problem === undefined && globs.some((glob) => glob.matches(path))) paths.push(path);
  }
  return paths;
}

/** The id that git itself gives to these bytes. */
export function hashBlob(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function byPrefix(a: SourceCheckout, b: SourceCheckout): number {
  return prefixOf(a) < prefixOf(b) ? -1 : 1;
}

function prefixOf({ name }: SourceCheckout): string {
  return name === '' ? '' : `${name}/`;
}

/** Reads when it is called, so that whoever lists decides how many are read at a time. */
type Reading = () => Promise<SourceFile | UnreadFile>;

async function* listFiles(checkout: SourceCheckout, signal: AbortSignal | undefined): AsyncGenerator<Reading> {
  const sorter = createSorter(checkout, await listTopFolders(checkout.root));
  for await (const found of walk(checkout.root, sorter.enters, signal)) {
    const place = { path: prefixOf(checkout) + found.path, source: checkout.name };
    if (found.problem === undefined) yield* judge(checkout, place, sorter.judge(found.path));
    else if (sorter.concerns(found.path)) yield async () => ({ ...place, status: found.status, reason: found.problem });
  }
}

function* judge(
  checkout: SourceCheckout,
  place: Pick<SourceFile, 'path' | 'source'>,
  verdict: Verdict,
): Generator<Reading> {
  if (verdict === undefined) return;
  if (verdict.skip !== undefined) {
    const { skip } = verdict;
    yield async () => ({ ...place, status: 'skipped', reason: skip });
    return;
  }
  const { kind, name } = verdict;
  const prefix = prefixOf(checkout);
  const location = join(checkout.root, place.path.slice(prefix.length));
  yield () => readFile(location, { ...place, name, id: prefix + name, kind });
}

/** Never rejects: what goes wrong with one file is that file's own story. */
async function readFile(location: string, file: Omit<SourceFile, 'sha' | 'bytes'>): Promise<SourceFile | UnreadFile> {
  const { path, source } = file;
  try {
    const bytes = await readUpTo(location, limitOf(file.kind));
    if (typeof bytes === 'string') return { path, source, status: 'skipped', reason: bytes };
    return { ...file, sha: hashBlob(bytes), bytes };
  } catch (error) {
    return { path, source, status: 'failed', reason: messageOf(error) };
  }
}

function limitOf(kind: FileKind | undefined): { readonly bytes: number; readonly reason: string } {
  return kind === 'topology'
    ? { bytes: MAX_BYTES.topology, reason: 'larger than 32 MB: export a shorter time of traces' }
    : { bytes: MAX_BYTES.text, reason: 'larger than 5 MB: nobody reads it whole at night, split it by topic' };
}

/** Not from `node:fs/promises`, which makes an object of every open file: twice the time for a small one. */
const openFile = promisify(fs.open);
const readPart = promisify(fs.read);

/** What an open file of this size holds has come with it, or comes within a millisecond. */
const SMALL = 64 * 1024;

/**
 * The bytes, or why they are too many. Opening may wait for a disk or a network, and so may reading a large file; the
 * rest does not, and each errand to another thread costs more than it does.
 */
async function readUpTo(location: string, limit: ReturnType<typeof limitOf>): Promise<Uint8Array | string> {
  const file = await openFile(location, 'r');
  try {
    const { size } = fs.fstatSync(file);
    if (size > limit.bytes) return `${limit.reason} (it has ${(size / MB).toFixed(1)} MB)`;
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const rest = [bytes, done, size - done, done] as const;
      const read = size <= SMALL ? fs.readSync(file, ...rest) : (await readPart(file, ...rest)).bytesRead;
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  } finally {
    fs.closeSync(file);
  }
}
