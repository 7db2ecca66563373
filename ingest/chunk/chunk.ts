import { createHash } from 'node:crypto';
import type { Chunk, DocumentKind, Incident, KnowledgeDocument, Section } from '../../src/domain/document.ts';
import type { SourceRef } from '../../src/domain/source.ts';
import type { CountTokens } from '../../src/ports.ts';
import { type Measure, packBlocks, splitBlocks } from './blocks.ts';
import { writeSymptomCard } from './symptom-card.ts';

/** Tokens of a chunk's text, about 128 with its header: from 96 to 128 it found most, beyond that less. */
const TEXT_TOKENS = 112;

/** What any of the models reads at all, its two special tokens and the joints between header and text left out. */
const MODEL_TOKENS = 504;

/** A long header must not crowd out the text. */
const MIN_FENCE_TOKENS = 256;

/** A word that no vocabulary knows counts as one token however long it is: a token is at most this many characters. */
const MAX_TOKEN_CHARACTERS = 8;

/** Texts beyond this are over every limit by their length alone, and counting one of megabytes would hold the rest up. */
const MAX_COUNTED = MODEL_TOKENS * MAX_TOKEN_CHARACTERS;

/** Characters cut in one turn of the event loop, about 10 ms of counting. */
const TURN = 30_000;

/** More names than these say less about one chunk, not more. */
const MAX_NAMES = 4;

/** A title or heading that goes on beyond this is no longer one. */
const MAX_HEADING = 120;

/** Changes whenever the same document would be cut into other chunks. */
export const CHUNK_RECIPE = `chunks-3-${TEXT_TOKENS}`;

/**
 * The same document with its chunks: at least one for every section, and at least one altogether. Asynchronous only so
 * that a document of megabytes gives way to whatever else the process has to answer.
 */
export async function chunkDocument<Document extends KnowledgeDocument>(
  document: Document,
  countTokens: CountTokens,
  signal?: AbortSignal,
): Promise<Document> {
  const measure = measureBy(countTokens);
  const chunks: Chunk[] = [];
  let worked = TURN;
  for (const chunk of cutDocument(document, measure)) {
    if (worked >= TURN) {
      await new Promise((resume) => setImmediate(resume));
      signal?.throwIfAborted();
      worked = 0;
    }
    chunks.push(chunk);
    worked += chunk.header.length + chunk.text.length;
  }
  return { ...document, chunks };
}

function measureBy(countTokens: CountTokens): Measure {
  return (text) => {
    const least = text.length / MAX_TOKEN_CHARACTERS;
    return text.length > MAX_COUNTED ? least : Math.max(least, countTokens(text));
  };
}

function* cutDocument(document: KnowledgeDocument, measure: Measure): Generator<Chunk> {
  if (document.kind === 'incident') yield symptomCard(document, measure);
  // Many an alert says little more than its name, and nothing is nearer to that than a runbook's title by itself.
  if (document.kind === 'runbook' || document.sections.length === 0) yield titleChunk(document);
  for (const section of document.sections) yield* cutSection(document, section, measure);
}

function* cutSection(document: KnowledgeDocument, section: Section, measure: Measure): Generator<Chunk> {
  const { source } = section;
  // The text about a service is written here, not in its file, so its lines are the service's lines.
  if (document.kind === 'service') {
    yield toChunk(document, section.text, source);
    return;
  }
  const header = measure(writeHeader(document, source.headingPath));
  const limits = { text: TEXT_TOKENS, fence: Math.max(MIN_FENCE_TOKENS, MODEL_TOKENS - header), measure };
  for (const { text, line, endLine } of packBlocks(splitBlocks(section.text, limits), TEXT_TOKENS)) {
    yield toChunk(document, text, { ...source, line: source.line + line, endLine: source.line + endLine });
  }
}

function titleChunk(document: KnowledgeDocument): Chunk {
  return toChunk(document, document.title, { ...document.source, endLine: document.source.line });
}

function symptomCard(document: Incident, measure: Measure): Chunk {
  const told = document.sections.find((section) => section.role === 'summary' || section.role === 'detection');
  const source = told?.source ?? { ...document.source, endLine: 1 };
  return toChunk(document, writeSymptomCard(document, measure), source, 'Symptoms');
}

function toChunk(document: KnowledgeDocument, text: string, source: SourceRef, part?: string): Chunk {
  const header = writeHeader(document, part === undefined ? source.headingPath : [part]);
  return { id: chunkId(document.kind, header, text), text, header, source };
}

/** `Title › Heading › Heading`, then in one line which services and alerts it is about. */
function writeHeader(document: KnowledgeDocument, headingPath: readonly string[]): string {
  const path = [document.title, ...headingPath].map(clip).join(' › ');
  const names = [...document.services.slice(0, MAX_NAMES), ...document.alerts.slice(0, MAX_NAMES)];
  const unsaid = [...new Set(names.map(clip))].filter((name) => !path.includes(name));
  return unsaid.length === 0 ? path : `${path}\n${unsaid.join(', ')}`;
}

function clip(name: string): string {
  return name.length <= MAX_HEADING ? name : `${name.slice(0, MAX_HEADING - 1).trimEnd()}…`;
}

/** Hash of what is embedded, nothing else: a renamed file keeps its chunks. */
function chunkId(kind: DocumentKind, header: string, text: string): string {
  return createHash('sha256').update([kind, header, text].join('\0')).digest('hex').slice(0, 32);
}
