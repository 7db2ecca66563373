import type { KnowledgeDocument } from '../src/domain/document.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { FindReusable } from './before.ts';
import type { PrepareFile } from './prepare.ts';
import { isUnread, type SourceFile, type UnreadFile } from './source-file.ts';
import { type LookAhead, mapAhead } from './streams/look-ahead.ts';
import type { TopologyFragment } from './topology/fragment.ts';

/** A file between being read and being stored. */
export interface FileInProgress {
  /** Its entry in the manifest, with those of its documents that are in the index already. */
  readonly file: ManifestFile;
  /** Documents that are still to be stored. */
  readonly fresh: readonly KnowledgeDocument[];
  /** What a topology file knows, until all of them together have become services. */
  readonly fragment: TopologyFragment | undefined;
}

/** Bytes of files that are prepared ahead, each counted as no less than a small page. */
const PREPARE_AHEAD: LookAhead<SourceFile | UnreadFile> = {
  budget: 2 * 1024 * 1024,
  weigh: (file) => 32 * 1024 + (isUnread(file) ? 0 : file.bytes.length),
};

/** A file that would become what it became the last time is taken over; all others are prepared, several ahead. */
export function prepareFiles(
  files: AsyncIterable<SourceFile | UnreadFile>,
  findReusable: FindReusable,
  prepare: PrepareFile,
  signal?: AbortSignal,
): AsyncGenerator<FileInProgress> {
  return mapAhead(files, PREPARE_AHEAD, (file, either) => begin(file, findReusable, prepare, either), signal);
}

async function begin(
  source: SourceFile | UnreadFile,
  findReusable: FindReusable,
  prepare: PrepareFile,
  signal: AbortSignal,
): Promise<FileInProgress> {
  if (isUnread(source)) return { file: toUnread(source), fresh: [], fragment: undefined };
  const entry = { path: source.path, source: source.source, sha: source.sha, readAs: readAs(source) };
  const reusable = findReusable(entry);
  if (reusable !== undefined) return { file: reusable, fresh: [], fragment: undefined };
  const { documents, fragment, problems, redacted, unread } = await prepare(source, signal);
  // A failure may have been bad luck, and what becomes of a fragment depends on all the others.
  const isFinal = unread?.status !== 'failed' && source.kind !== 'topology';
  const file = {
    ...entry,
    ...(unread === undefined ? {} : { unread }),
    problems: [...problems],
    ...(Object.keys(redacted).length === 0 ? {} : { redacted: { ...redacted } }),
    documents: [],
    reusable: isFinal,
  };
  return { file, fresh: documents, fragment };
}

function toUnread({ path, source, status, reason }: UnreadFile): ManifestFile {
  return { path, source, unread: { status, reason }, problems: [], documents: [], reusable: false };
}

function readAs({ kind, name }: SourceFile): string {
  return `${kind ?? 'unknown'} ${name}`;
}
