import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { messageOf } from '../../src/domain/errors.ts';

/** A file under the root by its path there, or a path that cannot be followed and why. `/` separators. */
export type Found =
  | { readonly path: string; readonly problem?: never }
  | { readonly path: string; readonly status: 'skipped' | 'failed'; readonly problem: string };

interface Walk {
  readonly root: string;
  readonly enters: (folder: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

/** Every visible file under `root` (a real path) in the order of whole paths; `enters` says which folders are walked. */
export function walk(root: string, enters: (folder: string) => boolean, signal?: AbortSignal): AsyncGenerator<Found> {
  return walkFolder({ root, enters, signal }, '', root, []);
}

/** `real` is where the folder really is, `ancestors` where those above it are: a link to one of them would never end. */
async function* walkFolder(
  walking: Walk,
  path: string,
  real: string,
  ancestors: readonly string[],
): AsyncGenerator<Found> {
  walking.signal?.throwIfAborted();
  const listing = await list(walking, path, real);
  if (typeof listing === 'string') {
    yield { path, status: 'failed', problem: `the folder cannot be read: ${listing}` };
    return;
  }
  const inside = [...ancestors, real];
  for (const entry of listing) {
    if (entry.problem !== undefined) yield { path: entry.path, status: 'skipped', problem: entry.problem };
    else if (entry.folder === undefined) yield { path: entry.path };
    else if (inside.includes(entry.folder))
      yield { path: entry.path, status: 'skipped', problem: 'a link to its own folder' };
    else if (walking.enters(entry.path)) yield* walkFolder(walking, entry.path, entry.folder, inside);
  }
}

interface Entry {
  readonly path: string;
  /** The folder's real path; undefined for a file. */
  readonly folder?: string;
  readonly problem?: string;
}

async function list(walking: Walk, path: string, real: string): Promise<readonly Entry[] | string> {
  try {
    const found = await readdir(real, { withFileTypes: true });
    const entries: Entry[] = [];
    for (const entry of found) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      // Hidden folders are entered only when a glob names them, so the question is asked here already.
      if (entry.name.startsWith('.') && !(entry.isDirectory() && walking.enters(below))) continue;
      entries.push(entry.isSymbolicLink() ? await follow(walking, below, real, entry.name) : plain(below, real, entry));
    }
    return entries.sort(byPath);
  } catch (error) {
    return messageOf(error);
  }
}

function plain(path: string, real: string, entry: Dirent): Entry {
  if (entry.isDirectory()) return { path, folder: join(real, entry.name) };
  // Reading a pipe or a device would wait for ever.
  return entry.isFile() ? { path } : { path, problem: 'neither a file nor a folder' };
}

/** A link is what it points to, as long as that lies inside the source's folder. */
async function follow(walking: Walk, path: string, real: string, name: string): Promise<Entry> {
  try {
    const target = await realpath(join(real, name));
    if (!isInside(walking.root, target)) {
      const problem = 'a symbolic link that leaves the knowledge folder: list what it points to as a source of its own';
      return { path, problem };
    }
    const found = await stat(target);
    if (isHidden(walking, target, found.isDirectory())) {
      return { path, problem: 'a symbolic link to a hidden file or folder: link to a visible one' };
    }
    if (found.isDirectory()) return { path, folder: target };
    return found.isFile() ? { path } : { path, problem: 'neither a file nor a folder' };
  } catch {
    return { path, problem: 'a symbolic link to nothing' };
  }
}

/**
 * What the walk itself passes over, `.env` or `.git/config`, is not reached by way of a link either. Two dots in front are
 * how Kubernetes lays out a mounted ConfigMap, whose every file is a link to such a folder.
 */
function isHidden(walking: Walk, target: string, isFolder: boolean): boolean {
  const parts = relative(walking.root, target).split(sep);
  return parts.some((part, at) => {
    if (!/^\.(?!\.)/.test(part)) return false;
    const isFile = !isFolder && at === parts.length - 1;
    return isFile || !walking.enters(parts.slice(0, at + 1).join('/'));
  });
}

export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

/** Folders sort as if they ended in `/`: then walking them in order gives whole paths in order. */
function byPath(a: Entry, b: Entry): number {
  return (a.folder === undefined ? a.path : `${a.path}/`) < (b.folder === undefined ? b.path : `${b.path}/`) ? -1 : 1;
}
