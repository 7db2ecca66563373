import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import type { KnowledgeProblem } from '../domain/ingest-report.ts';

/** A folder of this machine that knowledge is read from; `name` prefixes its paths where there are several. */
export interface RuleRoot {
  readonly name: string;
  readonly root: string;
}

/** A file of noise rules, before it is read. */
export interface RuleFile {
  readonly path: string;
  readonly location: string;
  /** The same for as long as the file is. */
  readonly stamp: string;
}

export interface ListedRuleFiles {
  readonly files: readonly RuleFile[];
  readonly problems: readonly KnowledgeProblem[];
}

/** Where rules lie in a source, beside `runbooks/` and `incidents/`. */
export const NOISE_FOLDER = 'noise';

const MAX_FILES = 100;
const MAX_BYTES = 256 * 1024;

/** Every `noise/*.yaml` of the roots in the order of their paths. What cannot be read is a problem, and no rule. */
export async function listRuleFiles(roots: readonly RuleRoot[]): Promise<ListedRuleFiles> {
  const listed = await Promise.all(roots.map(listIn));
  return { files: listed.flatMap(({ files }) => files), problems: listed.flatMap(({ problems }) => problems) };
}

async function listIn({ name, root }: RuleRoot): Promise<ListedRuleFiles> {
  const folder = name === '' ? NOISE_FOLDER : `${name}/${NOISE_FOLDER}`;
  try {
    const names = (await readdir(join(root, NOISE_FOLDER))).filter((file) => /^[^.].*\.ya?ml$/i.test(file)).sort();
    const read = await Promise.all(names.slice(0, MAX_FILES).map((file) => look(root, folder, file)));
    const problems = read.flatMap((each) => ('message' in each ? [each] : []));
    const more =
      names.length > MAX_FILES ? [problemOf(folder, `only the first ${MAX_FILES} of its files are read`)] : [];
    return { files: read.flatMap((each) => ('stamp' in each ? [each] : [])), problems: [...problems, ...more] };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { files: [], problems: [] };
    return { files: [], problems: [problemOf(folder, `cannot be read: ${messageOf(error)}`)] };
  }
}

async function look(root: string, folder: string, name: string): Promise<RuleFile | KnowledgeProblem> {
  const path = `${folder}/${name}`;
  try {
    const location = await realpath(join(root, NOISE_FOLDER, name));
    if (relative(await realpath(root), location).split(sep)[0] === '..') {
      return problemOf(path, 'a symbolic link that leaves the knowledge folder');
    }
    const found = await stat(location);
    const { size, mtimeMs, ctimeMs, ino } = found;
    if (!found.isFile()) return problemOf(path, 'is no file');
    if (size > MAX_BYTES) return problemOf(path, `is larger than ${MAX_BYTES / 1024} KiB: make several files of it`);
    return { path, location, stamp: [location, size, mtimeMs, ctimeMs, ino].join(' ') };
  } catch (error) {
    return problemOf(path, `cannot be read: ${messageOf(error)}`);
  }
}

/** No more of a file than may be read, should it grow meanwhile. */
export async function readRuleFile({ location }: Pick<RuleFile, 'location'>): Promise<string> {
  const bytes = await readFile(location);
  if (bytes.length > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES / 1024} KiB: make several files of it`);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

export function problemOf(path: string, message: string): KnowledgeProblem {
  return { path, line: 1, message };
}
