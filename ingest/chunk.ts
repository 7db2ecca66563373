import { createHash } from 'node:crypto';
import type { Chunk, DocumentKind, KnowledgeDocument, Section } from '../src/domain/document.ts';
import type { SourceRef } from '../src/domain/source.ts';
import { packBlocks, splitBlocks } from './blocks.ts';
import type { ParsedFile } from './parse.ts';
import { writeSymptomCard } from './symptom-card.ts';

/** About 128 tokens: what the bundled model's card measured best, longer chunks scored lower. */
const MAX_CHUNK = 450;

/** Half a command helps nobody, so a fence is cut only where no model reads to its end anyway (512 tokens). */
const MAX_FENCE = 1_500;

/** More names than these say less about one chunk, not more. */
const MAX_NAMES = 4;

export async function* chunkFiles(files: AsyncIterable<ParsedFile>): AsyncGenerator<ParsedFile> {
  for await (const file of files) yield { ...file, documents: file.documents.map(chunkDocument) };
}

/** The same document with its chunks: at least one for every section, and at least one altogether. */
export function chunkDocument<Document extends KnowledgeDocument>(document: Document): Document {
  const chunks = [...symptomCard(document), ...document.sections.flatMap((section) => chunkSection(document, section))];
  return { ...document, chunks: chunks.length > 0 ? chunks : [titleChunk(document)] };
}

function chunkSection(document: KnowledgeDocument, section: Section): Chunk[] {
  const { source } = section;
  // The text about a service is written here, not in its file, so its lines are the service's lines.
  if (document.kind === 'service') return [toChunk(document, section.text, source)];
  const blocks = splitBlocks(section.text, { text: MAX_CHUNK, fence: MAX_FENCE });
  return packBlocks(blocks, MAX_CHUNK).map((block) =>
    toChunk(document, block.text, { ...source, line: source.line + block.line, endLine: source.line + block.endLine }),
  );
}

function symptomCard(document: KnowledgeDocument): Chunk[] {
  if (document.kind !== 'incident') return [];
  const told = document.sections.find((section) => section.role === 'summary' || section.role === 'detection');
  return [
    toChunk(document, writeSymptomCard(document), told?.source ?? { ...document.source, endLine: 1 }, 'Symptoms'),
  ];
}

function titleChunk(document: KnowledgeDocument): Chunk {
  return toChunk(document, document.title, document.source);
}

function toChunk(document: KnowledgeDocument, text: string, source: SourceRef, part?: string): Chunk {
  const header = writeHeader(document, part === undefined ? source.headingPath : [part]);
  return { id: chunkId(document.kind, header, text), text, header, source };
}

/** `Title › Heading › Heading`, then in one line which services and alerts it is about. */
function writeHeader(document: KnowledgeDocument, headingPath: readonly string[]): string {
  const path = [document.title, ...headingPath].join(' › ');
  const names = [...document.services.slice(0, MAX_NAMES), ...document.alerts.slice(0, MAX_NAMES)];
  const unsaid = [...new Set(names)].filter((name) => !path.includes(name));
  return unsaid.length === 0 ? path : `${path}\n${unsaid.join(', ')}`;
}

/** Hash of what is embedded, nothing else: a renamed file keeps its chunks. */
function chunkId(kind: DocumentKind, header: string, text: string): string {
  return createHash('sha256').update([kind, header, text].join('\0')).digest('hex').slice(0, 32);
}
