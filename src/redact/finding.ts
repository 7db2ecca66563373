import { REDACTION_MARK, writeRedactionMark } from '../domain/redaction.ts';

/** A stretch of a text that has to go, and the word for it. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** Looks for one thing. Must be linear in the text's length. */
export type Finder = (text: string) => Finding[];

const MARK_ALONE = new RegExp(`^${REDACTION_MARK.source}$`);

const MARKS = new RegExp(REDACTION_MARK.source, 'g');
const LONGEST_MARK = 48;

/** The mark that this place stands inside of. The words in a mark are names of secrets, too. */
export function findMarkAround(text: string, at: number): { start: number; end: number } | undefined {
  const from = Math.max(0, at - LONGEST_MARK);
  return [...text.slice(from, at + LONGEST_MARK).matchAll(MARKS)]
    .map(({ 0: mark, index }) => ({ start: from + index, end: from + index + mark.length }))
    .find(({ start, end }) => start < at && at < end);
}

/** What of a finding lies outside the marks at its two ends. */
function trimMarks(text: string, { start, end, kind }: Finding): Finding {
  return { kind, start: findMarkAround(text, start)?.end ?? start, end: findMarkAround(text, end)?.start ?? end };
}

/**
 * Findings that overlap become one; the kind is that of the finder that comes first in the list, since the general
 * finders also see what the particular ones know by name. A mark that stands already is no finding.
 */
export function mergeFindings(text: string, findings: readonly Finding[]): Finding[] {
  const ranked = findings
    .map((finding) => trimMarks(text, finding))
    .filter(({ start, end }) => start < end && !MARK_ALONE.test(text.slice(start, end)))
    .map((finding, rank) => ({ ...finding, rank }))
    .sort((a, b) => a.start - b.start || a.rank - b.rank);
  const merged: (Finding & { rank: number })[] = [];
  for (const finding of ranked) {
    const last = merged.at(-1);
    if (!last || finding.start >= last.end) merged.push(finding);
    else merged[merged.length - 1] = join(last, finding);
  }
  return merged.map(({ start, end, kind }) => ({ start, end, kind }));
}

function join<T extends Finding & { readonly rank: number }>(left: T, right: T): T {
  const { kind, rank } = left.rank <= right.rank ? left : right;
  return { ...left, kind, rank, end: Math.max(left.end, right.end) };
}

/** Puts a mark for each finding, and behind it the line ends that stood inside. */
export function blackOut(text: string, findings: readonly Finding[]): string {
  let at = 0;
  const parts: string[] = [];
  for (const { start, end, kind } of findings) {
    parts.push(text.slice(at, start), writeRedactionMark(kind), text.slice(start, end).replace(/[^\r\n]+/g, ''));
    at = end;
  }
  return `${parts.join('')}${text.slice(at)}`;
}

export function countKinds(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
