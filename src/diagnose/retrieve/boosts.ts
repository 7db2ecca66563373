import type { KnowledgeDocument } from '../../domain/document.ts';
import { hopsBetween } from '../../domain/topology.ts';
import type { Knowledge } from './knowledge.ts';

const TOPOLOGY_BY_HOPS = [1, 0.5, 0.25] as const;

/**
 * RCACopilot's decay (0.3 a day) halves in two days and would hide a year of postmortems; knowledge of this kind
 * ages slowly, and what is very old still beats nothing, hence the floor.
 */
const HALF_LIFE_DAYS = 365;
const DECAY_FLOOR = 0.5;

/** How much of a score each boost may take away. Small: they order what the legs found, they do not find. */
const BOOST_SHARE = { topology: 0.15, decay: 0.1, superseded: 0.5 } as const;

const DAY_MS = 86_400_000;

/** 1 for a document about one of the alerting services, 0.5 one hop away, 0.25 two hops, else 0. */
export function topologyBoost(
  document: KnowledgeDocument,
  services: readonly string[],
  { graph, knownServices }: Pick<Knowledge, 'graph' | 'knownServices'>,
): number | undefined {
  if (services.length === 0) return undefined;
  // Alerts, spans, documents and the topology each have their own capitals for one service.
  const spell = (service: string) => knownServices.get(service.toLowerCase()) ?? service;
  const hops = services.flatMap((from) =>
    document.services.flatMap((to) => hopsBetween(graph, spell(from), spell(to), TOPOLOGY_BY_HOPS.length - 1) ?? []),
  );
  return hops.length === 0 ? 0 : TOPOLOGY_BY_HOPS[Math.min(...hops)];
}

/**
 * Exponential decay from the incident's day to `now`, halving every `halfLifeDays`, never below the floor. What has no
 * date counts as old: a missing line must not put an incident before those that state theirs.
 */
export function timeDecay(date: string | undefined, now: Date, halfLifeDays = HALF_LIFE_DAYS): number {
  if (date === undefined) return DECAY_FLOOR;
  // Whole days: two questions in one minute get one answer.
  const days = Math.max(0, Math.floor((now.getTime() - Date.parse(date)) / DAY_MS));
  return Math.max(DECAY_FLOOR, 0.5 ** (days / halfLifeDays));
}

export interface Boosts {
  readonly topology?: number;
  readonly decay?: number;
  /** What the fused score is multiplied by, 0..1. */
  readonly factor: number;
}

export function boostsOf(
  document: KnowledgeDocument,
  query: { readonly services: readonly string[]; readonly now: Date },
  knowledge: Pick<Knowledge, 'graph' | 'knownServices' | 'supersededRunbooks'>,
): Boosts {
  const topology = topologyBoost(document, query.services, knowledge);
  const decay = document.kind === 'incident' ? timeDecay(document.date, query.now) : undefined;
  const factor =
    keep(BOOST_SHARE.topology, topology) *
    keep(BOOST_SHARE.decay, decay) *
    (isSuperseded(document, knowledge) ? 1 - BOOST_SHARE.superseded : 1);
  return { factor, ...(topology === undefined ? {} : { topology }), ...(decay === undefined ? {} : { decay }) };
}

function keep(share: number, boost: number | undefined): number {
  return boost === undefined ? 1 : 1 - share + share * boost;
}

function isSuperseded(document: KnowledgeDocument, knowledge: Pick<Knowledge, 'supersededRunbooks'>): boolean {
  if (document.kind === 'incident') return document.supersededBy !== undefined;
  return document.kind === 'runbook' && knowledge.supersededRunbooks.has(document.id);
}
