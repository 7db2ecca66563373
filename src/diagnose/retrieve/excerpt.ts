import type { Chunk, KnowledgeDocument } from '../../domain/document.ts';
import type { SourceRef } from '../../domain/source.ts';

const EXCERPT_CHARACTERS = 600;

/** A passage is chosen among a few; more words choose no better. */
const MAX_WORDS = 60;

/**
 * The passage to show and where it stands: the nearest chunk, or without one the chunk that holds most of the words that
 * question and document share. The title is shown anyway, so it is no passage.
 */
export function chooseExcerpt(
  document: KnowledgeDocument,
  nearest: Chunk | undefined,
  listWords: () => readonly string[],
): { readonly source: SourceRef; readonly excerpt: string } {
  const isPassage = (chunk: Chunk) => chunk.text !== document.title;
  const chunk =
    nearest && isPassage(nearest)
      ? nearest
      : bestOverlap(document.chunks.filter(isPassage), listWords().slice(0, MAX_WORDS));
  if (!chunk) return { source: document.source, excerpt: document.title };
  return { source: chunk.source, excerpt: shorten(chunk.text) };
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

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= EXCERPT_CHARACTERS ? trimmed : `${trimmed.slice(0, EXCERPT_CHARACTERS - 1).trimEnd()}…`;
}
