import type { RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Answerable } from '../../domain/evidence.ts';
import { hopsBetween } from '../../domain/topology.ts';
import type { TraceDigest } from '../../domain/trace.ts';
import { toName } from '../digest/wording.ts';
import type { Evidence, RankedIncident } from '../evidence.ts';
import { traceSupport } from '../predict/vote.ts';
import { stabilityFeatures } from './stability.ts';

/** One thing that speaks for or against, as a number 0..1 and in words. */
export interface Feature {
  readonly name: string;
  readonly value: number;
  readonly reason: string;
}

const NEIGHBOURS = 5;

/**
 * Similarity at which a precedent supports its cause not at all, and at which in full. Texts that have nothing in common
 * but being English reach the first (.2 for "lunch is late"), alerts of known kind the second.
 */
const STANDING = { none: 0.2, full: 0.4 } as const;

/**
 * Is there evidence enough to judge this incident at all? PACE-LM's confidence of evaluation, from what can be counted
 * instead of asked: it depends on the situation and its neighbours, never on the cause that an engine names.
 */
export function evaluationFeatures(evidence: Evidence, answerable: Answerable): Feature[] {
  const neighbours = evidence.precedents.slice(0, NEIGHBOURS);
  return [
    { name: 'answerable', value: answerable.score, reason: answerable.reason },
    nearness(neighbours),
    weaken(agreement(neighbours), standingOf(neighbours)),
    completeness(evidence),
    telemetry(evidence),
    serviceMatch(evidence, neighbours),
  ];
}

/**
 * How well is this cause supported? PACE-LM's root-cause evaluation: only these features see the prediction. What nobody
 * could have told (no traces, no runbook found) speaks neither for the cause nor against it. What precedents say counts as
 * far as one of them is near: votes are shares, and the least unlike of strangers would have them all.
 */
export function causeFeatures(evidence: Evidence, prediction: RootCausePrediction): Feature[] {
  const standing = standingOf(evidence.precedents);
  const weigh = (feature: Feature) => weaken(feature, standing);
  return [
    weaken(voteShare(prediction), standingOf(speakersFor(prediction, evidence))),
    weigh(notContradicted(evidence, prediction)),
    ...stabilityFeatures(evidence, prediction).map(weigh),
    ...traceAgreement(evidence, prediction),
    ...runbookSupport(evidence, prediction).map(weigh),
  ];
}

function speakersFor({ rootCause }: RootCausePrediction, { precedents }: Evidence): RankedIncident[] {
  return precedents.filter(
    ({ incident }) =>
      incident.category === rootCause.category && (incident.rootCause?.service ?? null) === rootCause.service,
  );
}

/** How far the nearest precedent is near enough to support anything, 0..1. The same alert by name is near, whatever its words. */
function standingOf(precedents: readonly RankedIncident[]): number {
  const nearest = precedents.reduce((most, { similarity, scores }) => Math.max(most, similarity, scores.exact ?? 0), 0);
  return Math.min(1, Math.max(0, (nearest - STANDING.none) / (STANDING.full - STANDING.none)));
}

function weaken({ name, value, reason }: Feature, standing: number): Feature {
  if (standing === 1) return { name, value, reason };
  return {
    name,
    value: value * standing,
    reason: `${reason}; no precedent is near, so this counts ${percent(standing)}`,
  };
}

/** Absolute, unlike the score: the nearest of a knowledge base that holds nothing fitting is still far away. */
function nearness(neighbours: readonly RankedIncident[]): Feature {
  const value = share(
    neighbours.reduce((sum, { similarity }) => sum + similarity, 0),
    neighbours.length,
  );
  const reason = `the ${neighbours.length} nearest incidents are ${Math.round(value * 100)} % similar on average`;
  return { name: 'nearness', value, reason };
}

/** One minus the normalised entropy of the neighbours' categories (RCACopilot's neighbours, read as a distribution). */
function agreement(neighbours: readonly RankedIncident[]): Feature {
  const categories = neighbours.flatMap(({ incident }) => incident.category ?? []);
  const counts = [...new Set(categories)].map((category) => categories.filter((other) => other === category).length);
  const entropy = -counts.reduce(
    (sum, count) => sum + share(count, categories.length) * Math.log(share(count, categories.length)),
    0,
  );
  // Rounding may leave a trace below zero, which would print as -0.00.
  const value = categories.length < 2 ? 0 : Math.max(0, 1 - entropy / Math.log(categories.length));
  return {
    name: 'agreement',
    value,
    reason: `the ${categories.length} nearest incidents with a known cause name ${counts.length} categor${counts.length === 1 ? 'y' : 'ies'}`,
  };
}

function completeness({ situation, digest }: Evidence): Feature {
  const present = [
    situation.alertNames.length > 0,
    situation.text !== '',
    situation.services.length > 0,
    situation.startsAt !== undefined,
    saysSomething(digest),
  ];
  const count = present.filter(Boolean).length;
  return {
    name: 'completeness',
    value: share(count, present.length),
    reason: `${count} of ${present.length} inputs given (name, text, service, start, traces)`,
  };
}

function telemetry({ situation, digest }: Evidence): Feature {
  const [suspect] = digest?.suspects ?? [];
  const name = 'telemetry';
  if (suspect) {
    return { name, value: 1, reason: `traces point at ${toName(suspect.service)}: ${suspect.reasons[0] ?? 'changed'}` };
  }
  const signals = situation.signals.length + (digest?.signals.length ?? 0);
  if (signals > 0) return { name, value: 0.5, reason: `${signals} anomalies were given, but no suspect` };
  return { name, value: 0, reason: saysSomething(digest) ? 'the traces show no suspect' : 'no traces were given' };
}

/** Spans that were looked at, or a digest that names something; an empty digest is no telemetry. */
function saysSomething(digest: TraceDigest | undefined): boolean {
  return digest !== undefined && (digest.healthy || digest.suspects.length > 0 || digest.signals.length > 0);
}

/** Each neighbour by its score: the nearest alone may be on these services by mere chance, or elsewhere. */
function serviceMatch({ situation, digest, graph }: Evidence, neighbours: readonly RankedIncident[]): Feature {
  const here = [...situation.services, ...(digest?.suspects.slice(0, 1).map(({ service }) => service) ?? [])];
  const matches = neighbours.map(({ incident, score }) => {
    const hops = here.flatMap((service) =>
      incident.services.flatMap((other) => hopsBetween(graph, service, other, 1) ?? []),
    );
    const nearest = Math.min(...hops);
    return { score, match: nearest === 0 ? 1 : nearest === 1 ? 0.5 : 0 };
  });
  const value = share(
    matches.reduce((sum, { score, match }) => sum + score * match, 0),
    matches.reduce((sum, { score }) => sum + score, 0),
  );
  const count = (wanted: number) => matches.filter(({ match }) => match === wanted).length;
  const reason = `of the ${matches.length} nearest incidents, ${count(1)} were on the same services and ${count(0.5)} one hop away`;
  return { name: 'service-match', value, reason };
}

function voteShare({ hypotheses, rootCause }: RootCausePrediction): Feature {
  const support =
    hypotheses.find(({ category, service }) => category === rootCause.category && service === rootCause.service)
      ?.support ?? 0;
  return {
    name: 'vote-share',
    value: support,
    reason: `${Math.round(support * 100)} % of the support is for this cause`,
  };
}

function traceAgreement({ digest }: Evidence, { rootCause }: RootCausePrediction): Feature[] {
  const suspects = digest?.suspects ?? [];
  if (suspects.length === 0) return [];
  const rank = suspects.findIndex(({ service }) => service === rootCause.service);
  const named = rootCause.service ?? 'no service';
  const reason =
    rank < 0
      ? `the traces do not suspect ${named}`
      : `${named} is suspect ${rank + 1} of ${suspects.length} in the traces`;
  return [{ name: 'trace-agreement', value: rank < 0 ? 0 : 1 / (rank + 1), reason }];
}

function runbookSupport({ runbooks }: Evidence, { rootCause }: RootCausePrediction): Feature[] {
  if (runbooks.length === 0) return [];
  const about = runbooks.find(
    ({ runbook }) => rootCause.service !== null && runbook.services.includes(rootCause.service),
  );
  const reason = about
    ? `the runbook ${about.runbook.id} names ${rootCause.service} among its services`
    : 'no matching runbook names this service among its own';
  return [{ name: 'runbook-support', value: about ? 1 : 0, reason }];
}

/** What speaks loudest against it: a rival, the traces, or the signals. */
function notContradicted(evidence: Evidence, prediction: RootCausePrediction): Feature {
  const none: Contradiction = { strength: 0, told: 'nothing speaks against it' };
  const found = [
    ...contradictionOfRival(prediction),
    ...contradictionOfTraces(evidence, prediction),
    ...contradictionOfSignals(evidence, prediction),
  ].reduce((most, other) => (other.strength > most.strength ? other : most), none);
  return { name: 'uncontradicted', value: 1 - found.strength, reason: found.told };
}

/** How strongly something speaks against a cause, 0..1. */
interface Contradiction {
  readonly strength: number;
  readonly told: string;
}

function contradictionOfRival({ hypotheses, rootCause }: RootCausePrediction): Contradiction[] {
  const rival = hypotheses.find(
    ({ category, service }) => category !== rootCause.category || service !== rootCause.service,
  );
  if (rival === undefined) return [];
  const told = `the strongest rival is ${rival.category} at ${rival.service ?? 'an unnamed service'}`;
  return [{ strength: rival.support, told }];
}

/** As far as the traces take a service's votes away: they suspect others. */
function contradictionOfTraces({ digest }: Evidence, { rootCause: { service } }: RootCausePrediction): Contradiction[] {
  const strength = 1 - traceSupport(service ?? undefined, digest);
  return strength <= 0 ? [] : [{ strength, told: `the traces suspect others rather than ${service}` }];
}

/** By as much as history finds another service likelier by these signals. */
function contradictionOfSignals({ chances }: Evidence, { rootCause }: RootCausePrediction): Contradiction[] {
  const byService = new Map<string | null, number>();
  for (const { service, chance } of chances?.all ?? []) byService.set(service, (byService.get(service) ?? 0) + chance);
  const own = byService.get(rootCause.service) ?? 0;
  const [other] = [...byService].sort((a, b) => b[1] - a[1]);
  if (other === undefined || other[1] <= own) return [];
  return [{ strength: Math.min(1, other[1] - own), told: `the signals speak for ${toName(other[0] ?? '')} rather` }];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
