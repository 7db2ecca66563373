import type { KnowledgeDocument } from '../../src/domain/document.ts';
import type { WrittenQuestion } from './question-file.ts';

/** A heading of fewer words names a kind of section, not a matter: Diagnosis, Next steps. */
const MIN_WORDS = 3;
const MAX_PER_DOCUMENT = 4;

/**
 * Questions made of titles and headings, the same on every run. They use the document's own words, so they only tell
 * whether it is found at all by somebody who knows what it is called: a floor, not a measure of understanding.
 */
export function askHeadings(documents: readonly KnowledgeDocument[]): WrittenQuestion[] {
  return documents.flatMap(({ kind, id, title, sections }) => {
    if (kind === 'service') return [];
    const headings = sections
      .filter(({ role }) => role === 'other' || role === 'diagnosis' || role === 'mitigation')
      .flatMap(({ source }) => source.headingPath.slice(-1))
      .filter((heading) => heading !== title && countWords(heading) >= MIN_WORDS);
    const open = kind === 'runbook' ? 'what to do when' : 'what happened when';
    const questions = [
      `${open} ${toClause(title)}`,
      ...headings.map((heading) => `${toClause(title)}: ${toClause(heading)}`),
    ];
    return [...new Set(questions)]
      .slice(0, MAX_PER_DOCUMENT)
      .map((question) => ({ question, kind, relevant: id, by: 'heading' }));
  });
}

/** As it would stand inside a sentence: `Queue is full.` → `queue is full`; names and abbreviations keep their capitals. */
function toClause(heading: string): string {
  const text = heading
    .replace(/[*_`#]/g, '')
    .replace(/[.:!?\s]+$/, '')
    .trim();
  return /^\p{Lu}[\p{Ll}-]*(?:\s|$)/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
