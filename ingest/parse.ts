import type { KnowledgeDocument } from '../src/domain/document.ts';
import { messageOf } from '../src/domain/errors.ts';
import type { FileOutcome, KnowledgeProblem } from '../src/domain/ingest-report.ts';
import { toIncident } from './incident.ts';
import { isFolderIndex, readOutline } from './outline.ts';
import { isUnread, type SourceFile, type UnreadFile } from './read.ts';
import { toRunbook } from './runbook.ts';
import { parseTopology } from './topology.ts';

/** What one file says. A file may hold several documents, or none when `unread` says why. */
export interface ParsedFile {
  readonly path: string;
  readonly sha: string | undefined;
  readonly documents: readonly KnowledgeDocument[];
  readonly problems: readonly KnowledgeProblem[];
  readonly unread: Pick<FileOutcome, 'status' | 'reason'> | undefined;
}

export async function* parseFiles(files: AsyncIterable<SourceFile | UnreadFile>): AsyncGenerator<ParsedFile> {
  for await (const file of files) {
    yield isUnread(file) ? without(file.path, { status: file.status, reason: file.reason }) : parseFile(file);
  }
}

/** Never throws: a file that no parser copes with has failed, and the others are none the worse. */
export function parseFile(file: SourceFile): ParsedFile {
  try {
    const parsed = file.kind === 'service' ? parseTopology(file) : parseProse(file, file.kind);
    if ('reason' in parsed) return without(file.path, { status: 'skipped', reason: parsed.reason });
    const problems = [...file.problems, ...parsed.problems];
    return { path: file.path, sha: file.sha, documents: parsed.documents, problems, unread: undefined };
  } catch (error) {
    return without(file.path, { status: 'failed', reason: messageOf(error) }, file.problems);
  }
}

function parseProse(file: SourceFile, kind: 'runbook' | 'incident') {
  const outline = readOutline(file, kind);
  if (isFolderIndex(outline)) return { reason: `it introduces its folder and has no section of a ${kind}` };
  const document = kind === 'runbook' ? toRunbook(outline) : toIncident(outline);
  return { documents: [document], problems: outline.fields.problems };
}

function without(
  path: string,
  unread: NonNullable<ParsedFile['unread']>,
  problems: readonly KnowledgeProblem[] = [],
): ParsedFile {
  return { path, sha: undefined, documents: [], problems, unread };
}
