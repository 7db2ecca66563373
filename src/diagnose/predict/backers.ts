import type { BackedCause } from '../causes/causes.ts';
import type { RankedIncident } from '../evidence.ts';
import { verifiedFirst } from './unverified.ts';
import { toRanked } from './vote.ts';

/** So many explanations bring their precedent along; the others are cited where they stand. */
const BROUGHT = 2;

/**
 * Precedents as they were found, and among them one for each of the likeliest explanations: what an answer leans on
 * should be on the table. The last found give way, so that there are as many as were asked for; the half found best
 * stays. No draft comes first by itself.
 */
export function withBackers(
  precedents: readonly RankedIncident[],
  causes: readonly BackedCause[],
): readonly RankedIncident[] {
  const found = new Set(precedents.map(({ incident }) => incident.id));
  const lowest = precedents.at(-1)?.score ?? 1;
  const missing = causes
    .slice(0, BROUGHT)
    .filter(({ backers }) => !backers.some(({ incident }) => found.has(incident.id)))
    .flatMap(({ backers, chance }) => backers.slice(0, 1).map((backer) => toRanked(backer, chance)))
    .slice(0, Math.floor(precedents.length / 2))
    .map((ranked) => ({ ...ranked, score: Math.min(lowest, ranked.score) }));
  return verifiedFirst([...precedents.slice(0, precedents.length - missing.length), ...missing]);
}
