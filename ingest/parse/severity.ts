const PATTERNS = [
  /\bSEV[- ]?[0-5]\b/i,
  /\bP[0-5]\b(?![-.]\w)/,
  /\bseverity(?: level)?(?: (?:is|was|of)|[*_]{0,2} ?[:=][*_]{0,2}) [`"*_]{0,2}(critical|high|major|medium|moderate|minor|low|warning|page|info|[0-5])\b/i,
];

/** As it was written: `SEV1`, `P2`, the word after "severity:". */
export function findSeverity(texts: readonly string[]): string | undefined {
  for (const text of texts) {
    for (const pattern of PATTERNS) {
      const found = pattern.exec(text);
      if (found) return found[1] ?? found[0];
    }
  }
  return undefined;
}
