import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import { messageOf } from '../src/domain/errors.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { Redactor } from '../src/domain/redaction.ts';

/** What other documents, links and citations find a document by, and words of our own. */
const KEPT: ReadonlySet<string> = new Set(['kind', 'id', 'path', 'sha', 'role', 'by', 'name', 'service', 'services']);

export interface RedactedDocuments {
  readonly documents: readonly KnowledgeDocument[];
  /** Why a file's documents may not be shown, by its path. */
  readonly refused: ReadonlyMap<string, string>;
}

/**
 * Documents of files that cannot be read now, made when other kinds were redacted or none. Fails closed: what cannot be
 * searched for secrets is served no longer.
 */
export async function redactDocuments(
  documents: readonly KnowledgeDocument[],
  redact: Redactor | undefined,
): Promise<RedactedDocuments> {
  const refused = new Map<string, string>();
  if (redact === undefined) return { documents, refused };
  const redacted: KnowledgeDocument[] = [];
  for (const document of documents) {
    await nextTurn();
    try {
      // Chunks are cut anew from what is shown.
      redacted.push(await redactStrings<KnowledgeDocument>({ ...document, chunks: [] }, redact));
    } catch (error) {
      refused.set(document.source.path, messageOf(error));
    }
  }
  return { documents: redacted.filter(({ source }) => !refused.has(source.path)), refused };
}

/** A file's entry: its problems quote it. */
export async function redactEntry(
  file: ManifestFile,
  redact: Redactor | undefined,
  refusal: string | undefined,
): Promise<ManifestFile> {
  if (redact === undefined) return file;
  if (refusal !== undefined) {
    return { ...file, unread: { status: 'failed', reason: refusal }, problems: [], documents: [], reusable: false };
  }
  const problems = await redactStrings(file.problems, redact);
  return { ...file, problems };
}

/** The same value with every text in it redacted. */
async function redactStrings<T>(value: T, redact: Redactor): Promise<T> {
  // Structure and types stay: only strings become other strings.
  return (await redactValue(value, redact)) as T;
}

async function redactValue(value: unknown, redact: Redactor): Promise<unknown> {
  if (typeof value === 'string') return value === '' ? value : (await redact(value)).text;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await redactValue(item, redact));
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields: [string, unknown][] = [];
  for (const [key, field] of Object.entries(value)) {
    fields.push([key, KEPT.has(key) ? field : await redactValue(field, redact)]);
  }
  return Object.fromEntries(fields);
}
