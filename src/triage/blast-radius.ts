import type { BlastRadius } from '../domain/outage.ts';
import type { ServiceGraph } from '../domain/topology.ts';
import { followCalls } from './call-paths.ts';

/** Whoever is told of more has stopped reading; the nearest come first. */
const MAX_EXPOSED = 100;

/** The services that alert, and who depends on them and does not alert yet. */
export function findBlastRadius(alerting: readonly string[], graph: ServiceGraph): BlastRadius {
  const exposed = [...followCalls(graph, 'upstream', alerting)]
    .filter(([, hops]) => hops > 0)
    .map(([service, hops]) => ({ service, hops }))
    .sort((a, b) => a.hops - b.hops || (a.service < b.service ? -1 : 1));
  return { alerting: [...new Set(alerting)], exposed: exposed.slice(0, MAX_EXPOSED) };
}
