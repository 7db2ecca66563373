import type { Situation } from './situation.ts';

export interface WindowSettings {
  /** How long each window is at most: half of it before the alert's start, half after. */
  readonly windowSeconds: number;
  /** Between the end of the baseline and the start of the incident window. */
  readonly baselineGapSeconds: number;
}

export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/** Which traces to ask for: those through these services, in two windows of the same length. */
export interface TraceWindowPlan {
  readonly services: readonly string[];
  readonly baseline: TimeRange;
  readonly incident: TimeRange;
}

/** An alert names the service that shows the symptom first; each further one costs a search and says less. */
const MAX_SERVICES = 3;

/** Whoever fires the alert may have a clock that is a little ahead. */
const MAX_AHEAD_MS = 60_000;

/**
 * When to look: a fault begins before its alert fires, by as long as the alerting rule waits, and goes on after it. So the
 * incident window has the alert's start in its middle, and is cut where time has not come so far: moved back instead, it
 * would hold more health than fault. The baseline is as long and lies before. Whole seconds, because some stores know no
 * others. Otherwise the reason why nothing is asked.
 */
export function planTraceWindows(
  { services, startsAt, asOf }: Pick<Situation, 'services' | 'startsAt' | 'asOf'>,
  now: Date,
  { windowSeconds, baselineGapSeconds }: WindowSettings,
): TraceWindowPlan | { readonly reason: string } {
  if (services.length === 0) return { reason: 'the alert names no service' };
  if (startsAt === undefined) return { reason: 'the alert does not say when it began' };
  const known = Math.min(now.getTime(), asOf?.getTime() ?? Number.POSITIVE_INFINITY);
  if (startsAt.getTime() > known + MAX_AHEAD_MS) {
    return { reason: `the alert begins at ${startsAt.toISOString()}, later than anything is known` };
  }
  const half = Math.ceil(windowSeconds / 2);
  const start = toSeconds(Math.min(startsAt.getTime(), known));
  const end = Math.min(toSeconds(known), start + half);
  const from = start - half;
  const baselineEnd = from - baselineGapSeconds;
  return {
    services: services.slice(0, MAX_SERVICES),
    baseline: toRange(baselineEnd - (end - from), baselineEnd),
    incident: toRange(from, end),
  };
}

/** Downwards: a second that has not ended may hold what is not to be known. */
function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function toRange(from: number, to: number): TimeRange {
  return { from: new Date(from * 1000), to: new Date(to * 1000) };
}
