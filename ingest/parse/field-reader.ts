import { z } from 'zod';
import type { KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import { findDate } from './dates.ts';
import type { Field, FrontMatter } from './front-matter.ts';

/** Takes fields one by one, each judged by itself: what is wrong becomes a problem, and the others are kept. */
export interface FieldReader {
  take<T>(name: string, schema: z.ZodType<T>): T | undefined;
  /** A list, or one value, or several with commas between. Wrong items are problems of their own lines. */
  takeList(name: string, schema?: z.ZodType<string, string>): string[] | undefined;
  /** As it stands, for fields that other tools write in shapes of their own. */
  find(name: string): Field | undefined;
  readonly problems: readonly KnowledgeProblem[];
}

export const Text = z
  .union([z.string(), z.number(), z.boolean()], 'must be text')
  .transform(String)
  .pipe(z.string().trim());

/** A day, however it was written; the time of day goes. */
export const IsoDay = Text.transform((text) => findDate(text) ?? text).pipe(
  z.iso.date('must be a date such as 2026-03-01'),
);

export function createFieldReader(frontMatter: FrontMatter, path: string): FieldReader {
  const problems = [...frontMatter.problems];
  const check = <T>(name: string, field: Field, schema: z.ZodType<T>): T | undefined => {
    const result = schema.safeParse(field.value);
    if (result.success) return result.data;
    const reasons = result.error.issues.map((issue) => issue.message).join('; ');
    problems.push({ path, line: field.line, message: `${name}: ${reasons} (found ${show(field.value)})` });
    return undefined;
  };
  const find = (name: string) => {
    const field = frontMatter.fields.get(name);
    return field?.value === null || field?.value === '' ? undefined : field;
  };
  return {
    problems,
    find,
    take(name, schema) {
      const field = find(name);
      return field && check(name, field, schema);
    },
    takeList(name, schema = z.string()) {
      const field = find(name);
      if (field === undefined) return undefined;
      return listItems(field).flatMap((item) => check(name, item, Text.pipe(schema)) ?? []);
    },
  };
}

function listItems(field: Field): readonly Field[] {
  if (Array.isArray(field.value)) return field.items;
  if (typeof field.value !== 'string') return [field];
  return splitList(field.value).map((value) => ({ ...field, value }));
}

/** `web, "worker"` → web, worker. */
export function splitList(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((word) => word.trim().replace(/^["'`]|["'`]$/g, ''))
    .filter((word) => word !== '');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
