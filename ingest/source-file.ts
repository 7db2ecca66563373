import type { FileOutcome, KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { KindGlobs, SourceState } from '../src/domain/knowledge-source.ts';

export type FileKind = 'runbook' | 'incident' | 'topology';

/** A source brought up to date: a folder of this machine whose files can be walked. */
export interface SourceCheckout {
  /** Prefixes paths and ids; empty for KNOWLEDGE_DIR alone. */
  readonly name: string;
  readonly root: string;
  readonly globs: KindGlobs;
  /** What files are that neither a glob nor a folder's name tells of. */
  readonly pageKind: 'runbook' | 'incident' | undefined;
  readonly state: SourceState;
  /** Why it could not be brought up to date: what stands in `root` is older. */
  readonly problem: string | undefined;
}

/** One file of a source. */
export interface SourceFile {
  /** `/` separators, the source's name in front. */
  readonly path: string;
  readonly source: string;
  /** Path inside its kind's folder, without extension: `pre-processor/PreProcessorLatencyHigh`. */
  readonly name: string;
  /** `name` with the source's name in front: the document's id. */
  readonly id: string;
  /** Undefined when only the file's own words can tell. */
  readonly kind: FileKind | undefined;
  /** Git blob id of `bytes`. */
  readonly sha: string;
  readonly bytes: Uint8Array;
}

/** The file as text: decoded, with `\n` as the only line end, and redacted. Lines are those of the file. */
export interface TextFile extends Omit<SourceFile, 'bytes'> {
  readonly text: string;
  readonly problems: readonly KnowledgeProblem[];
}

/** A file that was not read, and why. */
export type UnreadFile = FileOutcome & {
  readonly source: string;
  readonly status: 'skipped' | 'failed';
  readonly reason: string;
};

export function isUnread(file: SourceFile | UnreadFile): file is UnreadFile {
  return 'status' in file;
}
