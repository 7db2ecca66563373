import type { AcceptanceDraft } from './acceptance-draft.ts';
import { alertKey, type IdentifiedAlert, type OccurrenceState } from './kept-alert.ts';
import { endOf, recognise } from './recognise-alert.ts';

/**
 * An occurrence of which nothing was told for so long is over for whoever comes next: not every sender tells an end, and
 * some ends get lost. Alertmanager repeats what fires each 4 hours unless told otherwise, others at least daily; a day
 * may have 25 hours, and a repeat may come late.
 */
export const SILENT_HOURS = 26;

/** Ends what fell silent and would be taken for what this group tells, unless the group repeats it, or tells its end. */
export function endSilent(
  draft: AcceptanceDraft,
  open: OccurrenceState | undefined,
  alerts: readonly IdentifiedAlert[],
  at: Date,
): void {
  const meant = alerts.flatMap(([identity, alert]) =>
    isVague(draft, [identity, alert]) ? draft.findSiblings(identity).filter(({ endsAt }) => endsAt === undefined) : [],
  );
  const ids = new Set([open?.id, ...meant.map(({ occurrence }) => occurrence)]);
  const silent = [...ids].flatMap((id) => (id === undefined ? [] : (draft.findOccurrence(id) ?? [])));
  const ending = silent.filter((one) => isSilent(one, at));
  if (ending.length === 0) return;
  const told = new Set(alerts.map((alert) => findTold(draft, alert, at)));
  for (const occurrence of ending) if (!told.has(occurrence.id)) draft.abandon(occurrence);
}

function isSilent({ toldAt, resolvedAt }: OccurrenceState, at: Date): boolean {
  return resolvedAt === undefined && at.getTime() - Date.parse(toldAt) >= SILENT_HOURS * 3_600_000;
}

/** It may be the one that fires, or one more: nothing but the time that went by can tell. */
function isVague(draft: AcceptanceDraft, [identity, { status, startIsGuessed }]: IdentifiedAlert): boolean {
  return status === 'firing' && startIsGuessed === true && draft.findAlert(alertKey(identity)) === undefined;
}

/** The occurrence of which this alert tells beyond doubt that it fired until now. */
function findTold(draft: AcceptanceDraft, [identity, alert]: IdentifiedAlert, at: Date): string | undefined {
  if (isVague(draft, [identity, alert])) return undefined;
  const same = recognise(draft, identity, alert, endOf(alert, at));
  const known = same && draft.findAlert(alertKey(same));
  return known?.endsAt === undefined ? known?.occurrence : undefined;
}
