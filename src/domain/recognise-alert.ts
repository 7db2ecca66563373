import { type AlertIdentity, alertKey, type Known, type Sibling } from './kept-alert.ts';
import type { ReceivedAlert } from './occurrence.ts';

/**
 * Which known alert this is: that of its start, or else one of its fingerprint whose time it falls into. A sender that does
 * not say when an alert began means the one that fires; and one that was restarted resolves by another start.
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
  const siblings = listCandidates(known.findSiblings(identity));
  const same = siblings.find((sibling) =>
    sibling.endsAt === undefined
      ? isGuessed || sibling.startsAt <= endsAt
      : sibling.startsAt <= identity.startsAt && isWithin(identity.startsAt, sibling.endsAt, alert),
  );
  return same && { ...identity, startsAt: same.startsAt };
}

/** Those that fire, and the last that began, however many there were before: the firing first. */
function listCandidates(siblings: readonly Sibling[]): Sibling[] {
  const last = siblings
    .map(({ startsAt }) => startsAt)
    .toSorted()
    .at(-1);
  return siblings.filter(({ startsAt, endsAt }) => endsAt === undefined || startsAt === last).toSorted(firingFirst);
}

/** An alert that fires at the moment at which another ended is the next one. */
function isWithin(startsAt: string, end: string, { status }: ReceivedAlert): boolean {
  return status === 'firing' ? startsAt < end : startsAt <= end;
}

function firingFirst(a: Sibling, b: Sibling): number {
  const order = Number(a.endsAt !== undefined) - Number(b.endsAt !== undefined);
  return order === 0 ? Number(a.startsAt < b.startsAt) - Number(a.startsAt > b.startsAt) : order;
}
