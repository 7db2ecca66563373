import { type KnowledgeDocument, keyOf } from '../../domain/document.ts';
import type { RetrievalPart } from '../../domain/evidence.ts';
import { hopsFrom } from '../../domain/topology.ts';
import { isKnownAsOf } from './filter.ts';
import type { Knowledge } from './knowledge.ts';

const NEARNESS_BY_HOPS = [1, 0.5, 0.25] as const;

/**
 * RCACopilot's decay (0.3 a day) halves in two days and would hide a year of postmortems; knowledge of this kind
 * ages slowly, a runbook half as fast as an incident, and what is very old still beats nothing, hence the floor.
 */
export const HALF_LIFE_DAYS = 365;
const DECAY_FLOOR = 0.5;

/** How far to trust what its authors themselves call outdated. */
const FRESHNESS = { superseded: 0, deprecated: 0.25, stale: 0.5, draft: 0.8 } as const;

/** How much of a score each boost may take away. Small: they order what the legs found, they do not find. */
const BOOST_SHARE = { topology: 0.15, decay: 0.1, freshness: 0.5 } as const;

const DAY_MS = 86_400_000;

export type Boost = keyof typeof BOOST_SHARE;

export interface Boosts {
  /** The boosts that have something to say, each 0..1. */
  readonly parts: Partial<Readonly<Record<Boost, number>>>;
  /** What the fused score is multiplied by, 0..1. */
  readonly factor: number;
}

export interface BoostQuery {
  readonly services: readonly string[];
  readonly now: Date;
  readonly asOf?: Date;
  readonly halfLifeDays?: number | undefined;
  readonly without?: ReadonlySet<RetrievalPart>;
}

/** Says for each document what speaks for it beside its words: how near its services are, its age, its standing. */
export function createBooster(
  query: BoostQuery,
  knowledge: Pick<Knowledge, 'documents' | 'graph' | 'knownServices' | 'supersededRunbooks'>,
): (document: KnowledgeDocument) => Boosts {
  const topologyOf = createTopologyBoost(query.services, knowledge);
  const isLeftOut = (boost: Boost) => query.without?.has(boost) ?? false;
  return (document) => {
    const all: Record<Boost, number | undefined> = {
      topology: topologyOf(document),
      decay: decayOf(document, query),
      freshness: freshnessOf(document, query, knowledge),
    };
    const parts: Partial<Record<Boost, number>> = {};
    let factor = 1;
    for (const boost of BOOSTS) {
      const value = all[boost];
      if (value === undefined || isLeftOut(boost)) continue;
      parts[boost] = value;
      factor *= 1 - BOOST_SHARE[boost] * (1 - value);
    }
    return { parts, factor };
  };
}

// Object.keys forgets that a literal's keys are all there are.
const BOOSTS = Object.keys(BOOST_SHARE) as Boost[];

/**
 * How near a document's services are to those that alert: 1 for the same, 0.5 one call away, 0.25 two, up- or downstream.
 * Where several services alert, half of it is the nearest and half the mean over all of them: what lies within reach of
 * every one explains the whole blast, what touches one explains a part.
 */
function createTopologyBoost(
  services: readonly string[],
  { graph, knownServices }: Pick<Knowledge, 'graph' | 'knownServices'>,
): (document: KnowledgeDocument) => number | undefined {
  if (services.length === 0) return () => undefined;
  // Alerts, spans, documents and the topology each have their own capitals for one service.
  const spell = (service: string) => knownServices.get(service.toLowerCase()) ?? service;
  const reaches = services.map((service) => hopsFrom(graph, spell(service), NEARNESS_BY_HOPS.length - 1));
  const cache = new Map<string, readonly number[]>();
  const nearnessTo = (service: string) => {
    const known = cache.get(service);
    if (known) return known;
    const nearness = reaches.map((reach) => NEARNESS_BY_HOPS[reach.get(spell(service)) ?? -1] ?? 0);
    cache.set(service, nearness);
    return nearness;
  };
  return ({ services: own }) => {
    if (own.length === 0) return 0;
    const rows = own.map(nearnessTo);
    let [nearest, sum] = [0, 0];
    for (let at = 0; at < services.length; at++) {
      const best = rows.reduce((most, row) => Math.max(most, row[at] ?? 0), 0);
      nearest = Math.max(nearest, best);
      sum += best;
    }
    return (nearest + sum / services.length) / 2;
  };
}

/**
 * Exponential decay from `date` to `now`, halving every `halfLifeDays`, never below the floor. What has no date counts as
 * old: a missing line must not put a document before those that state theirs.
 */
export function timeDecay(date: string | undefined, now: Date, halfLifeDays: number = HALF_LIFE_DAYS): number {
  if (date === undefined) return DECAY_FLOOR;
  // Whole days: two questions in one minute get one answer.
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(date)) / DAY_MS));
  return Math.max(DECAY_FLOOR, 0.5 ** (days / halfLifeDays));
}

/** Incidents age from the day they happened, runbooks from the day somebody last found them right. */
function decayOf(
  document: KnowledgeDocument,
  { now, halfLifeDays = HALF_LIFE_DAYS }: Pick<BoostQuery, 'now' | 'halfLifeDays'>,
): number | undefined {
  if (document.kind === 'incident') return timeDecay(document.date, now, halfLifeDays);
  if (document.kind !== 'runbook') return undefined;
  // Found right after the moment that is asked about: then nobody knew.
  const isKnown = document.validated !== undefined && Date.parse(document.validated) <= now.getTime();
  return timeDecay(isKnown ? document.validated : undefined, now, 2 * halfLifeDays);
}

function freshnessOf(
  document: KnowledgeDocument,
  query: Pick<BoostQuery, 'now' | 'asOf'>,
  knowledge: Pick<Knowledge, 'documents' | 'supersededRunbooks'>,
): number | undefined {
  const { status, staleAfter } = document;
  const doubts: number[] = [];
  if (isReplaced(document, query, knowledge)) doubts.push(FRESHNESS.superseded);
  if (status === 'deprecated' || status === 'draft') doubts.push(FRESHNESS[status]);
  if (staleAfter !== undefined && Date.parse(staleAfter) <= query.now.getTime()) doubts.push(FRESHNESS.stale);
  return doubts.length === 0 ? undefined : Math.min(...doubts);
}

/** As of a moment, what replaces an incident must have happened: before, nobody knew better. */
function isReplaced(
  document: KnowledgeDocument,
  { asOf }: Pick<BoostQuery, 'asOf'>,
  { documents, supersededRunbooks }: Pick<Knowledge, 'documents' | 'supersededRunbooks'>,
): boolean {
  if (document.kind !== 'incident') return supersededRunbooks.has(document.id);
  if (document.supersededBy === undefined) return false;
  if (asOf === undefined) return true;
  const successor = documents.get(keyOf({ kind: 'incident', id: document.supersededBy }));
  return successor?.kind === 'incident' && isKnownAsOf(successor, asOf);
}
