import type { KnowledgeDocument } from '../../src/domain/document.ts';

/** A document as a plain text search would hold it: everything its author stated, headings included. */
export function toPlainDocument(document: KnowledgeDocument): string {
  const stated = [...document.services, ...document.alerts, ...document.tags];
  if (document.kind === 'incident') {
    stated.push(...document.signals, document.category ?? '', document.rootCause?.summary ?? '');
  }
  const sections = document.sections.map(({ text, source }) => `${source.headingPath.at(-1) ?? ''}\n${text}`);
  return [document.title, stated.join(', '), ...sections].join('\n\n');
}

/** A question of which this many words stand in its document in the same order is half an answer. */
const FRAGMENT_WORDS = 6;

/** Whether two texts share a fragment word for word; capitals and punctuation do not count. */
export function sharesFragment(question: string, document: string): boolean {
  const words = wordsOf(question);
  const text = ` ${wordsOf(document).join(' ')} `;
  return words.some((_, at) => {
    const fragment = words.slice(at, at + FRAGMENT_WORDS);
    return fragment.length === FRAGMENT_WORDS && text.includes(` ${fragment.join(' ')} `);
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
