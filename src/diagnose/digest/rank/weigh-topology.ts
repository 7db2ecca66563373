import type { Suspect } from '../../../domain/trace.ts';
import { breakDown } from './breakdown.ts';
import { rankByTopology, type TopologyQuestion } from './topology.ts';

/** Scores so near to each other are equal as far as spans can tell: then the nearer to the alert goes first. */
const NEAR_TIE = 0.05;

/**
 * A weak prior: what spans say of two suspects must be all but equal before their place below the alerting service
 * decides. Scores stay as the spans gave them, but for those that trade places.
 */
export function weighTopology(
  suspects: readonly Suspect[],
  question: Omit<TopologyQuestion, 'services'>,
): readonly Suspect[] {
  if (question.alertingServices.length === 0) return suspects;
  const topology = rankByTopology({ ...question, services: suspects.map(({ service }) => service) });
  const weighed = suspects.map((suspect) => ({
    ...suspect,
    rankings: { ...suspect.rankings, ...breakDown(suspect.service, { topology }) },
  }));
  const nearness = new Map(topology.map(({ service, score }) => [service, score]));
  const lifted = (suspect: Suspect) => suspect.score + NEAR_TIE * (nearness.get(suspect.service) ?? 0);
  const scores = weighed.map(({ score }) => score);
  return weighed
    .sort((a, b) => lifted(b) - lifted(a))
    .map((suspect, place) => ({ ...suspect, score: scores[place] ?? suspect.score }));
}
