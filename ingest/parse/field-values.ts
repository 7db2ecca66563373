import { DocumentStatus } from '../../src/domain/document.ts';
import { findDate } from './dates.ts';
import { type FieldReader, IsoDay, Text } from './field-reader.ts';

/** Postmortems have states of their own ("resolved"), which are nobody's mistake and not ours. */
export function readStatus(fields: FieldReader): DocumentStatus | undefined {
  const value = fields.find('status')?.value;
  return DocumentStatus.safeParse(typeof value === 'string' ? value.trim().toLowerCase() : value).data;
}

export function readDay(fields: FieldReader, name: string): string | undefined {
  return fields.take(name, IsoDay);
}

/** The day somebody last checked it: stated, or the latest of OKF's `verified` entries. */
export function readValidated(fields: FieldReader): string | undefined {
  const stated = readDay(fields, 'validated');
  if (stated !== undefined) return stated;
  const verified = fields.find('verified')?.value;
  const entries: readonly unknown[] = Array.isArray(verified) ? verified : [verified];
  const days = entries.flatMap((entry) => findDate(dayOf(entry)) ?? []);
  return days.sort().at(-1);
}

function dayOf(entry: unknown): string {
  if (typeof entry === 'string') return entry;
  return typeof entry === 'object' && entry !== null && 'at' in entry ? String(entry.at) : '';
}

/** One owner, or several. */
export function readOwner(fields: FieldReader): string | undefined {
  return Array.isArray(fields.find('owner')?.value) ? fields.takeList('owner')?.join(', ') : fields.take('owner', Text);
}
