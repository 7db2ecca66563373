import type { ManifestFile } from '../../src/domain/manifest.ts';

export async function* concat<T>(...streams: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  for (const stream of streams) yield* stream;
}

/** A stream that is not made before it is asked for. */
export async function* defer<T>(create: () => AsyncIterable<T>): AsyncGenerator<T> {
  yield* create();
}

/** All entries in the order of their paths, whichever became ready first. */
export async function gather(
  files: AsyncIterable<ManifestFile>,
  onFile: (file: ManifestFile) => void,
): Promise<ManifestFile[]> {
  const all: ManifestFile[] = [];
  for await (const file of files) {
    all.push(file);
    onFile(file);
  }
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}
