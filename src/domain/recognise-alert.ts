import { type AlertIdentity, alertKey, type Known, type Sibling } from './kept-alert.ts';
import type { ReceivedAlert } from './occurrence.ts';

/**
 * Which known alert this is: that of its start, or else one of its fingerprint whose time it falls into, of those that fire
 * the last. A sender that does not say when an alert began means the one that fires; and one that was restarted resolves by
 * another start.
 */
export function recognise(
  known: Known,
  identity: AlertIdentity,
  alert: ReceivedAlert,
  endsAt: string,
): AlertIdentity | undefined {
  if (known.findAlert(alertKey(identity))) return identity;
  const isGuessed = alert.startIsGuessed === true;
  if (alert.status === 'firing' && !isGuessed) return undefined;
  const siblings = known.findSiblings(identity);
  const fires = lastOf(siblings.filter((one) => one.endsAt === undefined && (isGuessed || one.startsAt <= endsAt)));
  if (fires) return { ...identity, startsAt: fires.startsAt };
  const last = lastOf(siblings);
  const isSame =
    last?.endsAt !== undefined && last.startsAt <= identity.startsAt && isWithin(identity.startsAt, last.endsAt, alert);
  return isSame ? { ...identity, startsAt: last.startsAt } : undefined;
}

function lastOf(siblings: readonly Sibling[]): Sibling | undefined {
  return siblings.reduce<Sibling | undefined>((a, b) => (a && a.startsAt > b.startsAt ? a : b), undefined);
}

/** An alert that fires at the moment at which another ended is the next one. */
function isWithin(startsAt: string, end: string, { status }: ReceivedAlert): boolean {
  return status === 'firing' ? startsAt < end : startsAt <= end;
}

export function momentOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Senders write the zero time for "not known": then it is over now. */
export function endOf({ endsAt }: ReceivedAlert, at: Date): string {
  const end = momentOf(endsAt);
  return end === undefined || Date.parse(end) <= 0 ? at.toISOString() : end;
}
