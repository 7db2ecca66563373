import type { Suspect } from '../../domain/trace.ts';
import { type OperationName, toOperationKey } from './client-operations.ts';
import type { Comparison } from './compare.ts';
import { listExemplars } from './exemplars.ts';
import type { Finding } from './findings.ts';
import { breakDown, type Rankings } from './rank/breakdown.ts';
import { compareText } from './rank/ranked-service.ts';
import type { WindowObservation } from './window.ts';

const MAX_SUSPECTS = 10;
const MAX_REASONS = 4;

/** A z of this size counts one; more of the same counts less and less, so no single odd operation drowns the rest. */
const SCALE = { latency: 4, error: 3, lost: 3, fanOut: 4 } as const;
/** Lost spans may be the collector's doing, and fewer calls another mix of requests: half the weight of errors and time. */
const CIRCUMSTANTIAL = 0.5;
/** Together the findings of one service must reach this, or the window is healthy. */
const CONVINCING = { latency: 3.2, error: 2.2, lost: 2.25, fanOut: 3.2 } as const;

interface Charge {
  readonly service: string;
  readonly findings: Finding[];
  readonly latencyZ: number;
  readonly addedMs: number;
  readonly errorZ: number;
  readonly lostZ: number;
  readonly fanOutZ: number;
}

/**
 * One suspect per service, best first, with a score relative to the strongest. A service's latency counts by how unusual
 * it is *and* by its share of all added time (the geometric mean of BARO's robust z and of the harm done); errors, lost
 * calls and changed fan-out add to it. Waiting for others appears in none of these, so a caller that merely waits is not
 * on the list at all. Empty when nobody's findings convince: the window is healthy.
 */
export function rankSuspects(
  findings: readonly Finding[],
  comparison: Comparison,
  incident: WindowObservation,
  rankEachWay: () => Rankings,
): Suspect[] {
  const charges = groupByService(findings);
  if (!charges.some(isConvincing)) return [];
  const mostAdded = charges.reduce((most, { addedMs }) => Math.max(most, addedMs), Number.EPSILON);
  const scored = charges.map((charge) => ({ charge, score: scoreOf(charge, mostAdded) }));
  scored.sort((a, b) => b.score - a.score || compareText(a.charge.service, b.charge.service));
  const best = scored[0]?.score ?? 1;
  const rankings = rankEachWay();
  return scored.slice(0, MAX_SUSPECTS).map(({ charge, score }) => ({
    ...toSuspect(charge, best > 0 ? score / best : 1, comparison, incident),
    rankings: breakDown(charge.service, rankings),
  }));
}

function groupByService(findings: readonly Finding[]): Charge[] {
  const services = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = services.get(finding.service);
    if (known) known.push(finding);
    else services.set(finding.service, [finding]);
  }
  return [...services].map(([service, own]) => {
    const strongest = (ranker: Finding['ranker']) =>
      own.reduce((most, finding) => (finding.ranker === ranker ? Math.max(most, finding.z) : most), 0);
    return {
      service,
      findings: own,
      latencyZ: strongest('own-time') + strongest('gap'),
      addedMs: own.reduce((sum, finding) => sum + finding.addedMsPerTrace, 0),
      errorZ: strongest('error'),
      lostZ: strongest('lost'),
      fanOutZ: strongest('fan-out'),
    };
  });
}

function isConvincing(charge: Charge): boolean {
  const { latencyZ, errorZ, lostZ, fanOutZ } = charge;
  const parts = [
    latencyZ / CONVINCING.latency,
    errorZ / CONVINCING.error,
    lostZ / CONVINCING.lost,
    fanOutZ / CONVINCING.fanOut,
  ];
  return Math.hypot(...parts) >= 1;
}

function scoreOf(charge: Charge, mostAdded: number): number {
  const share = Math.max(charge.addedMs, 0) / mostAdded;
  return (
    Math.log1p(charge.latencyZ / SCALE.latency) * Math.sqrt(share) +
    Math.log1p(charge.errorZ / SCALE.error) +
    CIRCUMSTANTIAL * Math.log1p(charge.lostZ / SCALE.lost) +
    CIRCUMSTANTIAL * Math.log1p(charge.fanOutZ / SCALE.fanOut)
  );
}

function toSuspect(charge: Charge, score: number, comparison: Comparison, incident: WindowObservation): Suspect {
  const findings = [...charge.findings].sort((a, b) => b.addedMsPerTrace - a.addedMsPerTrace || b.z - a.z);
  const operation = findings.find((finding) => finding.operation !== undefined)?.operation;
  const at: OperationName | undefined = operation === undefined ? undefined : { service: charge.service, operation };
  const change = at ? comparison.operations.get(toOperationKey(at)) : undefined;
  return {
    service: charge.service,
    ...(operation === undefined ? {} : { operation }),
    score,
    reasons: selectReasons(findings),
    before: change?.before ?? null,
    after: change?.after ?? null,
    withoutBaseline: false,
    rankings: {},
    exemplarTraceIds: at ? listExemplars(incident, at) : [],
  };
}

/** The strongest of every ranker first, so that a service with ten slow operations still shows its errors. */
function selectReasons(findings: readonly Finding[]): string[] {
  const firsts = findings.filter((finding, index) => findings.findIndex((f) => f.ranker === finding.ranker) === index);
  const rest = findings.filter((finding) => !firsts.includes(finding));
  return [...new Set([...firsts, ...rest].map((finding) => finding.reason))].slice(0, MAX_REASONS);
}
