import { AcceptanceDraft } from './acceptance-draft.ts';
import {
  type AlertIdentity,
  alertKey,
  groupIdentity,
  type IdentifiedAlert,
  type KeptAlert,
  type Known,
  type OccurrenceState,
  storable,
} from './kept-alert.ts';
import type { ReceivedAlert, ReceivedGroup, Sender } from './occurrence.ts';
import { endOf, momentOf, recognise } from './recognise-alert.ts';
import { endSilent } from './silence.ts';
import { buildSituation } from './situation.ts';

/** A group of alerts on its way in, without secrets. */
export interface IncomingGroup {
  /** The occurrence's, should this be a new one. */
  readonly id: string;
  readonly namespace: string;
  readonly sender: Sender;
  readonly group: ReceivedGroup;
  readonly situationKey: string;
  /** Noise rule that filters all of its firing alerts. */
  readonly filteredBy?: string;
}

/**
 * What came of one incoming group: the occurrence that it began, joined (by its group key, or by alerts that are known) or
 * closed; `duplicate`: it says nothing that is not known. `unknown`: it has only alerts that were over before anybody
 * told of them; they are kept, and there is no occurrence.
 */
export type AcceptedGroup =
  | {
      readonly occurrence: string;
      readonly outcome: 'new' | 'joined' | 'duplicate' | 'resolved' | 'filtered';
      /** Others that it closed, which alerts of this group belong to: they came by another route, or under another key. */
      readonly alsoClosed?: readonly string[];
    }
  | { readonly outcome: 'unknown' };

/** All that is to be written down, in one step. */
export interface Acceptance {
  readonly answers: AcceptedGroup[];
  readonly newAlerts: ReadonlyMap<string, KeptAlert>;
  /** Known alerts that are over now: when, by their key. */
  readonly ended: ReadonlyMap<string, string>;
  /** Occurrences that fell silent: when each ended, with all of its alerts that fire. */
  readonly abandoned: ReadonlyMap<string, string>;
  readonly occurrences: ReadonlyMap<string, OccurrenceState>;
  /** Which of those are new. */
  readonly begun: ReadonlySet<string>;
}

/** The alerts that a group holds, as they are told from others, the firing first: what ends with its group began with it. */
export function identify({ namespace, sender, group }: IncomingGroup, at: Date): IdentifiedAlert[] {
  return [...group.alerts]
    .sort((a, b) => Number(a.status === 'resolved') - Number(b.status === 'resolved'))
    .map((alert) => {
      const startsAt = momentOf(alert.startsAt) ?? at.toISOString();
      return [{ namespace, sender, fingerprint: storable(alert.fingerprint), startsAt }, alert];
    });
}

/** What becomes of these groups, one after the other. */
export function acceptGroups(groups: readonly IncomingGroup[], known: Known, at: Date): Acceptance {
  const draft = new AcceptanceDraft(known);
  const answers = groups.map((incoming) => acceptGroup(draft, incoming, at));
  const { newAlerts, ended, abandoned, occurrences, begun } = draft;
  return { answers, newAlerts, ended, abandoned, occurrences, begun };
}

function acceptGroup(draft: AcceptanceDraft, incoming: IncomingGroup, at: Date): AcceptedGroup {
  const alerts = identify(incoming, at);
  const group = groupIdentity({ ...incoming, groupKey: storable(incoming.group.groupKey) });
  endSilent(draft, draft.findOpen(group), alerts, at);
  const open = draft.findOpen(group);
  const begins =
    open === undefined &&
    alerts.some(([id, alert]) => alert.status === 'firing' && !recognise(draft, id, alert, endOf(alert, at)));
  const host = begins ? begin(incoming, at) : open && unfilter(draft, open, incoming, alerts, at);
  if (begins && host) draft.begun.add(host.id);
  if (host && host !== open) draft.put(host);
  const { told, changed } = absorb(draft, incoming, alerts, host?.id, at);
  const [closed, ...others] = draft.close().filter((id) => !begins || id !== host?.id);
  if (begins && host) {
    return { occurrence: host.id, outcome: host.isFiltered ? 'filtered' : 'new', ...alsoClosed(closed, ...others) };
  }
  if (closed !== undefined) return { occurrence: closed, outcome: 'resolved', ...alsoClosed(...others) };
  const joined = host && host !== open ? host.id : changed;
  if (joined !== undefined) {
    return { occurrence: joined, outcome: draft.findOccurrence(joined)?.isFiltered ? 'filtered' : 'joined' };
  }
  return told === undefined ? { outcome: 'unknown' } : { occurrence: told, outcome: 'duplicate' };
}

function alsoClosed(...ids: readonly (string | undefined)[]): { readonly alsoClosed?: readonly string[] } {
  const told = ids.filter((id) => id !== undefined);
  return told.length === 0 ? {} : { alsoClosed: told };
}

/** Keeps what is new for `host` and ends what is over: the first occurrence that this changed, and the first that it told of. */
function absorb(
  draft: AcceptanceDraft,
  incoming: IncomingGroup,
  alerts: readonly IdentifiedAlert[],
  host: string | undefined,
  at: Date,
): { readonly changed?: string | undefined; readonly told?: string | undefined } {
  const changed: (string | undefined)[] = [];
  const told: (string | undefined)[] = [];
  for (const [identity, alert] of alerts) {
    const same = recognise(draft, identity, alert, endOf(alert, at));
    if (same === undefined) {
      draft.keep(toKept(identity, alert, incoming, host, at));
      draft.tell(host, at);
      changed.push(host);
      continue;
    }
    const known = draft.findAlert(alertKey(same));
    told.push(known?.occurrence);
    if (known?.endsAt === undefined) draft.tell(known?.occurrence, at);
    if (alert.status === 'resolved') changed.push(...endAll(draft, same, endOf(alert, at), at));
  }
  return { changed: changed.find(isTold), told: told.find(isTold) };
}

/** With an alert ends what began before it under its fingerprint: the sender was restarted, or its word was lost. */
function endAll(draft: AcceptanceDraft, same: AlertIdentity, endsAt: string, at: Date): (string | undefined)[] {
  const firing = draft.findSiblings(same).filter((one) => one.endsAt === undefined && one.startsAt <= same.startsAt);
  for (const { startsAt, occurrence } of firing) {
    draft.tell(occurrence, at);
    draft.end({ ...same, startsAt }, endsAt);
  }
  return firing.map(({ occurrence }) => occurrence);
}

function isTold(id: string | undefined): boolean {
  return id !== undefined;
}

function begin(incoming: IncomingGroup, at: Date): OccurrenceState {
  const { id, namespace, sender, group, filteredBy } = incoming;
  const starts = group.alerts.flatMap(({ status, startsAt }) =>
    status === 'firing' ? [momentOf(startsAt) ?? ''] : [],
  );
  return {
    id,
    namespace,
    sender,
    groupKey: storable(group.groupKey),
    isFiltered: filteredBy !== undefined,
    ...(filteredBy === undefined ? {} : { filteredBy: storable(filteredBy) }),
    startedAt: starts.filter((start) => start !== '').toSorted()[0] ?? at.toISOString(),
    toldAt: at.toISOString(),
    firing: 0,
    situation: buildSituation(incoming),
  };
}

/** Nothing is hidden that no rule filters: with the first such alert, the whole occurrence is shown. */
function unfilter(
  draft: AcceptanceDraft,
  open: OccurrenceState,
  incoming: IncomingGroup,
  alerts: readonly IdentifiedAlert[],
  at: Date,
): OccurrenceState {
  if (!open.isFiltered || incoming.filteredBy !== undefined) return open;
  const fires = alerts.some(([identity, alert]) => {
    const same = recognise(draft, identity, alert, endOf(alert, at));
    const known = same && draft.findAlert(alertKey(same));
    return alert.status === 'firing' && (!known || (known.occurrence === open.id && known.endsAt === undefined));
  });
  if (!fires) return open;
  const { filteredBy: _, ...rest } = open;
  return { ...rest, isFiltered: false, situation: buildSituation(incoming) };
}

function toKept(
  identity: AlertIdentity,
  alert: ReceivedAlert,
  { filteredBy }: IncomingGroup,
  occurrence: string | undefined,
  at: Date,
): KeptAlert {
  return {
    ...identity,
    ...(occurrence === undefined ? {} : { occurrence }),
    ...(alert.status === 'resolved' ? { endsAt: endOf(alert, at) } : {}),
    receivedAt: at.toISOString(),
    ...(filteredBy === undefined ? {} : { filteredBy: storable(filteredBy) }),
    alert,
  };
}
