import { REDACTION_MARK, type Redaction } from '../domain/redaction.ts';
import type { Secret } from './knowledge.ts';

/** Where a text holds secrets: redaction keeps lines, so the lines that gained a mark are those that had one. */
export function findSecretLines(text: string, redaction: Redaction): Secret[] {
  if (Object.keys(redaction.counts).length === 0) return [];
  const before = text.split('\n');
  return redaction.text.split('\n').flatMap((line, at) => {
    const gained = listMarks(line).slice(listMarks(before[at] ?? '').length);
    return [...new Set(gained)].map((kind) => ({ line: at + 1, kind }));
  });
}

/** `(redacted:url-password)` → url-password. */
function listMarks(line: string): string[] {
  return [...line.matchAll(new RegExp(REDACTION_MARK, 'g'))].map(([mark]) => mark.slice(mark.indexOf(':') + 1, -1));
}
