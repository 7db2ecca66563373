import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import type { KnowledgeDocument } from '../domain/document.ts';
import { cutPieces, type Piece } from './pieces.ts';

/** More of them are a document to read. */
const MAX_HOLDING = 3;

/** Sentences that hold all of some words; no steps and no commands, for those would answer "yes, do it". */
export function listHolding(document: KnowledgeDocument, words: readonly string[]): Piece[] {
  if (document.kind === 'service') return [];
  const isStep = ({ source: { line, endLine } }: Piece) =>
    document.steps.some(({ source }) => source.line <= endLine && line <= source.endLine);
  const pieces = document.sections.flatMap(cutPieces);
  return pieces
    .filter((piece) => piece.commands.length === 0 && !isStep(piece) && holdsAll(piece.text, words))
    .slice(0, MAX_HOLDING);
}

function holdsAll(text: string, words: readonly string[]): boolean {
  const held = new Set(tokenise(text));
  return words.every((word) => held.has(word));
}
