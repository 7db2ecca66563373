import type { Suspect } from '../../domain/trace.ts';
import { type OperationKey, toOperationKey } from './client-operations.ts';
import { statsOf } from './compare.ts';
import { listExemplars } from './exemplars.ts';
import type { OperationSample, WindowObservation } from './window.ts';
import { formatShare, toName } from './wording.ts';

const MAX_SUSPECTS = 10;
/** Less than this of all own time, and without errors, is nobody worth naming. */
const LEAST_SHARE = 0.05;
const MARK = 'without baseline';

interface Tally {
  readonly service: string;
  ownUs: number;
  originErrors: number;
  spans: number;
  busiest: { readonly sample: OperationSample; readonly worth: number };
}

/**
 * When nobody knows what is normal: where errors begin, then where the time is spent. A service that is always slow looks
 * like one that has become slow, so every reason says that there was nothing to compare with.
 */
export function rankWithoutBaseline(incident: WindowObservation): Suspect[] {
  const tallies = [...tallyServices(incident).values()];
  const allUs = Math.max(
    1,
    tallies.reduce((sum, tally) => sum + tally.ownUs, 0),
  );
  const allErrors = Math.max(
    1,
    tallies.reduce((sum, tally) => sum + tally.originErrors, 0),
  );
  const scored = tallies
    .map((tally) => ({ tally, ownShare: tally.ownUs / allUs, errorShare: tally.originErrors / allErrors }))
    .filter(({ ownShare, errorShare }) => ownShare >= LEAST_SHARE || errorShare > 0)
    // An error is a statement; time spent is only a hint.
    .map((entry) => ({ ...entry, score: entry.errorShare + entry.ownShare / 2 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_SUSPECTS);
  const best = scored[0]?.score ?? 1;
  return scored.map(({ tally, ownShare, score }) => toSuspect(incident, tally, ownShare, score / best));
}

/** Gaps are charged to the called side, as with a baseline; errors of calls likewise. */
function tallyServices(incident: WindowObservation): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  const gaps = new Set<OperationKey>();
  for (const edge of incident.edges.values())
    gaps.add(toOperationKey({ service: edge.caller, operation: edge.operation }));
  for (const [key, sample] of incident.operations) {
    const ownUs = gaps.has(key) ? 0 : sumOwn(incident, sample.spans);
    add(tallies, sample.service, sample, ownUs, sample.originErrors.length, sample.spans.length);
  }
  for (const edge of incident.edges.values()) {
    const [called] = [...edge.calleeOperations].sort((a, b) => b[1] - a[1]);
    const sample = incident.operations.get(toOperationKey({ service: edge.callee, operation: called?.[0] ?? '' }));
    if (sample) add(tallies, edge.callee, sample, sumOwn(incident, edge.spans), edge.originErrors.length, 0);
  }
  return tallies;
}

function add(
  tallies: Map<string, Tally>,
  service: string,
  sample: OperationSample,
  ownUs: number,
  originErrors: number,
  spans: number,
): void {
  const worth = originErrors > 0 ? Number.MAX_VALUE : ownUs;
  let tally = tallies.get(service);
  if (!tally) {
    tally = { service, ownUs: 0, originErrors: 0, spans: 0, busiest: { sample, worth } };
    tallies.set(service, tally);
  }
  tally.ownUs += ownUs;
  tally.originErrors += originErrors;
  tally.spans += spans;
  if (worth > tally.busiest.worth) tally.busiest = { sample, worth };
}

function sumOwn(incident: WindowObservation, spans: readonly number[]): number {
  return spans.reduce((sum, index) => sum + (incident.own[index] ?? 0), 0);
}

function toSuspect(incident: WindowObservation, tally: Tally, ownShare: number, score: number): Suspect {
  const { sample } = tally.busiest;
  const reasons = [`${formatShare(ownShare)} of all own time is spent here, ${MARK}`];
  if (tally.originErrors > 0) {
    reasons.unshift(`${tally.originErrors} errors begin at ${toName(sample.operation)}, ${MARK}`);
  }
  return {
    service: tally.service,
    operation: sample.operation,
    score,
    reasons,
    before: null,
    after: statsOf(incident, sample),
    withoutBaseline: true,
    rankings: {},
    exemplarTraceIds: listExemplars(incident, sample),
  };
}
