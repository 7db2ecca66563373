import type { ServiceGraph } from '../../domain/topology.ts';
import type { OpenOutage, QueuedOccurrence } from '../../domain/triage.ts';
import { toArrival } from '../arrival.ts';
import { DEFAULT_TRIAGE, triage } from '../triage.ts';
import { buildLone, knownServicesOf } from './occurrences.ts';

export interface Replay {
  /** Diagnoses begun: of occurrences, and of outages by their id. */
  readonly diagnoses: readonly { readonly subject: string; readonly at: number }[];
  readonly outages: readonly OpenOutage[];
  /** The outage of each occurrence that is in one. */
  readonly outageOf: ReadonlyMap<string, string>;
}

const WINDOW_MS = DEFAULT_TRIAGE.outageWindowSeconds * 1_000;

/**
 * Occurrences as they arrive, triaged every `tickMs`, and each 15 s for ten minutes after the last: a store in miniature that
 * keeps what one triage decided for the next one.
 */
export function replay(occurrences: readonly QueuedOccurrence[], graph: ServiceGraph, tickMs = 1_000): Replay {
  const knownServices = knownServicesOf(graph);
  const byId = new Map(occurrences.map((each) => [each.id, each]));
  const waiting = [...occurrences].sort((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt));
  const outages = new Map<string, OpenOutage>();
  const outageOf = new Map<string, string>();
  const lone: QueuedOccurrence[] = [];
  const diagnoses: { subject: string; at: number }[] = [];
  let ids = 1;
  const last = Math.max(...occurrences.map(({ receivedAt }) => Date.parse(receivedAt)));
  const start = Math.min(...occurrences.map(({ receivedAt }) => Date.parse(receivedAt)));
  for (let now = start; now <= last + 600_000; now += now > last ? 15_000 : tickMs) {
    const next = waiting.findIndex(({ receivedAt }) => Date.parse(receivedAt) > now);
    const queued = waiting.splice(0, next === -1 ? waiting.length : next);
    const begun = diagnoses.filter(({ at }) => at > now - WINDOW_MS).length;
    const { decisions, rediagnose } = triage({
      queued,
      openOutages: [...outages.values()],
      lone: lone
        .slice(-200)
        .filter(({ id, receivedAt }) => !outageOf.has(id) && Date.parse(receivedAt) >= now - 2 * WINDOW_MS)
        .map((each) => buildLone(each)),
      answered: diagnoses.flatMap(({ subject, at }) => {
        const source = byId.get(subject);
        return source
          ? [{ ...source, diagnosisId: subject, diagnosedAt: new Date(at).toISOString() }]
          : [];
      }),
      diagnosed: new Map([['default', begun]]),
      graph,
      knownServices,
      now: new Date(now),
      newId: () => `outage-${ids++}`,
    });
    for (const decision of decisions) {
      const occurrence = byId.get(decision.occurrence);
      if (!occurrence) continue;
      if (decision.kind === 'diagnose') diagnoses.push({ subject: decision.occurrence, at: now });
      if (decision.kind !== 'join') lone.push(occurrence);
      else {
        outageOf.set(occurrence.id, decision.outage);
        outages.set(decision.outage, grow(outages.get(decision.outage), decision, occurrence));
      }
    }
    for (const id of rediagnose) {
      const outage = outages.get(id);
      if (!outage) continue;
      diagnoses.push({ subject: id, at: now });
      const lastDiagnosedAt = new Date(now).toISOString();
      outages.set(id, { ...outage, diagnosedCount: outage.memberCount, lastDiagnosedAt });
    }
  }
  return { diagnoses, outages: [...outages.values()], outageOf };

  function grow(
    outage: OpenOutage | undefined,
    decision: { readonly outage: string; readonly because: string },
    occurrence: QueuedOccurrence,
  ): OpenOutage {
    const { services, startedAt } = toArrival(occurrence, knownServices);
    const { receivedAt } = occurrence;
    return {
      id: decision.outage,
      namespace: occurrence.namespace,
      storm: outage?.storm ?? decision.because === 'storm',
      openedAt: outage && outage.openedAt < receivedAt ? outage.openedAt : receivedAt,
      lastJoinedAt: outage && outage.lastJoinedAt > receivedAt ? outage.lastJoinedAt : receivedAt,
      startedAt: outage?.startedAt ?? new Date(startedAt).toISOString(),
      alertNames: [...new Set([...(outage?.alertNames ?? []), ...occurrence.alertNames])].slice(0, 50),
      services: [...new Set([...(outage?.services ?? []), ...services])].slice(0, 50),
      memberCount: (outage?.memberCount ?? 0) + 1,
      diagnosedCount: outage?.diagnosedCount ?? 0,
      ...(outage?.lastDiagnosedAt === undefined ? {} : { lastDiagnosedAt: outage.lastDiagnosedAt }),
    };
  }
}
