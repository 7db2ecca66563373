import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** One document of a set, as it would lie in a knowledge folder. */
export const CorpusRow = z.object({ id: z.string().min(1), markdown: z.string() });
export type CorpusRow = Readonly<z.infer<typeof CorpusRow>>;

const text = z.string().default('');

/** One question: an alert with its annotations, or nothing but a text. What a set does not state is empty. */
export const QuestionRow = z
  .object({
    id: z.string().min(1),
    relevant: z.array(z.string()),
    alertname: text,
    severity: text,
    labels: z.record(z.string(), z.coerce.string()).default({}),
    summary: text,
    description: text,
    message: text,
    expr: text,
    query_with_name: text,
    query_without_name: text,
    verbatim_words: z.number().default(0),
  })
  .refine((row): boolean => textOf(row) !== '', {
    error: 'says nothing: query_without_name, summary, description or message is needed',
  });
export type QuestionRow = Readonly<z.infer<typeof QuestionRow>>;

/** The question without the alert's name: as the set puts it, or else the alert's own words. */
export function textOf(row: Readonly<Record<AlertText, string>>): string {
  if (row.query_without_name.trim() !== '') return row.query_without_name;
  const told = [row.summary, row.description, row.message].filter((part) => part.trim() !== '').join(' ');
  return row.alertname === '' ? told : told.replaceAll(row.alertname, '');
}

type AlertText = 'alertname' | 'query_without_name' | 'summary' | 'description' | 'message';

export function namedTextOf(row: QuestionRow): string {
  return row.query_with_name.trim() === '' ? `${row.alertname} ${textOf(row)}`.trim() : row.query_with_name;
}

/** The rows of a JSONL file; a line that does not fit is named. A file without a row is a mistake, never a result. */
export function readRows<Row>(file: string, schema: z.ZodType<Row>): Row[] {
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const rows = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = schema.safeParse(parseLine(line, `${file}:${index + 1}`));
    if (!parsed.success) throw new Error(`${file}:${index + 1}: ${z.prettifyError(parsed.error)}`);
    return [parsed.data];
  });
  if (rows.length === 0) throw new Error(`${file} holds not a single row: there is nothing to measure`);
  return rows;
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${place}: not JSON; every line is one object`);
  }
}
