import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readConfig } from '../config.ts';
import { openLocalSources } from '../review/read-for-review.ts';
import type { CommandContext } from './context.ts';

/** As the pull request names the file: from the top of the repository that it lies in. */
export function toRepositoryPath(location: string): string {
  for (let folder = dirname(location); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return relative(folder, location).replaceAll(sep, '/');
    if (folder === dirname(folder)) return relative('.', location).replaceAll(sep, '/');
  }
}

interface LocalFolder {
  readonly name: string;
  readonly root: string;
}

/** Where a path of the knowledge lies on this machine: its source's name in front says in which folder. */
export function locate(path: string, folders: readonly LocalFolder[]): string {
  const owner = folders.find(({ name }) => name !== '' && path.startsWith(`${name}/`)) ?? folders[0];
  return join(owner?.root ?? '', owner?.name ? path.slice(owner.name.length + 1) : path);
}

/** For annotations that name files of the knowledge and rule files alike; these are named as they were given. */
export async function createRepositoryPaths(context: CommandContext): Promise<(path: string) => string> {
  const { checkouts, elsewhere } = await openLocalSources(readConfig(context.env).config, context.signal);
  // What lies in no folder here is in no repository here either, and keeps the name it has in the knowledge.
  const isElsewhere = (path: string) => elsewhere.some((name) => path.startsWith(`${name}/`));
  return (path) => {
    if (existsSync(path)) return toRepositoryPath(resolve(path));
    return isElsewhere(path) ? path : toRepositoryPath(locate(path, checkouts));
  };
}
