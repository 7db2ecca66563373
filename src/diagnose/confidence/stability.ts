import type { RootCause, RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Explanation } from '../causes/model.ts';
import { toName } from '../digest/wording.ts';
import type { Evidence } from '../evidence.ts';
import { voteForCause } from '../predict/vote.ts';
import type { Feature } from './features.ts';

type Named = Pick<RootCause, 'service' | 'category'>;
type Supported = Named & { readonly support: number };

/**
 * Would the cause still be named if something had not been known? Without the precedent that speaks loudest for it, and
 * without each source of signals. What hangs on a single witness is unstable, however clearly that one speaks. Asked
 * of the vote, whichever engine answered: asking a model anew for each would take minutes.
 */
export function stabilityFeatures(evidence: Evidence, { rootCause }: RootCausePrediction): Feature[] {
  return [...withoutLoudest(evidence, rootCause), ...withoutSources(evidence, rootCause)];
}

/** Nothing only where there is no precedent at all: a cause that none of many speaks for has nothing that could survive. */
function withoutLoudest(evidence: Evidence, cause: RootCause): Feature[] {
  const loudest = evidence.precedents.find(({ incident }) =>
    isSame(cause, { service: incident.rootCause?.service ?? null, category: incident.category ?? '' }),
  );
  if (evidence.precedents.length === 0) return [];
  if (loudest === undefined) return [{ name: 'stability', value: 0, reason: 'no precedent speaks for this cause' }];
  const precedents = evidence.precedents.filter((other) => other !== loudest);
  const { value, own } = compare(voteForCause({ ...evidence, precedents }), cause);
  const told = `without ${loudest.incident.id}`;
  const reason =
    own === 0
      ? `${told} nothing speaks for this cause`
      : `${told} this cause ${value >= 0.5 ? 'still leads' : 'no longer leads'} with ${percent(own)} of the support`;
  return [{ name: 'stability', value, reason }];
}

/** Nothing where there is a single source, or no history that knows the signals. */
function withoutSources({ chances }: Evidence, cause: RootCause): Feature[] {
  const left = [...(chances?.without ?? [])];
  if (left.length === 0) return [];
  const values = left.map(([source, some]) => ({ source, ...compare(some.map(toSupported), cause) }));
  const lost = values.filter(({ value }) => value < 0.5).map(({ source }) => toName(source));
  const reason =
    lost.length === 0
      ? `the signals name this cause without any one of ${left.map(([source]) => toName(source)).join(', ')}`
      : `the signals name another cause without ${lost.join(', or without ')}`;
  return [
    { name: 'source-stability', value: values.reduce((sum, { value }) => sum + value, 0) / values.length, reason },
  ];
}

function toSupported({ service, category, chance }: Explanation): Supported {
  return { service, category, support: chance };
}

/** The cause's part of what it and its strongest rival have: above a half it leads. */
function compare(all: readonly Supported[], cause: Named): { readonly value: number; readonly own: number } {
  const own = all.find((one) => isSame(one, cause))?.support ?? 0;
  const rival = all.reduce((most, one) => (isSame(one, cause) ? most : Math.max(most, one.support)), 0);
  return { value: own === 0 ? 0 : own / (own + rival), own };
}

function isSame(one: Named, other: Named): boolean {
  return one.service === other.service && one.category === other.category;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
