import { createHash } from 'node:crypto';
import type { Incident } from '../../domain/document.ts';
import type { Knowledge } from '../retrieve/knowledge.ts';

const known = new WeakMap<Knowledge, string>();

/**
 * The same as long as no incident changes in what a backtest asks or judges by, whatever else is published: a calibration
 * of one hash stays fresh. Worked out once per generation.
 */
export function hashIncidents(knowledge: Knowledge): string {
  const before = known.get(knowledge);
  if (before !== undefined) return before;
  const lines = knowledge.byKind.incident
    .flatMap((one) =>
      // What nobody has reviewed is not asked, and leads nothing.
      one.kind === 'incident' && one.status !== 'draft' ? [toLine(one)] : [],
    )
    .sort();
  const hash = createHash('sha256').update(lines.join('\n')).digest('hex');
  known.set(knowledge, hash);
  return hash;
}

function toLine({
  id,
  date,
  category,
  rootCause,
  signals,
  alerts,
  outage,
  supersededBy,
  status,
  sections,
}: Incident): string {
  const texts = sections.map(({ role, text }) => [role, text]);
  return JSON.stringify([id, date, category, rootCause, signals, alerts, outage, supersededBy, status, texts]);
}
