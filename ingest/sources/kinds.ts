import picomatch from 'picomatch';
import type { FileKind, SourceCheckout } from '../source-file.ts';

/** What a file is and what it is called; why it is not read; or undefined for what is no knowledge at all. */
export type Verdict =
  | { readonly kind: FileKind | undefined; readonly name: string; readonly skip?: never }
  | { readonly skip: string }
  | undefined;

/** Decides over the paths of one source: a function of the path and the configuration, never of other files. */
export interface Sorter {
  enters(folder: string): boolean;
  judge(path: string): Verdict;
  /** Whether knowledge may lie at or under a path that cannot be followed. */
  concerns(path: string): boolean;
}

const MARKDOWN = ['.md', '.markdown', '.mdx'];
const TOPOLOGY = ['.yaml', '.yml', '.json', '.json.gz'];

/** A repository with one of these at its top says itself where its knowledge is: nothing else of it is read. */
const TOP_FOLDERS: ReadonlyMap<string, FileKind> = new Map([
  ['incidents', 'incident'],
  ['postmortems', 'incident'],
  ['runbooks', 'runbook'],
  ['topology', 'topology'],
]);

const FOLDER_KINDS: ReadonlyMap<string, FileKind> = new Map([
  ...['runbooks', 'runbook', 'playbooks', 'playbook', 'sops', 'sop', 'alerts'].map(
    (name) => [name, 'runbook'] as const,
  ),
  ...['incidents', 'incident', 'postmortems', 'postmortem', 'post-mortems', 'retrospectives', 'rca', 'rcas'].map(
    (name) => [name, 'incident'] as const,
  ),
  ['topology', 'topology'],
]);

/** Folders of other people's files, whose READMEs are nobody's knowledge. */
const FOREIGN = new Set(['node_modules', 'vendor', 'dist', 'build']);

/** `topFolders` are the folders at the top of the source. */
export function createSorter(checkout: SourceCheckout, topFolders: readonly string[]): Sorter {
  const { runbooks, incidents, topology, rules } = checkout.globs;
  if (runbooks ?? incidents ?? topology) return createGlobSorter(checkout.globs);
  const isRepository = checkout.state.kind === 'directory' || checkout.state.kind === 'git';
  if (isRepository && (rules !== undefined || topFolders.some((folder) => TOP_FOLDERS.has(folder)))) {
    const concerns = (path: string) => path === '' || TOP_FOLDERS.has(topOf(path));
    return { enters: (folder) => concerns(folder) && isVisible(folder), judge: judgeByTopFolder, concerns };
  }
  return { enters: isVisible, judge: (path) => judgeByInnerFolder(path, checkout.pageKind), concerns: () => true };
}

/** The folders that are read, for a question to git about just these; undefined for all of them. */
export function listReadFolders(globs: SourceCheckout['globs'], topFolders: readonly string[]): readonly string[] {
  const listed = [globs.runbooks, globs.incidents, globs.topology].flatMap((patterns) => patterns ?? []);
  if (listed.length > 0) return listed.map((pattern) => parseGlob(pattern).base || '.');
  const isKnowledge = topFolders.some((folder) => TOP_FOLDERS.has(folder));
  return isKnowledge || globs.rules !== undefined ? [...TOP_FOLDERS.keys()] : ['.'];
}

function judgeByTopFolder(path: string): Verdict {
  if (isCatalog(path)) return { kind: 'topology', name: withoutExtension(path, TOPOLOGY) ?? path };
  const top = topOf(path);
  const kind = path.includes('/') ? TOP_FOLDERS.get(top) : undefined;
  return kind && judgeAs(kind, path.slice(top.length + 1), `in ${top}/`);
}

function judgeByInnerFolder(path: string, pageKind: FileKind | undefined): Verdict {
  if (isAsciiDoc(path)) return { skip: ASCIIDOC };
  const folders = path.toLowerCase().split('/').slice(0, -1);
  const markdown = withoutExtension(path, MARKDOWN);
  if (markdown !== undefined) {
    const at = folders.findLastIndex((folder) => (FOLDER_KINDS.get(folder) ?? 'topology') !== 'topology');
    return { kind: FOLDER_KINDS.get(folders[at] ?? '') ?? pageKind, name: withoutFolder(markdown, at) };
  }
  const topology = withoutExtension(path, TOPOLOGY);
  const at = folders.lastIndexOf('topology');
  if (topology === undefined || (at < 0 && !isCatalog(path))) return undefined;
  return { kind: 'topology', name: withoutFolder(topology, at) };
}

/**
 * `services/web/runbooks/slow` → `services/web/slow`. What stands above the kind's folder stays, because every service
 * of one repository may have a `runbooks/README.md`.
 */
function withoutFolder(path: string, at: number): string {
  return path
    .split('/')
    .toSpliced(at, at < 0 ? 0 : 1)
    .join('/');
}

interface Glob {
  readonly kind: FileKind;
  /** The part before the first wildcard. */
  readonly base: string;
  matches(path: string): boolean;
}

function createGlobSorter(globs: SourceCheckout['globs']): Sorter {
  const of = (kind: FileKind, patterns: readonly string[] | undefined): Glob[] =>
    (patterns ?? []).map((pattern) => ({ kind, ...parseGlob(pattern) }));
  const all = [...of('runbook', globs.runbooks), ...of('incident', globs.incidents), ...of('topology', globs.topology)];
  const enters = createEntrance(all.map(({ base }) => base));
  return {
    enters,
    concerns: (path) => path === '' || enters(path) || all.some(({ matches }) => matches(path)),
    judge(path) {
      const glob = all.find(({ matches }) => matches(path));
      if (glob === undefined) return undefined;
      const isUnder = glob.base !== '' && path.startsWith(`${glob.base}/`);
      return judgeAs(glob.kind, isUnder ? path.slice(glob.base.length + 1) : path, `as ${NAMES[glob.kind]}`);
    },
  };
}

const NAMES: Readonly<Record<FileKind, string>> = { runbook: 'runbooks', incident: 'incidents', topology: 'topology' };

/** Folders on the way to a glob's base and visible ones below it: a base that is hidden or foreign was asked for by name. */
export function createEntrance(bases: readonly string[]): (folder: string) => boolean {
  return (folder) =>
    bases.some((base) => {
      if (base === '' || base === folder || base.startsWith(`${folder}/`)) return base !== '' || isVisible(folder);
      return folder.startsWith(`${base}/`) && isVisible(folder.slice(base.length + 1));
    });
}

export function parseGlob(pattern: string): { readonly base: string; matches(path: string): boolean } {
  const clean = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
  const { base, glob } = picomatch.scan(clean);
  if (glob !== '') return { base: base === '.' ? '' : base, matches: picomatch(clean) };
  const last = base.split('/').at(-1) ?? '';
  // Without wildcards it is one file, or a folder and all that is in it.
  if (last.includes('.')) return { base: base.split('/').slice(0, -1).join('/'), matches: (path) => path === base };
  return { base, matches: picomatch(`${base}/**`) };
}

const ASCIIDOC = 'AsciiDoc is not read: save it as Markdown (.md)';

function judgeAs(kind: FileKind, path: string, where: string): Verdict {
  const extensions = kind === 'topology' ? TOPOLOGY : MARKDOWN;
  const name = withoutExtension(path, extensions);
  if (name !== undefined) return { kind, name };
  if (isCatalog(path)) return { kind: 'topology', name: withoutExtension(path, TOPOLOGY) ?? path };
  return { skip: isAsciiDoc(path) ? ASCIIDOC : `only ${extensions.join(', ')} files are read ${where}` };
}

function withoutExtension(path: string, extensions: readonly string[]): string | undefined {
  const lower = path.toLowerCase();
  const extension = extensions.find((ending) => lower.endsWith(ending));
  return extension === undefined ? undefined : path.slice(0, -extension.length);
}

function isCatalog(path: string): boolean {
  return /(?:^|\/)catalog-info\.ya?ml$/i.test(path);
}

function isAsciiDoc(path: string): boolean {
  return /\.(?:adoc|asciidoc)$/i.test(path);
}

function isVisible(folder: string): boolean {
  return folder.split('/').every((name) => !name.startsWith('.') && !FOREIGN.has(name));
}

function topOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}
