import type { Page } from './alert-pages.ts';
import { type FieldReader, Text } from './field-reader.ts';
import type { Inference } from './inference.ts';
import type { ProseKind } from './kind.ts';
import type { Metadata } from './metadata.ts';

interface TitleSources {
  readonly kind: ProseKind;
  readonly page: Page;
  readonly fields: FieldReader;
  readonly metadata: Metadata;
  readonly inference: Inference;
  readonly fileName: string;
}

/** The page's own first heading counts as stated; only a name out of a table, a skill or the path is inferred. */
export function titleOf({ kind, page, fields, metadata, inference, fileName }: TitleSources): string {
  if (page.alert !== undefined) return page.alert;
  const stated = fields.take('title', Text) ?? page.title?.text;
  const guess = () => metadata.get('title') ?? (kind === 'incident' ? titleFromSlug(fileName) : fileName);
  return inference.choose('title', stated || nameOf(fields), guess) ?? fileName;
}

/** A skill has a `name`; in other tools' files it may be anything. */
function nameOf(fields: FieldReader): string | undefined {
  const name = fields.find('name')?.value;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** `2026-03-01-load-spike` → `load spike`; the whole name when no word is left. */
function titleFromSlug(fileName: string): string {
  const words = fileName.replace(/^\d{4}[-_]?\d{2}[-_]?\d{2}[-_]*/, '').replace(/[-_]+/g, ' ');
  return /\p{L}/u.test(words) ? words.trim() : fileName;
}
