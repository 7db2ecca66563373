import { z } from 'zod';
import { readRows } from '../data-rows.ts';
import { DEPTH, type QuestionGroup } from '../questions.ts';

/** One line of a file of questions: what to ask, which document answers it, and who wrote the question. */
export const WrittenQuestion = z.object({
  question: z.string().min(3),
  kind: z.enum(['runbook', 'incident']),
  /** Id of the document, as every answer shows it. */
  relevant: z.string().min(1),
  /** `heading`: made of the document's own headings; `person` for your own; otherwise the name of a model. */
  by: z.string().min(1),
});
export type WrittenQuestion = Readonly<z.infer<typeof WrittenQuestion>>;

export function writeQuestionLines(questions: readonly WrittenQuestion[]): string {
  return questions.map((question) => `${JSON.stringify(question)}\n`).join('');
}

/** Throws for a question whose document is not there: it would only ever count as a miss. */
export function readQuestionFile(
  file: string,
  documents: readonly { readonly kind: string; readonly id: string }[],
): WrittenQuestion[] {
  const known = new Set(documents.map(({ kind, id }) => `${kind}:${id}`));
  const questions = readRows(file, WrittenQuestion);
  const lost = questions.filter(({ kind, relevant }) => !known.has(`${kind}:${relevant}`));
  const [first] = lost;
  if (first === undefined) return questions;
  throw new Error(
    `${file}: ${lost.length} of ${questions.length} questions are answered by documents that are not there, ` +
      `${first.kind} ${first.relevant} first; write the file anew with \`npm run eval -- questions\``,
  );
}

/** One group for each of those who wrote questions. */
export function groupWritten(questions: readonly WrittenQuestion[], kind: WrittenQuestion['kind']): QuestionGroup[] {
  const ours = questions.filter((question) => question.kind === kind);
  return [...new Set(ours.map(({ by }) => by))].map((by) => ({
    set: `${kind}s`,
    variant: `questions by ${by}`,
    questions: ours
      .filter((question) => question.by === by)
      .map(({ question, relevant }, at) => ({
        id: `${relevant} ${at + 1}`,
        request: { query: question, kinds: [kind], k: DEPTH },
        text: question,
        relevant: new Set([relevant]),
        isVerbatim: false,
      })),
  }));
}
