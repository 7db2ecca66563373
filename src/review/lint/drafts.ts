import { roleOf } from '../../../ingest/parse/sections.ts';
import type { Incident, Runbook } from '../../domain/document.ts';
import type { Placed } from '../knowledge.ts';

/** A template's sections that nobody has filled in yet are told one by one, by `unfilled-section`. */
export function isDraft({ file, document }: Placed<Runbook | Incident>): boolean {
  const { kind, source } = document;
  const headings = file.markdown?.headings ?? [];
  return headings.some(
    ({ line, text, holds }) =>
      line >= source.line && line <= source.endLine && holds === 'draft' && roleOf([text], kind) !== 'other',
  );
}
