import type { SourceCheckout } from './source-file.ts';
import { createSorter } from './sources/kinds.ts';
import { listTopFolders } from './sources/top-folders.ts';
import { walk } from './sources/walk.ts';

/** How many files `readSources` will give, without reading them. */
export async function countFiles(checkouts: readonly SourceCheckout[], signal?: AbortSignal): Promise<number> {
  let count = 0;
  for (const checkout of checkouts) {
    const sorter = createSorter(checkout, await listTopFolders(checkout.root));
    for await (const { path, problem } of walk(checkout.root, sorter.enters, signal)) {
      if (problem === undefined ? sorter.judge(path) !== undefined : sorter.concerns(path)) count++;
    }
  }
  return count;
}
