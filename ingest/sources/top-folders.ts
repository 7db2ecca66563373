import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the folders right under `root`, links to folders included; none when it cannot be read, which the walk tells. */
export async function listTopFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const isFolder = await Promise.all(
    entries.map((entry) => entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(join(root, entry.name)))),
  );
  return entries.flatMap((entry, at) => (isFolder[at] ? [entry.name] : []));
}

function leadsToFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  );
}
