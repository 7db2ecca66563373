import { describeType } from './problems.ts';

/** A JSON object as it came, whose fields may be anything. */
export type RawFields = Readonly<Record<string, unknown>>;

/** A field that is not what the format says: which, and what it should be. */
export interface Mistake {
  readonly field: string;
  readonly message: string;
}

/** Longer than any tracer's; an id is kept for every span. */
const MAX_ID = 128;

export function isFields(value: unknown): value is RawFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID;
}

export function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function expected(field: string, what: string, value: unknown): Mistake {
  const isLong = typeof value === 'string' && value.length > MAX_ID;
  return { field, message: `expected ${what}, not ${isLong ? `${value.length} characters` : describeType(value)}` };
}

export function expectedId(field: string, value: unknown): Mistake {
  return expected(field, `text of 1 to ${MAX_ID} characters`, value);
}

export function pickFields(fields: RawFields, names: readonly string[]): RawFields {
  return Object.fromEntries(names.flatMap((name) => (name in fields ? [[name, fields[name]]] : [])));
}
