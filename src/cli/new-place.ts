import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { PrecedentError } from '../domain/errors.ts';
import { nameOf } from '../domain/knowledge-source.ts';
import type { NewKind } from './new-templates.ts';

/** Where new files of a kind go: a folder of this machine, and the folder for the kind inside it. */
export interface NewPlace {
  readonly root: string;
  readonly folder: string;
}

/** What the folder of a kind is called at the top of a source; the first is made where there is none. */
const FOLDERS = { runbook: ['runbooks'], incident: ['incidents', 'postmortems'] } as const;
const TOP_FOLDERS: readonly string[] = [...FOLDERS.runbook, ...FOLDERS.incident, 'topology'];

/** How deep below the top a repository that is not only knowledge keeps it, as in `services/web/runbooks`. */
const MAX_DEPTH = 3;

export async function findPlace(
  config: Config,
  kind: NewKind,
  { source, folder }: { readonly source?: string; readonly folder?: string },
): Promise<NewPlace> {
  const { root, glob } = findRoot(config, kind, source);
  return { root, folder: folder ?? (plainPrefix(glob ?? '') || (await findFolder(root, kind))) };
}

/** The knowledge folder, or the one source that is a folder; with several, `source` names one. */
function findRoot(config: Config, kind: NewKind, source: string | undefined) {
  if (config.sources.length === 0 && source === undefined) return { root: config.knowledgeDir };
  const folders = config.sources.flatMap((each) => ('directory' in each ? [each] : []));
  const fitting = folders.filter((each) => source === undefined || nameOf(each) === source);
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) {
    return { root: only.directory, glob: (kind === 'runbook' ? only.runbooks : only.incidents)?.[0] };
  }
  const names = folders.map(nameOf).join(', ') || 'none';
  throw invalid(`a new file goes into one source that is a \`directory\`: name it with --source (there are: ${names})`);
}

/** `docs/runbooks/**` → `docs/runbooks`. */
function plainPrefix(glob: string): string {
  const folders = glob.split('/').slice(0, -1);
  const end = folders.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  return folders.slice(0, end < 0 ? undefined : end).join('/');
}

/**
 * A folder of the kind's name. It is made only where it is sure to be read and hides nothing: a repository with a
 * `runbooks/` at its top is not searched for knowledge elsewhere.
 */
async function findFolder(root: string, kind: NewKind): Promise<string> {
  const [name] = FOLDERS[kind];
  const found = await walk(root);
  const isOfKind = (path: string) => FOLDERS[kind].some((each) => path === each || path.endsWith(`/${each}`));
  const fitting = found.folders.filter(isOfKind);
  const atTop = fitting.find((path) => !path.includes('/'));
  if (atTop !== undefined) return atTop;
  if (found.folders.some((path) => TOP_FOLDERS.includes(path))) return name;
  if (fitting.length === 1 && fitting[0] !== undefined) return fitting[0];
  if (fitting.length === 0 && !found.hasMarkdown) return name;
  throw invalid(`${root} has ${fitting.length || 'no'} folders for a new ${kind}: name one with --folder`);
}

async function walk(root: string): Promise<{ folders: string[]; hasMarkdown: boolean }> {
  const folders: string[] = [];
  let hasMarkdown = false;
  const visit = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const { name } = entry;
      if (/\.mdx?$/i.test(name) && !/^(?:readme|contributing|changelog|license)\b/i.test(name)) hasMarkdown = true;
      if (!entry.isDirectory() || name.startsWith('.') || name === 'node_modules') continue;
      const below = path === '' ? name : `${path}/${name}`;
      folders.push(below);
      if (depth < MAX_DEPTH) await visit(below, depth + 1);
    }
  };
  await visit('', 1);
  return { folders, hasMarkdown };
}

function invalid(message: string): PrecedentError {
  return new PrecedentError('input-invalid', message);
}
