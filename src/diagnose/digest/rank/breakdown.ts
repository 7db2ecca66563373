import type { RankerSays, Suspect, TraceRanker } from '../../../domain/trace.ts';
import type { Comparison } from '../compare.ts';
import type { WindowObservation } from '../window.ts';
import { findAbnormalTraces } from './abnormal-traces.ts';
import { rankByAddedTime, rankByFindings } from './by-findings.ts';
import type { Finding } from './finding.ts';
import { rankByPageRank } from './page-rank.ts';
import type { RankedService } from './ranked-service.ts';
import { rankBySpectrum } from './spectrum.ts';

/** What every ranker says, each on its own; the topology has its say later, when the alert is known. */
export type Rankings = Readonly<Record<Exclude<TraceRanker, 'topology'>, readonly RankedService[]>>;

export function rankEachWay(
  findings: readonly Finding[],
  comparison: Comparison,
  before: WindowObservation,
  after: WindowObservation,
): Rankings {
  const abnormal = findAbnormalTraces(before, after, comparison);
  return {
    'own-time': rankByAddedTime(findings, 'own-time'),
    gap: rankByAddedTime(findings, 'gap'),
    error: rankByFindings(findings, 'error'),
    lost: rankByFindings(findings, 'lost'),
    'fan-out': rankByFindings(findings, 'fan-out'),
    spectrum: rankBySpectrum(after, abnormal),
    'page-rank': rankByPageRank(before, after, abnormal),
  };
}

/** The place and the measure that each ranker gives to one service. */
export function breakDown(
  service: string,
  rankings: Partial<Readonly<Record<TraceRanker, readonly RankedService[]>>>,
): Suspect['rankings'] {
  const says: Partial<Record<TraceRanker, RankerSays>> = {};
  for (const [ranker, ranking] of Object.entries(rankings) as [TraceRanker, readonly RankedService[]][]) {
    const at = ranking.findIndex((ranked) => ranked.service === service);
    const found = ranking[at];
    if (found) says[ranker] = { rank: at + 1, score: found.score };
  }
  return says;
}
