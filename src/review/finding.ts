/** Errors fail a check; warnings do so only where somebody asked for it. */
export type Severity = 'error' | 'warning';

/** One thing for the author of the knowledge to look at: where it is, what is wrong and how to mend it. */
export interface Finding {
  /** As everywhere in the product: inside the knowledge, with the source's name in front where there are several. */
  readonly path: string;
  readonly line: number;
  /** Stable name, for suppressing it and for looking it up: `missing-mitigation`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
}

/** By place, so that somebody who mends a file goes through it once. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      compareTexts(a.path, b.path) ||
      a.line - b.line ||
      compareTexts(a.rule, b.rule) ||
      compareTexts(a.message, b.message),
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
