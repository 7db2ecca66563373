import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where a source's copy lies. The hash keeps copies of two places apart that have had the same name. */
export function copyOf(dataDir: string, name: string, location: string): string {
  const hash = createHash('sha256').update(location).digest('hex').slice(0, 12);
  return join(resolve(dataDir), 'sources', `${name}-${hash}`);
}

/** Fills a new folder and puts it in the place of `folder`, which stays as it is when filling fails. */
export async function replaceFolder(folder: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = `${folder}.new`;
  const old = `${folder}.old`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    await fill(fresh);
    await rm(old, { recursive: true, force: true });
    if (existsSync(folder)) await rename(folder, old);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await rm(old, { recursive: true, force: true });
}

/** True when there is a copy: also the one that a process killed between the two renames has left. */
export async function recoverFolder(folder: string): Promise<boolean> {
  await mkdir(dirname(folder), { recursive: true });
  if (existsSync(folder)) return true;
  if (!existsSync(`${folder}.old`)) return false;
  await rename(`${folder}.old`, folder);
  return true;
}
