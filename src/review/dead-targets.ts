import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { splitTarget } from './lint/links.ts';

/** How sites that are made of Markdown write a page: without extension, or as its folder. */
const ENDINGS = ['', '.md', '.mdx', '.markdown'];

/** Which of a file's link targets lead to nothing on this disk. */
export async function findDeadTargets(location: string, targets: readonly string[]): Promise<ReadonlySet<string>> {
  const isThere = await Promise.all(
    targets.map((target) => leadsSomewhere(dirname(location), splitTarget(target).path)),
  );
  return new Set(targets.filter((_, at) => !isThere[at]));
}

async function leadsSomewhere(folder: string, path: string): Promise<boolean> {
  const bare = path.replace(/\/+$/, '') || '.';
  // `runbooks/Full.html` and, in sites that give every page a folder, `../Full/`.
  const names = [bare, bare.replace(/\.html$/, ''), ...(bare.startsWith('../') ? [bare.slice(3)] : [])];
  for (const name of new Set(names)) {
    for (const ending of ENDINGS) if (await exists(join(folder, name + ending))) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
