import type { BlastRadius, CommonSuspect, OutageMember } from '../domain/outage.ts';
import { toName } from '../domain/plain-name.ts';

export interface OutageFacts {
  readonly memberCount: number;
  readonly alertCount: number;
  readonly startedAt: string;
  readonly lastJoinedAt: string;
  readonly resolvedAt?: string | undefined;
  /** The first to arrive. */
  readonly members: readonly OutageMember[];
  readonly blastRadius: BlastRadius;
  readonly commonSuspect: CommonSuspect | undefined;
}

const NAMED = 5;

/** All of an outage in a few sentences of plain text. Names in it come from anybody, and cannot speak. */
export function summariseOutage(facts: OutageFacts): string {
  const { blastRadius, commonSuspect } = facts;
  const exposed = blastRadius.exposed.map(({ service }) => service);
  return [
    tellSize(facts),
    tellNames(facts.members),
    tellAlerting(blastRadius),
    ...(commonSuspect === undefined ? [] : [tellSuspect(commonSuspect, blastRadius)]),
    ...(exposed.length === 0 ? [] : [`Depending on them, and not alerting: ${listNames(exposed)}.`]),
    facts.resolvedAt === undefined
      ? 'Not all of it is resolved.'
      : `All of it was resolved after ${formatSpan(facts.startedAt, facts.resolvedAt)}.`,
  ].join(' ');
}

function tellSize({ alertCount, memberCount, members, startedAt, lastJoinedAt }: OutageFacts): string {
  const senders = [...new Set(members.map(({ sender }) => sender))].sort();
  const from = senders.length === 0 ? '' : ` from ${senders.join(', ')}`;
  const groups = `${count(alertCount, 'alert')} in ${count(memberCount, 'group')}${from}`;
  return `${groups}: the first began at ${startedAt}, the last arrived ${formatSpan(startedAt, lastJoinedAt)} later.`;
}

function tellNames(members: readonly OutageMember[]): string {
  const counts = new Map<string, number>();
  for (const name of members.flatMap(({ alertNames }) => alertNames)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return byCount.length === 0 ? 'None has a name.' : `Most often: ${listNames(byCount)}.`;
}

function tellAlerting({ alerting, unknown = [] }: BlastRadius): string {
  const strange = new Set(unknown);
  const known = alerting.filter((service) => !strange.has(service));
  const strangers = unknown.length === 0 ? '' : `${joinNames(unknown)}, which no topology knows`;
  if (known.length > 0) return `Alerting: ${listNames(known)}${strangers && `, also ${strangers}`}.`;
  return strangers ? `Alerting: ${strangers}.` : 'No service is named.';
}

function tellSuspect({ service, explains }: CommonSuspect, { unknown = [] }: BlastRadius): string {
  const all = unknown.length === 0 ? '' : ', known or not';
  return `${toName(service)} would explain ${Math.round(explains * 100)} % of the alerting services${all}.`;
}

/** `billing, search and mailer` */
function joinNames(names: readonly string[]): string {
  if (names.length > NAMED || names.length < 2) return listNames(names);
  return `${listNames(names.slice(0, -1))} and ${listNames(names.slice(-1))}`;
}

function listNames(names: readonly string[]): string {
  const listed = names.slice(0, NAMED).map(toName).join(', ');
  return names.length > NAMED ? `${listed} and ${names.length - NAMED} more` : listed;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** `40 s`, `12 min`, `3 h 5 min`; clocks of senders may be ahead, and nothing took less than no time. */
function formatSpan(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
