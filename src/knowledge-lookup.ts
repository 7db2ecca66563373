import { digestAnalysis } from './diagnose/digest/digest.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import { type DocumentKind, type KnowledgeDocument, keyOf } from './domain/document.ts';
import { PrecedentError } from './domain/errors.ts';
import type { TraceDigest } from './domain/trace.ts';
import type { TraceAnalysis } from './domain/trace-analysis.ts';

/** A digest is worth having without any knowledge; the topology only verifies its path. */
export async function digestWith(
  analysis: TraceAnalysis,
  reader: Pick<KnowledgeReader, 'current'>,
): Promise<TraceDigest> {
  const knowledge = await reader.current().catch(() => undefined);
  return digestAnalysis(analysis, knowledge ? { graph: knowledge.graph } : {});
}

/** Throws `not-found`. */
export function getDocument(knowledge: Knowledge, kind: DocumentKind, id: string): KnowledgeDocument {
  const document = knowledge.documents.get(keyOf({ kind, id }));
  if (!document)
    throw new PrecedentError('not-found', `there is no ${kind} ${id} in generation ${knowledge.generation.key}`);
  return document;
}
