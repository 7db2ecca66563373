import type { Chunk, KnowledgeDocument } from '../../domain/document.ts';
import type { SourceRef } from '../../domain/source.ts';
import { tokenise } from './tokenise.ts';

const EXCERPT_CHARACTERS = 600;

/**
 * The passage to show and where it stands: the nearest chunk, or without one the chunk that holds most query words. The
 * title is shown anyway, so it is no passage.
 */
export function chooseExcerpt(
  document: KnowledgeDocument,
  query: string,
  nearest: Chunk | undefined,
): { readonly source: SourceRef; readonly excerpt: string } {
  const isPassage = (chunk: Chunk) => chunk.text !== document.title;
  const chunk = nearest && isPassage(nearest) ? nearest : bestOverlap(document.chunks.filter(isPassage), query);
  if (!chunk) return { source: document.source, excerpt: document.title };
  return { source: chunk.source, excerpt: shorten(chunk.text) };
}

function bestOverlap(chunks: readonly Chunk[], query: string): Chunk | undefined {
  const words = new Set(tokenise(query));
  const overlap = (chunk: Chunk) => new Set(tokenise(chunk.text).filter((word) => words.has(word))).size;
  return chunks
    .map((chunk) => ({ chunk, words: overlap(chunk) }))
    .reduce<{ chunk: Chunk; words: number } | undefined>(
      (best, next) => (best && best.words >= next.words ? best : next),
      undefined,
    )?.chunk;
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= EXCERPT_CHARACTERS ? trimmed : `${trimmed.slice(0, EXCERPT_CHARACTERS - 1).trimEnd()}…`;
}
