import type { Finding } from './finding.ts';
import { type RankedService, toRanking } from './ranked-service.ts';

/** Services by their strongest finding of one kind. */
export function rankByFindings(findings: readonly Finding[], ranker: Finding['ranker']): RankedService[] {
  const strongest = new Map<string, number>();
  for (const finding of findings) {
    if (finding.ranker === ranker)
      strongest.set(finding.service, Math.max(finding.z, strongest.get(finding.service) ?? 0));
  }
  return toRanking(strongest);
}

/** Services by what they added to an average trace: how unusual it is *and* how much of all harm it is. */
export function rankByAddedTime(findings: readonly Finding[], ranker: 'own-time' | 'gap'): RankedService[] {
  const z = new Map(rankByFindings(findings, ranker).map(({ service, score }) => [service, score]));
  const added = new Map<string, number>();
  for (const finding of findings) {
    if (finding.ranker === ranker)
      added.set(finding.service, finding.addedMsPerTrace + (added.get(finding.service) ?? 0));
  }
  const most = [...added.values()].reduce((a, b) => Math.max(a, b), Number.EPSILON);
  return toRanking(
    new Map(
      [...z].map(([service, score]) => [service, score * Math.sqrt(Math.max(added.get(service) ?? 0, 0) / most)]),
    ),
  );
}
