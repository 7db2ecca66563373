import type { Finding, Severity } from '../finding.ts';
import type { Placed, ReviewedKnowledge } from '../knowledge.ts';

/** Where a rule was broken, and how to mend it there. */
export type Mistake = Pick<Finding, 'path' | 'line' | 'message'>;

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** Why anybody should care, in one sentence: the table of rules in the documentation is made of these. */
  readonly reason: string;
  /** Pure: `today` is an ISO day. */
  readonly find: (knowledge: ReviewedKnowledge, today: string) => readonly Mistake[];
}

/** A mistake of the document as a whole. */
export function atStart({ document }: Placed, message: string): Mistake {
  return { path: document.source.path, line: document.source.line, message };
}

/** `1 line`, `4 lines`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
