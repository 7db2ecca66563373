import type { Signal } from '../../src/domain/signal.ts';

/** What a signal may start with, so that four words of prose are none. */
const SOURCES = 'trace|metric|log';

/** One word of a signal: no marks of Markdown around it, no spaces. */
const WORD = String.raw`[^\s\`|<>]+`;
const SIGNAL = `(?:${SOURCES})(?: ${WORD}){3}`;

/** A list item or a line that holds nothing else, and a code span that is one. */
const LINE = new RegExp(String.raw`^[ \t]*(?:[-*+] +)?(${SIGNAL})[ \t]*$`, 'gm');
const SPAN = new RegExp(`\`(${SIGNAL})\``, 'g');

/**
 * The anomalies that an author wrote down in the text, as they stand in front matter: `metric orders-1 memory_usage up`, on a
 * line of its own, as a list item, or in backticks. Once each, in their order.
 */
export function findSignals(text: string): Signal[] {
  const found = [...text.matchAll(LINE), ...text.matchAll(SPAN)].sort((a, b) => a.index - b.index);
  return [...new Set(found.flatMap(([, signal]) => signal ?? []))];
}
