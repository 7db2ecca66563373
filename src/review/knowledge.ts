import type { UnreadFile } from '../../ingest/source-file.ts';
import type { TopologyFragment } from '../../ingest/topology/fragment.ts';
import type { Incident, KnowledgeDocument, Runbook } from '../domain/document.ts';
import type { KnowledgeProblem } from '../domain/ingest-report.ts';
import type { MarkdownScan } from './markdown-scan.ts';

/** One file of the knowledge as its author wrote it, and what the ingest makes of it. */
export interface ReviewedFile {
  readonly path: string;
  /** Where it lies on this machine. */
  readonly location: string;
  /** Without secrets, with the lines of the file. */
  readonly text: string;
  /** Undefined for what is no Markdown. */
  readonly markdown: MarkdownScan | undefined;
  readonly documents: readonly KnowledgeDocument[];
  /** What the ingest itself says about the file. */
  readonly problems: readonly KnowledgeProblem[];
  /** Lines that hold a secret, and its kind. */
  readonly secrets: readonly Secret[];
  /** Targets of its links that lead to no file. */
  readonly deadTargets: ReadonlySet<string>;
}

export interface Secret {
  readonly line: number;
  readonly kind: string;
}

/** All knowledge that can be read from this machine's disk. */
export interface ReviewedKnowledge {
  readonly files: readonly ReviewedFile[];
  readonly unread: readonly UnreadFile[];
  /** What each file says of the services; empty where nobody keeps a topology. */
  readonly topology: readonly TopologyFragment[];
}

export interface Placed<Document extends KnowledgeDocument = KnowledgeDocument> {
  readonly file: ReviewedFile;
  readonly document: Document;
}

export function listRunbooks(knowledge: ReviewedKnowledge): Placed<Runbook>[] {
  return listPlaced(knowledge).flatMap(({ file, document }) =>
    document.kind === 'runbook' ? [{ file, document }] : [],
  );
}

export function listIncidents(knowledge: ReviewedKnowledge): Placed<Incident>[] {
  return listPlaced(knowledge).flatMap(({ file, document }) =>
    document.kind === 'incident' ? [{ file, document }] : [],
  );
}

function listPlaced(knowledge: ReviewedKnowledge): Placed[] {
  return knowledge.files.flatMap((file) => file.documents.map((document) => ({ file, document })));
}

/** The first line of the document that holds these words by themselves; where it begins when they were inferred. */
export function lineOfWords({ file, document }: Placed, words: string): number {
  const { line, endLine } = document.source;
  const at = file.text.split('\n').findIndex((text, index) => {
    return index + 1 >= line && index < endLine && holdsWords(text, words);
  });
  return at < 0 ? line : at + 1;
}

function holdsWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!/[\w-]/.test(text[at - 1] ?? '') && !/[\w-]/.test(text[at + words.length] ?? '')) return true;
  }
  return false;
}
