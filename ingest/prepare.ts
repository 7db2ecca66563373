import type { KnowledgeDocument } from '../src/domain/document.ts';
import { messageOf } from '../src/domain/errors.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { Redactor } from '../src/domain/redaction.ts';
import { decodeText } from './decode.ts';
import { inflate } from './inflate.ts';
import { parseProse } from './parse/parse.ts';
import type { SourceFile, TextFile } from './source-file.ts';
import type { TopologyFragment } from './topology/fragment.ts';
import { parseTopology } from './topology/parse.ts';

/** What one file says: plain data, so that it can come out of a worker. Its documents have no chunks yet. */
export interface PreparedFile {
  readonly documents: readonly KnowledgeDocument[];
  /** What a topology file knows; all of them together make the services. */
  readonly fragment: TopologyFragment | undefined;
  readonly problems: readonly KnowledgeProblem[];
  /** What was blacked out, by kind. */
  readonly redacted: Readonly<Record<string, number>>;
  readonly unread: ManifestFile['unread'];
}

/** Never rejects but for the signal, and for what makes all preparing impossible: a file's own trouble is in `unread`. */
export type PrepareFile = (file: SourceFile, signal?: AbortSignal) => Promise<PreparedFile>;

/**
 * bytes → text → redacted text → documents. Fails closed: a file whose secrets cannot be looked for is not read, and
 * nothing that comes after has ever seen them.
 */
export function createPreparer({ redact }: { readonly redact: Redactor }): PrepareFile {
  return async (file) => {
    try {
      const decoded = decode(file);
      if ('reason' in decoded) return unread('skipped', decoded.reason);
      const { text, counts } = await redact(decoded.text);
      const { bytes: _, ...place } = file;
      return { ...parse({ ...place, text, problems: decoded.problems }), redacted: counts };
    } catch (error) {
      return unread('failed', messageOf(error));
    }
  };
}

export function unread(status: 'skipped' | 'failed', reason: string): PreparedFile {
  return { documents: [], fragment: undefined, problems: [], redacted: {}, unread: { status, reason } };
}

interface Decoded {
  readonly text: string;
  readonly problems: readonly KnowledgeProblem[];
}

function decode({ path, bytes }: SourceFile): Decoded | { readonly reason: string } {
  const decoded = decodeText(/\.gz$/i.test(path) ? inflate(bytes) : bytes, path);
  if (decoded === undefined) return { reason: 'not a text file' };
  return decoded.text.trim() === '' ? { reason: 'an empty file' } : decoded;
}

function parse(file: TextFile): Omit<PreparedFile, 'redacted'> {
  const { documents, fragment, problems, unread } =
    file.kind === 'topology' ? parseFragment(file) : { ...parseProse(file), fragment: undefined };
  return { documents, fragment, problems: [...file.problems, ...problems], unread };
}

function parseFragment(file: TextFile) {
  const fragment = parseTopology(file);
  const { problems, unread } = fragment;
  return { documents: [], fragment: unread === undefined ? fragment : undefined, problems, unread };
}
