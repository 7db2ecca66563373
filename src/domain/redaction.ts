import { z } from 'zod';

/** What can be blacked out. `secrets` are credentials of any make, the others are personal or internal addresses. */
export const RedactionKind = z.enum(['secrets', 'emails', 'ips']);
export type RedactionKind = z.infer<typeof RedactionKind>;

/** The kinds that are blacked out; none means that redaction is off. */
export const RedactionPolicy = z.array(RedactionKind);
export type RedactionPolicy = Readonly<z.infer<typeof RedactionPolicy>>;

export interface Redaction {
  /** Has the lines of the text it was made from, so that a line number means the same in both. */
  readonly text: string;
  /** How many were blacked out, by what their mark says. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Errors: `knowledge-invalid`; then nothing of the text may be used. */
export type Redactor = (text: string) => Promise<Redaction>;

/**
 * What stands where something was blacked out. Round brackets, because square ones would turn a YAML value into a list
 * and `[x]: word` into a Markdown link definition, which shows nothing.
 */
export const REDACTION_MARK = /\(redacted:[a-z0-9-]+\)/;

export function writeRedactionMark(kind: string): string {
  return `(redacted:${kind})`;
}
