import type { Chunk, KnowledgeDocument } from '../../domain/document.ts';
import type { SourceRef } from '../../domain/source.ts';
import { tokenise } from './tokenise.ts';

const EXCERPT_CHARACTERS = 600;

/** Longer than what an alert says; more words than this choose no better. */
const MAX_WORDS = 100;

/**
 * Says for each document which passage to show and where it stands: the nearest chunk, or without one the chunk that holds
 * most query words. The title is shown anyway, so it is no passage.
 */
export function createExcerpter(
  query: string,
): (
  document: KnowledgeDocument,
  nearest: Chunk | undefined,
) => { readonly source: SourceRef; readonly excerpt: string } {
  let words: readonly string[] | undefined;
  return (document, nearest) => {
    const isPassage = (chunk: Chunk) => chunk.text !== document.title;
    if (nearest && isPassage(nearest)) return toExcerpt(nearest);
    words ??= [...new Set(tokenise(query))].slice(0, MAX_WORDS);
    const chunk = bestOverlap(document.chunks.filter(isPassage), words);
    return chunk ? toExcerpt(chunk) : { source: document.source, excerpt: document.title };
  };
}

/** Words are looked for as they stand, without reading the chunk word by word: it is chosen among a few, not ranked. */
function bestOverlap(chunks: readonly Chunk[], words: readonly string[]): Chunk | undefined {
  let best: { readonly chunk: Chunk; readonly held: number } | undefined;
  for (const chunk of chunks) {
    const text = chunk.text.toLowerCase();
    const held = words.reduce((count, word) => count + (text.includes(word) ? 1 : 0), 0);
    if (!best || held > best.held) best = { chunk, held };
  }
  return best?.chunk;
}

function toExcerpt({ source, text }: Chunk): { readonly source: SourceRef; readonly excerpt: string } {
  return { source, excerpt: shorten(text) };
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= EXCERPT_CHARACTERS ? trimmed : `${trimmed.slice(0, EXCERPT_CHARACTERS - 1).trimEnd()}…`;
}
