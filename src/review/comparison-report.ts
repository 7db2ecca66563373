import type { ComparedQuestion, Comparison, DocumentRef, Ranked } from './comparison.ts';
import type { Finding } from './finding.ts';

/** Only what got worse is worth an annotation; the rest is for the summary. */
export function toComparisonFindings({ questions }: Comparison): Finding[] {
  return questions
    .filter(({ verdict }) => verdict === 'worse')
    .map((question) => ({
      rule: 'answer-got-worse',
      severity: 'warning' as const,
      path: question.path ?? '',
      line: question.line ?? 1,
      message: `${titleOf(question)}: ${moveOf(question)}. First now: ${namesOf(question.after)}`,
    }));
}

/** The whole comparison as Markdown, for a summary of the pull request. */
export function toMarkdown(comparison: Comparison): string {
  const { base, counts, documents, questions } = comparison;
  const { asked, better, worse, changed, same } = counts;
  const lines = [
    `## What this change does to the answers`,
    '',
    `Compared with \`${base.slice(0, 12)}\`: ${asked} questions, **${worse} worse**, **${better} better**, ${changed} changed, ${same} the same.`,
    '',
    ...listDocuments('Added', documents.added),
    ...listDocuments('Removed', documents.removed),
    ...listDocuments('Changed', documents.changed),
  ];
  if (questions.length === 0) return `${lines.join('\n').trimEnd()}\n`;
  const rows = questions.map(
    (question) =>
      `| ${question.verdict} | ${cell(titleOf(question))} | ${moveOf(question)} | ${cell(namesOf(question.before))} | ${cell(namesOf(question.after))} |`,
  );
  const table = ['| | question | rank | before | after |', '|---|---|---|---|---|', ...rows];
  return `${[...lines, ...table].join('\n')}\n`;
}

/** The same for a terminal. */
export function toText({ base, counts, documents, questions }: Comparison): string {
  const { asked, better, worse, changed, same } = counts;
  const count = (what: string, list: readonly unknown[]) => (list.length === 0 ? [] : [`${list.length} ${what}`]);
  const moved = [
    ...count('added', documents.added),
    ...count('removed', documents.removed),
    ...count('changed', documents.changed),
  ];
  const lines = [
    `against ${base.slice(0, 12)}: documents ${moved.join(', ') || 'unchanged'}`,
    `${asked} questions: ${worse} worse, ${better} better, ${changed} changed, ${same} the same`,
    ...questions.flatMap((question) => [
      `${question.verdict.padEnd(8)}${titleOf(question)}: ${moveOf(question)}`,
      `        before ${namesOf(question.before)}`,
      `        after  ${namesOf(question.after)}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const ASKED: Readonly<Record<ComparedQuestion['kind'], string>> = {
  alert: 'alert',
  words: 'the words of alert',
  incident: 'the symptoms of',
};

function titleOf({ kind, subject }: ComparedQuestion): string {
  return `${ASKED[kind]} ${subject}`;
}

function moveOf({ expected, rankBefore, rankAfter }: ComparedQuestion): string {
  if (expected.length === 0) return 'other answers';
  return `rank ${rankBefore ?? 'none'} → ${rankAfter ?? 'none'}`;
}

function namesOf(answer: readonly Ranked[]): string {
  return answer.map(({ id }) => id).join(', ') || 'nothing';
}

function listDocuments(what: string, documents: readonly DocumentRef[]): string[] {
  if (documents.length === 0) return [];
  return [`${what}: ${documents.map(({ kind, id }) => `${kind} \`${id}\``).join(', ')}`, ''];
}

/** A `|` would end the cell, and ids come from file names. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
