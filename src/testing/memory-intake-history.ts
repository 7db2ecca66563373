import type { Verdict } from '../domain/feedback.ts';
import type { KeptAlert } from '../domain/kept-alert.ts';
import type { AnsweredSituation } from '../domain/triage.ts';
import type { AlertOfThePast, HistoryPage } from '../ports/intake.ts';
import type { Casebook } from '../ports.ts';
import { toAlert } from './memory-intake-alerts.ts';
import type { MemoryIntakeState } from './memory-intake-state.ts';

type Verdicts = Pick<Casebook, 'listVerdicts'>;

export async function listAnswered(
  state: MemoryIntakeState,
  casebook: Verdicts,
  keys: readonly string[],
  since: string,
): Promise<AnsweredSituation[]> {
  const newest = new Map<string, AnsweredSituation>();
  for (const { task, finishedAt = '', state: ended } of state.tasks.values()) {
    const situationKey = state.occurrences.get(task.subject.id)?.situation.situationKey;
    if (ended !== 'done' || finishedAt < since || situationKey === undefined || !keys.includes(situationKey)) continue;
    const said = await counting(casebook, task.id);
    if (said.some((verdict) => verdict !== 'confirmed')) continue;
    const key = JSON.stringify([task.namespace, situationKey]);
    const known = newest.get(key);
    if (known && known.diagnosedAt > finishedAt) continue;
    newest.set(key, { situationKey, namespace: task.namespace, diagnosisId: task.id, diagnosedAt: finishedAt });
  }
  return [...newest.values()];
}

async function counting(casebook: Verdicts, diagnosis: string): Promise<Verdict[]> {
  const verdicts = await casebook.listVerdicts(diagnosis);
  return verdicts.filter(({ ended }) => ended === undefined).map(({ verdict }) => verdict);
}

export async function listHistory(
  state: MemoryIntakeState,
  casebook: Verdicts,
  { since, limit, after }: HistoryPage,
): Promise<{ alerts: AlertOfThePast[]; next?: string }> {
  const told = [...state.alerts.values()]
    .map((alert, number) => ({ alert, cursor: `${alert.receivedAt} ${String(number).padStart(12, '0')}` }))
    .filter(({ alert, cursor }) => isWanted(alert, since) && (after === undefined || cursor < after))
    .sort((a, b) => (a.cursor < b.cursor ? 1 : -1));
  const page = told.slice(0, limit);
  const alerts = await Promise.all(page.map(({ alert }) => toPast(state, casebook, alert)));
  const next = told.length > limit ? page.at(-1)?.cursor : undefined;
  return { alerts, ...(next === undefined ? {} : { next }) };
}

function isWanted({ occurrence, receivedAt }: KeptAlert, since: Date): boolean {
  return occurrence !== undefined && receivedAt >= since.toISOString();
}

async function toPast(state: MemoryIntakeState, casebook: Verdicts, kept: KeptAlert): Promise<AlertOfThePast> {
  const { namespace, sender, receivedAt, endsAt, filteredBy, occurrence = '' } = kept;
  const row = state.occurrences.get(occurrence);
  const diagnosis = row && state.diagnosisOf(row);
  const said = diagnosis === undefined ? [] : await counting(casebook, diagnosis);
  return {
    namespace,
    sender,
    alert: toAlert(kept),
    receivedAt,
    ...(endsAt === undefined ? {} : { resolvedAt: endsAt }),
    occurrence,
    ...(row?.membership === undefined ? {} : { outage: row.membership.outage }),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    ...(filteredBy === undefined ? {} : { filteredBy }),
    wasIncident: said.some((verdict) => verdict !== 'rejected'),
  };
}
