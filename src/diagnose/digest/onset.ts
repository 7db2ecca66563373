import type { ParsedTraces } from '../../domain/trace.ts';
import { type Judgement, judgeWindows } from './judge.ts';
import { type MeasuredWindow, measureWindow } from './measured-window.ts';

/** A window cut in two by when its traces began. */
export interface LatePart {
  readonly early: ParsedTraces;
  readonly late: ParsedTraces;
  /** Microseconds since the epoch. */
  readonly sinceUs: number;
}

/** Shares of the window after which a fault may have begun. Before the first of them medians over the whole still move. */
const CUTS = [0.5, 0.75];
/** Fewer traces on either side say nothing about what changed between them. */
const FEWEST = 8;

/**
 * A later part that differs from the baseline and, in the same service, from the earlier part of its own window, where the
 * baseline's own later part does not. The further comparisons are what keeps healthy windows healthy: a smaller part
 * differs more by chance, but not from both alike, and what grows within every window is no incident.
 */
export function findLateChange(
  baseline: MeasuredWindow,
  incident: MeasuredWindow,
): { readonly judgement: Judgement; readonly sinceUs: number } | undefined {
  const usual = listLateParts(baseline.parsed);
  for (const [at, part] of listLateParts(incident.parsed).entries()) {
    const late = measureWindow(part.late, incident.loss);
    const judgement = judgeWindows(baseline, late);
    const [suspect] = judgement.candidates;
    if (!suspect) continue;
    const isPrime = ({ candidates }: Judgement) => candidates[0]?.service === suspect.service;
    if (!isPrime(judgeWindows(measureWindow(part.early, incident.loss), late))) continue;
    const then = usual[at];
    const isUsual =
      then && isPrime(judgeWindows(measureWindow(then.early, baseline.loss), measureWindow(then.late, baseline.loss)));
    if (!isUsual) return { judgement, sinceUs: part.sinceUs };
  }
  return undefined;
}

/**
 * Where in a window a fault may have begun: an alert seldom comes with it, and a median over the whole moves only when
 * half of the window has changed. The latest parts that have traces enough to be compared, the larger one first.
 */
export function listLateParts(window: ParsedTraces): LatePart[] {
  const starts = findStarts(window);
  const sorted = Float64Array.from(starts.values()).sort();
  const from = sorted[0] ?? 0;
  const lengthUs = (sorted.at(-1) ?? from) - from;
  return CUTS.flatMap((cut) => {
    const sinceUs = from + cut * lengthUs;
    const late = sorted.reduce((count, start) => count + Number(start >= sinceUs), 0);
    if (late < FEWEST || sorted.length - late < FEWEST) return [];
    const isLate = (traceId: string) => (starts.get(traceId) ?? from) >= sinceUs;
    return [
      {
        early: { ...window, spans: window.spans.filter(({ traceId }) => !isLate(traceId)) },
        late: { ...window, spans: window.spans.filter(({ traceId }) => isLate(traceId)) },
        sinceUs,
      },
    ];
  });
}

/** When each trace began. */
function findStarts({ spans }: ParsedTraces): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { traceId, startUs } of spans) {
    starts.set(traceId, Math.min(startUs, starts.get(traceId) ?? Number.POSITIVE_INFINITY));
  }
  return starts;
}
