import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import type { BlastRadius, Outage, OutageListing, OutageMember } from '../domain/outage.ts';
import { EVERY_NAMESPACE, maySee, type Principal } from '../domain/principal.ts';
import { buildServiceGraph, type ServiceGraph } from '../domain/topology.ts';
import type { IntakeStore, StoredMember, StoredOutage } from '../ports.ts';
import { findBlastRadius } from '../triage/blast-radius.ts';
import { type AlertingService, findCommonSuspect } from '../triage/common-suspect.ts';
import { type NamedServices, nameServices } from '../triage/member-services.ts';
import { summariseOutage } from '../triage/summary.ts';

type Viewer = Pick<Principal, 'namespace'>;

/** Outages as they are told to people. */
export interface Outages {
  /** Throws `not-found` for an id nobody was given, and for what `viewer` may not see. */
  getOutage(id: string, viewer: Viewer, signal?: AbortSignal): Promise<Outage>;
  /** The newest first. */
  listOutages(viewer: Viewer, limit: number, signal?: AbortSignal): Promise<OutageListing[]>;
}

export interface OutageParts {
  readonly intake: Pick<IntakeStore, 'findOutage' | 'listMembers' | 'listOutages'>;
  /** Who calls whom, as it is known now. */
  readonly graph: (signal?: AbortSignal) => Promise<ServiceGraph>;
}

/** Of more nobody reads each; all are counted. */
const MAX_MEMBERS = 200;

export function createOutages({ intake, graph }: OutageParts): Outages {
  return {
    async getOutage(id, viewer, signal) {
      const stored = await intake.findOutage(id, signal);
      if (!stored || !maySee(viewer, stored.namespace))
        throw new PrecedentError('not-found', `there is no outage ${id}`);
      const members = await intake.listMembers(id, MAX_MEMBERS, signal);
      return buildOutage(stored, members, await readGraph(graph, signal));
    },
    async listOutages({ namespace }, limit, signal) {
      const stored = await intake.listOutages(namespace === EVERY_NAMESPACE ? undefined : namespace, limit, signal);
      return stored.map(toListing);
    },
  };
}

interface GraphFound {
  readonly graph: ServiceGraph;
  readonly degraded?: string;
}

/** Whoever asks what is going on while the index is away is told all that is known without it. */
async function readGraph(read: OutageParts['graph'], signal: AbortSignal | undefined): Promise<GraphFound> {
  try {
    return { graph: await read(signal) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isPrecedentError(error)) throw error;
    const degraded = `service graph: ${messageOf(error)}; who is exposed and who is suspect cannot be told`;
    return { graph: buildServiceGraph([]), degraded };
  }
}

function buildOutage(stored: StoredOutage, kept: readonly StoredMember[], { graph, degraded }: GraphFound): Outage {
  const named = nameServices(kept, [...stored.services, ...graph.services.keys()]);
  const members = kept.map((member, index) => toMember(member, named[index]));
  const known = listKnown(stored, members, named);
  const unknown = listStarts(members, named, 'unknown');
  const alerting = [...known, ...unknown];
  const blastRadius: BlastRadius = {
    ...findBlastRadius(namesOf(alerting), graph),
    // Of what nobody can look up, nobody can say that it is unknown.
    ...(degraded === undefined && unknown.length > 0 ? { unknown: namesOf(unknown) } : {}),
  };
  const commonSuspect = degraded === undefined ? findCommonSuspect(alerting, graph) : undefined;
  return {
    ...toListing(stored),
    members,
    blastRadius,
    commonSuspect: commonSuspect ?? null,
    summary: summariseOutage({ ...stored, members, blastRadius, commonSuspect }),
    ...(degraded === undefined ? {} : { degraded: [degraded] }),
  };
}

function toMember({ labelSets: _, ...member }: StoredMember, named: NamedServices | undefined): OutageMember {
  return { ...member, services: [...(named?.known ?? member.services), ...(named?.unknown ?? [])] };
}

/** Those that only members beyond the listed ones name came last. */
function listKnown(
  { services, lastJoinedAt }: StoredOutage,
  members: readonly OutageMember[],
  named: readonly NamedServices[],
): AlertingService[] {
  return [...listStarts(members, named, 'known'), ...services.map((service) => ({ service, startedAt: lastJoinedAt }))];
}

function listStarts(
  members: readonly OutageMember[],
  named: readonly NamedServices[],
  which: keyof NamedServices,
): AlertingService[] {
  return members.flatMap(({ startedAt }, index) =>
    (named[index]?.[which] ?? []).map((service) => ({ service, startedAt })),
  );
}

function namesOf(alerting: readonly AlertingService[]): string[] {
  return [...new Set(alerting.map(({ service }) => service))];
}

function toListing(stored: StoredOutage): OutageListing {
  const { id, namespace, openedAt, startedAt, lastJoinedAt, resolvedAt, memberCount, alertCount, diagnosis } = stored;
  return {
    id,
    namespace,
    status: resolvedAt === undefined ? 'open' : 'resolved',
    openedAt,
    startedAt,
    lastJoinedAt,
    ...(resolvedAt === undefined ? {} : { resolvedAt, durationSeconds: secondsBetween(startedAt, resolvedAt) }),
    memberCount,
    alertCount,
    ...(diagnosis === undefined ? {} : { diagnosis }),
  };
}

/** Senders' clocks differ, and nothing takes less than no time. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);
}
