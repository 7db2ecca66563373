import type { BacktestCase } from '../domain/backtest.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { normaliseName } from './history.ts';
import type { PlannedCase } from './plan.ts';

interface Named {
  readonly service: string | null;
  readonly category: string | null;
}

/**
 * What was said, against what it was. An abstention names its hypotheses as leads, so ranks count for it as well: they tell
 * whether the lead would have led there.
 */
export function gradeDiagnosis(
  { kind, rootCause, hypotheses, precedents, confidence }: Diagnosis,
  { incident, known, isKnownCategory }: PlannedCase,
): BacktestCase {
  const truth: Named = { service: incident.rootCause?.service ?? null, category: incident.category ?? null };
  const [best] = hypotheses;
  const past = precedents.map(({ category, rootCause: cause }) => ({ category, service: cause?.service ?? null }));
  return {
    incident: incident.id,
    title: incident.title,
    date: incident.date ?? null,
    truth,
    said: { service: rootCause.service, category: rootCause.category },
    ...(best === undefined ? {} : { best: { service: best.service, category: best.category } }),
    kind,
    ranks: {
      service: rankOf(hypotheses, { service: truth.service }),
      category: rankOf(hypotheses, { category: truth.category }),
      both: rankOf(hypotheses, truth),
    },
    precedentRank: rankOf(past, withoutNulls(truth)),
    isKnownCategory,
    scores: confidence.scores ?? NOTHING_SAID,
    known,
  };
}

/** What no engine of this version leaves out. */
const NOTHING_SAID = { service: 0, category: 0, both: 0 };

/** Where the first that names all of `wanted` stands, from 1 on; null when none does, or when the truth does not say. */
function rankOf(rows: readonly Named[], wanted: Partial<Named>): number | null {
  const names = Object.entries(wanted);
  if (names.length === 0 || names.some(([, name]) => name === null)) return null;
  const at = rows.findIndex((row) =>
    names.every(([part, name]) => isSameName(part === 'service' ? row.service : row.category, name)),
  );
  return at === -1 ? null : at + 1;
}

function isSameName(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && normaliseName(one) === normaliseName(other);
}

function withoutNulls({ service, category }: Named): Partial<Named> {
  return { ...(service === null ? {} : { service }), ...(category === null ? {} : { category }) };
}
