import type { Confidence } from '../../domain/confidence.ts';
import type { RootCause, RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Explanation } from '../causes/model.ts';
import type { Evidence } from '../evidence.ts';
import { isUnverified } from '../predict/unverified.ts';
import { MODEL_SHARE, traceSupport, voteByPrecedents } from '../predict/vote.ts';

/** Scores made in another way mean something else: a calibration of another recipe is not used. */
export const SCORE_RECIPE = 'support.v2';

export type RawScores = NonNullable<Confidence['scores']>;

type Named = Pick<RootCause, 'service' | 'category'>;

/** A share of the say of one voice, which all together make up 1. */
interface Voice extends Named {
  readonly share: number;
}

/** What a score is summed over: causes that name the same service, the same category, or both. */
interface Sameness {
  readonly service: (one: Named) => boolean;
  readonly category: (one: Named) => boolean;
  readonly both: (one: Named) => boolean;
}

const NOTHING: RawScores = { service: 0, category: 0, both: 0 };

/**
 * How well the best hypothesis is supported, for a calibration says how often that one is right: the marginal support of its
 * service, its category and both, over all causes and not the few that are told. Whoever names another category at
 * the same service still says that it is this service. The two voices weigh as they do when causes are voted for.
 */
export function scoreNamed(
  evidence: Pick<Evidence, 'precedents' | 'digest' | 'chances'>,
  { engine, hypotheses }: Pick<RootCausePrediction, 'engine' | 'hypotheses'>,
): RawScores {
  const [best] = hypotheses;
  if (best === undefined) return NOTHING;
  const same = samenessOf(best);
  if (engine === 'llm') return sumUp(hypotheses.map(toVoice), same);
  const votes = listVotes(evidence);
  const learnt = toShares(evidence.chances?.all ?? [], evidence.digest);
  const share = learnt.length === 0 ? 0 : votes.length === 0 ? 1 : MODEL_SHARE;
  const weigh = (voices: readonly Voice[], by: number) => voices.map((one) => ({ ...one, share: by * one.share }));
  return sumUp([...weigh(votes, 1 - share), ...weigh(learnt, share)], same);
}

function samenessOf(best: Named): Sameness {
  const service = (one: Named) => one.service === best.service;
  const category = (one: Named) => one.category === best.category;
  return { service, category, both: (one) => service(one) && category(one) };
}

function sumUp(voices: readonly Voice[], same: Sameness): RawScores {
  return {
    service: atMostOne(sum(voices, same.service)),
    category: atMostOne(sum(voices, same.category)),
    both: atMostOne(sum(voices, same.both)),
  };
}

function toVoice({ service, category, support }: Named & { readonly support: number }): Voice {
  return { service, category, share: support };
}

/** What drafts alone tell of has its part of all votes, and supports nothing: nobody reviewed it. */
function listVotes(evidence: Pick<Evidence, 'precedents' | 'digest'>): Voice[] {
  const ballots = [...voteByPrecedents(evidence).values()];
  const total = ballots.reduce((all, { vote }) => all + vote, 0);
  if (total === 0) return [];
  return ballots.map(({ service, category, vote, members }) => {
    return { service, category, share: isUnverified({ members }) ? 0 : vote / total };
  });
}

/** The traces weigh services here as they do among the votes. */
function toShares(chances: readonly Explanation[], digest: Evidence['digest']): Voice[] {
  const weighed = chances.map(({ service, category, chance }) => {
    return { service, category, share: chance * traceSupport(service, digest) };
  });
  const total = weighed.reduce((all, { share }) => all + share, 0);
  return weighed.map((one) => ({ ...one, share: total === 0 ? 0 : one.share / total }));
}

function sum(voices: readonly Voice[], isSame: (one: Named) => boolean): number {
  return voices.reduce((total, one) => (isSame(one) ? total + one.share : total), 0);
}

/** Shares add up to a trace more than 1 now and then. */
function atMostOne(value: number): number {
  return Math.min(1, value);
}
