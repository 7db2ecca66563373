import type { CountTokens, Embedder } from '../../src/ports.ts';
import type { FileInProgress } from '../file-in-progress.ts';
import type { Stopwatch } from '../streams/stopwatch.ts';
import { chunkDocument } from './chunk.ts';

/** Gives the documents that are still to be stored their chunks. Where there are none the tokenizer is never loaded. */
export async function* chunkDocuments(
  files: AsyncIterable<FileInProgress>,
  embedder: Pick<Embedder, 'loadTokenizer'>,
  watch: Stopwatch,
  signal?: AbortSignal,
): AsyncGenerator<FileInProgress> {
  let countTokens: CountTokens | undefined;
  for await (const file of files) {
    const fresh: FileInProgress['fresh'][number][] = [];
    for (const document of file.fresh) {
      countTokens ??= await embedder.loadTokenizer(signal);
      const count = countTokens;
      fresh.push(await watch.stage('chunk', () => chunkDocument(document, count, signal)));
    }
    yield { ...file, fresh };
  }
}
