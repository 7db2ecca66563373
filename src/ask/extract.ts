import { PROGRAM_IN_PROSE, toMitigationStep } from '../diagnose/predict/mitigation.ts';
import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import type { AskSentence } from '../domain/ask.ts';
import { type KnowledgeDocument, keyOf, type Step } from '../domain/document.ts';
import type { Facet } from './facets.ts';
import { type Fact, listFacts } from './facts.ts';
import { cutPassages, cutPieces, type Piece } from './pieces.ts';
import { isStepLike, QUARRIES, type Quarry } from './quarries.ts';

/** More steps are a document to read, not an answer. */
const MAX_STEPS = 8;

export type Around = Pick<Knowledge, 'documents' | 'graph' | 'supersededRunbooks'>;

/** What one document says to one facet, in its own words, in its own order; nothing where it says nothing. */
export function extract(
  facet: Facet,
  document: KnowledgeDocument,
  words: readonly string[],
  around: Around,
): AskSentence[] {
  for (const quarry of QUARRIES[facet][document.kind] ?? []) {
    const sentences = dig(quarry, document, words, around);
    if (sentences.length > 0) return sentences;
  }
  return [];
}

/** When it was and what it is called: said before what is quoted of it. What is told of a service names it. */
export function introduce(document: KnowledgeDocument, around: Around): AskSentence[] {
  if (document.kind === 'service') return [];
  return listFacts('head', document, around).map((fact) => toSentence(fact, document, around));
}

function dig(quarry: Quarry, document: KnowledgeDocument, words: readonly string[], around: Around): AskSentence[] {
  if ('fact' in quarry) {
    return listFacts(quarry.fact, document, around).map((fact) => toSentence(fact, document, around));
  }
  if ('both' in quarry) return quarry.both.flatMap((each) => dig(each, document, words, around));
  if ('steps' in quarry) {
    const { needs } = quarry;
    const steps = needs ? document.steps.filter((step) => isStepLike(step, needs)) : document.steps;
    return steps.slice(0, MAX_STEPS).map((step) => quoteStep(step, document, around));
  }
  const cut = quarry.isOrders ? cutPassages : cutPieces;
  const tell = quarry.isOrders ? judged : toSentence;
  const pieces = document.sections.filter(({ role }) => quarry.roles.includes(role)).flatMap(cut);
  return choose(pieces, quarry, new Set(words)).map((piece) => tell(piece, document, around));
}

/** The pieces that share most words with the question, and what is preferred before all; in the order of the document. */
function choose(
  pieces: readonly Piece[],
  { most, prefers, needs, shares = 0 }: Extract<Quarry, { roles: unknown }>,
  asked: ReadonlySet<string>,
): readonly Piece[] {
  const scored = pieces.map((piece, at) => {
    const shared = new Set(tokenise(piece.text).filter((word) => asked.has(word))).size;
    return { piece, at, shared, worth: shared + (prefers?.test(piece.text) ? 1 : 0) };
  });
  return scored
    .filter(({ piece, shared }) => shared >= shares && (needs?.test(piece.text) ?? true))
    .sort((a, b) => b.worth - a.worth || a.at - b.at)
    .slice(0, most)
    .sort((a, b) => a.at - b.at)
    .map(({ piece }) => piece);
}

/** A step in its own words. Lists within it are told in one line, so its citation quotes what stands there as it is. */
export function quoteStep(step: Step, document: KnowledgeDocument, around: Around): AskSentence {
  const { text, commands, source } = step;
  return judged(
    { text: text || (commands[0] ?? ''), quote: quoteOf(step, document), commands, source },
    document,
    around,
  );
}

function quoteOf({ text, commands, source }: Step, { sections }: KnowledgeDocument): string {
  const section = sections.find(({ source: { line, endLine } }) => line <= source.line && source.endLine <= endLine);
  const lines = section?.text
    .split('\n')
    .slice(source.line - section.source.line, source.endLine - section.source.line + 1);
  const written = inkOf(lines?.join('\n') ?? '');
  const stands = (words: string) => words !== '' && written.includes(inkOf(words));
  // From all of it down to its first clause.
  const ends = [...text.matchAll(/[.:;]\s/g)].map(({ index }) => text.slice(0, index)).reverse();
  const firstCommand = commands[0]?.split('\n')[0] ?? '';
  return [text, ...ends].find(stands) ?? (stands(firstCommand) ? firstCommand : text);
}

/** Steps are read without Markdown's marks, their lines broken anew. */
function inkOf(text: string): string {
  return text.replace(/\]\([^)\n]{0,2000}\)/g, '').replace(/[\s*_`~[\]\\]/g, '');
}

export function toSentence(piece: Fact, document: KnowledgeDocument, around: Around): AskSentence {
  // A name that may be typed is no order; what can be run says what it risks, wherever it stands.
  const isOrder = piece.commands.length > 0 || PROGRAM_IN_PROSE.test(piece.text) || listInline(piece.text).length > 0;
  if (isOrder) return judged(piece, document, around);
  return { text: piece.text, citations: [cite(piece, document)] };
}

/** What changes something, whatever program is told to: `rollout undo`. */
const PROGRAM_AND_VERB =
  /^[a-z][\w.-]{0,60} (?:apply|create|delete|drain|drop|edit|flush|patch|pause|purge|restart|resume|rollback|scale|set|start|stop|truncate|undo)\b/;

/** Commands that stand between the words. Names of fields and messages are quoted likewise, but without a flag. */
function listInline(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span.trim());
  return spans.filter(
    (span) => PROGRAM_IN_PROSE.test(span) || /\s--?[A-Za-z]/.test(span) || PROGRAM_AND_VERB.test(span),
  );
}

function cite({ quote, source, document: teller }: Fact, document: KnowledgeDocument) {
  return { document: teller ?? keyOf(document), source, quote };
}

/** Judged as a mitigation step is, by the same rules. */
function judged(piece: Fact, document: KnowledgeDocument, around: Around): AskSentence {
  const { text, commands, source } = piece;
  const key = keyOf(document);
  const successor = findSuccessor(document, around);
  const superseded = new Map(successor === undefined ? [] : [[key, successor]]);
  const judgedToo = commands.length > 0 ? [] : listInline(text);
  const step = toMitigationStep({ text, commands: [...commands, ...judgedToo], source }, key, superseded);
  const { risk, destructive, reversible, needsApproval, supersededBy } = step;
  return {
    text,
    citations: [cite(piece, document)],
    ...(commands.length === 0 ? {} : { commands: [...commands] }),
    risk,
    destructive,
    reversible,
    needsApproval,
    ...(supersededBy === undefined ? {} : { supersededBy }),
  };
}

/** Key of the document that took the place of this one. */
export function findSuccessor(document: KnowledgeDocument, { supersededRunbooks }: Pick<Around, 'supersededRunbooks'>) {
  const { kind, id } = document;
  const by = kind === 'runbook' ? supersededRunbooks.get(id) : kind === 'incident' ? document.supersededBy : undefined;
  return by === undefined ? undefined : keyOf({ kind, id: by });
}
