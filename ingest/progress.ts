import { countFiles } from './count-files.ts';
import type { SourceCheckout } from './source-file.ts';

/** How far an ingest is. */
export interface IngestProgress {
  /** `read` until the first file is through, `publish` when all are. */
  readonly stage: 'read' | 'embed' | 'publish';
  /** Files that are through: taken over, or stored with all their chunks. */
  readonly done: number;
  /** All files; absent until they are counted. */
  readonly total?: number;
  /** Chunks that had to be embedded so far. */
  readonly embedded: number;
}

export type OnProgress = (progress: IngestProgress) => void;

export interface Progress extends Disposable {
  readonly embedded: number;
  readonly addFile: () => void;
  readonly addChunks: (count: number) => void;
  readonly finish: () => void;
}

/** Counts what is done, and beside it, if anybody wants to know, how much there is to do. */
export function createProgress(onProgress: OnProgress | undefined, checkouts: readonly SourceCheckout[]): Progress {
  let [done, embedded] = [0, 0];
  let total: number | undefined;
  const stop = new AbortController();
  const tell = (stage: IngestProgress['stage']) =>
    onProgress?.({ stage, done, ...(total === undefined ? {} : { total }), embedded });
  if (onProgress !== undefined) {
    const counted = (count: number) => {
      total = count;
    };
    // Whatever is wrong with a folder is told by whoever reads it.
    countFiles(checkouts, stop.signal).then(counted, () => {});
  }
  tell('read');
  return {
    get embedded() {
      return embedded;
    },
    addFile: () => {
      done++;
      tell('embed');
    },
    addChunks: (count) => {
      embedded += count;
      tell('embed');
    },
    finish: () => {
      // All are through: that is how many there were, whether or not somebody has counted them by now.
      total = done;
      tell('publish');
    },
    [Symbol.dispose]: () => stop.abort(),
  };
}
