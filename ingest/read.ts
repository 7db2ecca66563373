import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DocumentKind } from '../src/domain/document.ts';
import { messageOf, PrecedentError } from '../src/domain/errors.ts';
import type { FileOutcome, KnowledgeProblem } from '../src/domain/ingest-report.ts';
import { decodeText } from './decode.ts';

/** One file of the knowledge folder, ready to be parsed. `path` is relative to the folder and has `/` separators. */
export interface SourceFile {
  readonly path: string;
  /** Path inside its top folder, without extension: what the document's id is made of. */
  readonly name: string;
  readonly kind: DocumentKind;
  /** Git blob id of the file's bytes. */
  readonly sha: string;
  readonly text: string;
  readonly problems: readonly KnowledgeProblem[];
}

/** A file that was not read, and why. */
export type UnreadFile = FileOutcome & { readonly status: 'skipped' | 'failed'; readonly reason: string };

interface Folder {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly extensions: readonly string[];
}

const MARKDOWN = ['.md', '.markdown', '.mdx'];
const FOLDERS: readonly Folder[] = [
  { name: 'incidents', kind: 'incident', extensions: MARKDOWN },
  { name: 'postmortems', kind: 'incident', extensions: MARKDOWN },
  { name: 'runbooks', kind: 'runbook', extensions: MARKDOWN },
  { name: 'topology', kind: 'service', extensions: ['.yaml', '.yml'] },
];
export const KNOWLEDGE_FOLDERS = FOLDERS.map((folder) => folder.name);

/**
 * Nobody writes 1 MB of runbook by hand; what is larger is a dump that would drown the rest, and Markdown's own grammar
 * takes more than linear time of a hostile paragraph (a limit lessens that, it does not prevent it).
 */
const MAX_BYTES = 1024 * 1024;

/** Files that are being read while an earlier one is parsed. */
const READ_AHEAD = 16;

/**
 * All files of the knowledge folder in the order of their paths. Hidden files are not knowledge. Whoever parses a file
 * holds the event loop meanwhile, so before the next file everybody else has a turn.
 */
export async function* readKnowledge(
  knowledgeDir: string,
  signal?: AbortSignal,
): AsyncGenerator<SourceFile | UnreadFile> {
  const root = await findRoot(knowledgeDir);
  const ahead: Promise<SourceFile | UnreadFile>[] = [];
  for (const folder of FOLDERS) {
    for await (const found of walk({ root, folder, signal }, folder.name, [])) {
      signal?.throwIfAborted();
      ahead.push('status' in found ? Promise.resolve(found) : readSource(root, folder, found.path));
      if (ahead.length < READ_AHEAD) continue;
      yield* ahead.splice(0, 1);
      await nextTurn();
    }
  }
  for (const file of ahead) {
    signal?.throwIfAborted();
    yield file;
    await nextTurn();
  }
}

export function isUnread(file: SourceFile | UnreadFile): file is UnreadFile {
  return 'status' in file;
}

async function findRoot(knowledgeDir: string): Promise<string> {
  try {
    const root = await realpath(knowledgeDir);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw new PrecedentError(
      'knowledge-empty',
      `the knowledge folder ${knowledgeDir} does not exist: create it with a runbooks/ folder inside, or point KNOWLEDGE_DIR to the one you have`,
      { cause: error },
    );
  }
  throw new PrecedentError('knowledge-empty', `KNOWLEDGE_DIR must be a folder, and ${knowledgeDir} is a file`);
}

interface Walk {
  readonly root: string;
  readonly folder: Folder;
  readonly signal: AbortSignal | undefined;
}

type Found = UnreadFile | { readonly path: string };

/** `ancestors` are the real paths of the folders above: a link to one of them would never end. */
async function* walk(walking: Walk, path: string, ancestors: readonly string[]): AsyncGenerator<Found> {
  walking.signal?.throwIfAborted();
  const listing = await list(walking.root, path);
  if ('status' in listing) {
    if (ancestors.length > 0 || listing.reason !== ABSENT) yield listing;
    return;
  }
  const inside = [...ancestors, await realpath(join(walking.root, path))];
  for (const { entry, isFolder, problem } of listing.entries) {
    const below = `${path}/${entry}`;
    if (problem !== undefined) yield skipped(below, problem);
    else if (!isFolder) yield { path: below };
    else if (inside.includes(await realpath(join(walking.root, below))))
      yield skipped(below, 'a link to its own folder');
    else yield* walk(walking, below, inside);
  }
}

interface Entry {
  readonly entry: string;
  readonly isFolder: boolean;
  readonly problem?: string;
}

const ABSENT = 'there is no such folder';

async function list(root: string, path: string): Promise<UnreadFile | { readonly entries: readonly Entry[] }> {
  try {
    const found = await readdir(join(root, path), { withFileTypes: true });
    const visible = found.filter((entry) => !entry.name.startsWith('.'));
    const entries = await Promise.all(visible.map((entry) => toEntry(root, path, entry)));
    return { entries: entries.sort(byPath) };
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { path, status: 'failed', reason: absent ? ABSENT : messageOf(error) };
  }
}

/** A link is what it points to, as long as that lies inside the knowledge folder. */
async function toEntry(root: string, path: string, found: Dirent): Promise<Entry> {
  const entry = found.name;
  if (!found.isSymbolicLink()) return { entry, isFolder: found.isDirectory() };
  try {
    const target = await realpath(join(root, path, entry));
    if (relative(root, target).split(sep)[0] === '..') {
      return { entry, isFolder: false, problem: 'a symbolic link that leaves the knowledge folder' };
    }
    return { entry, isFolder: (await stat(target)).isDirectory() };
  } catch {
    return { entry, isFolder: false, problem: 'a symbolic link to nothing' };
  }
}

/** Folders sort as if they ended in `/`: then walking them in order gives whole paths in order. */
function byPath(a: Entry, b: Entry): number {
  const [left, right] = [a, b].map(({ entry, isFolder }) => (isFolder ? `${entry}/` : entry));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** Never rejects: what goes wrong with one file is that file's own story. */
async function readSource(root: string, folder: Folder, path: string): Promise<SourceFile | UnreadFile> {
  const extension = folder.extensions.find((ending) => path.toLowerCase().endsWith(ending));
  if (extension === undefined)
    return skipped(path, `only ${folder.extensions.join(', ')} files are read in ${folder.name}/`);
  try {
    const size = (await stat(join(root, path))).size;
    if (size > MAX_BYTES) {
      const reason = `larger than 1 MB (${(size / 1024 / 1024).toFixed(1)} MB): too slow to parse, split it by topic`;
      return skipped(path, reason);
    }
    const bytes = await readFile(join(root, path));
    const decoded = decodeText(bytes, path);
    if (decoded === undefined) return skipped(path, 'not a text file');
    if (decoded.text.trim() === '') return skipped(path, 'an empty file');
    const name = path.slice(folder.name.length + 1, -extension.length);
    return { path, name, kind: folder.kind, sha: hashBlob(bytes), ...decoded };
  } catch (error) {
    return { path, status: 'failed', reason: messageOf(error) };
  }
}

function skipped(path: string, reason: string): UnreadFile {
  return { path, status: 'skipped', reason };
}

/** The id that git itself gives to these bytes. */
export function hashBlob(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
