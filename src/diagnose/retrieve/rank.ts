import type { KnowledgeDocument } from '../../domain/document.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import { type BoostQuery, type Boosts, createBooster } from './boosts.ts';
import { applyFeedback } from './feedback/order.ts';
import { createScale, fuseByScaledMean, type Leg, type LegWeights, weighLegs } from './fuse.ts';
import type { Knowledge } from './knowledge.ts';
import { CONTENDERS, type LegResults } from './legs.ts';

/** A document with its score and where that came from. */
export interface Ranked {
  readonly key: string;
  readonly document: KnowledgeDocument;
  readonly score: number;
  readonly scores: ScoreBreakdown;
}

export interface RankOptions {
  /** The dense leg's share of the words' say, where a team has measured its own. */
  readonly denseShare?: number | undefined;
  readonly halfLifeDays?: number | undefined;
  /** What people said of documents in situations like this, by key. */
  readonly feedback?: ReadonlyMap<string, number> | undefined;
}

/** One order from all legs, best first: scaled, averaged, then moved by the boosts and by what people said. */
export function rank(
  found: LegResults,
  query: BoostQuery,
  knowledge: Knowledge,
  { denseShare, halfLifeDays, feedback }: RankOptions = {},
): Ranked[] {
  const weights = weighFound(found, knowledge, denseShare);
  const boost = createBooster({ ...query, halfLifeDays }, knowledge);
  const partsOf = createScaling(found);
  const isAnyNamed = found.exact.size > 0;
  const ranked: Ranked[] = [];
  for (const key of chooseContenders(found, (name) => fuseByScaledMean(partsOf(name), weights, isAnyNamed))) {
    const document = knowledge.documents.get(key);
    if (!document) continue;
    const parts = partsOf(key);
    const boosts = boost(document);
    const score = fuseByScaledMean(parts, weights, isAnyNamed, boosts.factor);
    ranked.push({ key, document, score, scores: explain(parts, boosts.parts) });
  }
  ranked.sort(byScore);
  return feedback?.size ? applyFeedback(ranked, ({ key }) => feedback.get(key)).sort(byScore) : ranked;
}

/** Best first; between equals what the query names, then by name, so that every run gives one order. */
export function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || Number(isNamed(b)) - Number(isNamed(a)) || (a.key < b.key ? -1 : 1);
}

function isNamed({ scores }: Ranked): boolean {
  return scores.exact === 1;
}

function weighFound(
  { dense, lexical, signals }: LegResults,
  { generation }: Knowledge,
  denseShare: number | undefined,
): LegWeights {
  const legs: Leg[] = [];
  if (dense.size > 0) legs.push('dense');
  if (lexical.found > 0) legs.push('lexical');
  if (signals.size > 0) legs.push('signals');
  return weighLegs(legs, generation.model, denseShare);
}

/**
 * The best by words alone and all that another leg found; whoever is in neither has no chance. No more than `CONTENDERS`,
 * by what their legs say; the numbers first, because whoever stays out needs no more than that.
 */
function chooseContenders({ dense, lexical, signals, exact }: LegResults, scoreOf: (key: string) => number): string[] {
  const keys = new Set([...exact.keys(), ...dense.keys(), ...signals.keys()]);
  for (const { key } of lexical.best) keys.add(key);
  const all = [...keys];
  if (all.length <= CONTENDERS) return all;
  const scores = Float64Array.from(all, scoreOf);
  const lowest = scores.slice().sort()[all.length - CONTENDERS] ?? 0;
  const above = all.filter((_, at) => (scores[at] ?? 0) > lowest);
  const level = all.filter((_, at) => scores[at] === lowest).sort();
  return [...above, ...level.slice(0, CONTENDERS - above.length)];
}

type Parts = { readonly [Part in Leg | 'exact']: number | undefined };

/** What each leg makes of a document, on one scale; a leg that did not find it says nothing. */
function createScaling({ dense, lexical, signals, exact }: LegResults): (key: string) => Parts {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { similarity } of dense.values()) {
    if (similarity < low) low = similarity;
    if (similarity > high) high = similarity;
  }
  const scaleDense = createScale(low, high);
  const scaleWords = createScale(lexical.lowest, lexical.highest);
  return (key) => {
    const [near, said] = [dense.get(key)?.similarity, lexical.scoreOf(key)];
    return {
      exact: exact.get(key),
      dense: near === undefined ? undefined : scaleDense(near),
      lexical: said === undefined ? undefined : scaleWords(said),
      signals: signals.get(key),
    };
  };
}

/** One object, field by field: spreading six of them a hundred times a search took longer than all of the ranking. */
function explain(parts: Parts, { topology, decay, freshness }: Boosts['parts']): ScoreBreakdown {
  const scores: { -readonly [Part in keyof ScoreBreakdown]: ScoreBreakdown[Part] } = {};
  if (parts.exact !== undefined) scores.exact = parts.exact;
  if (parts.dense !== undefined) scores.dense = parts.dense;
  if (parts.lexical !== undefined) scores.lexical = parts.lexical;
  if (parts.signals !== undefined) scores.signals = parts.signals;
  if (topology !== undefined) scores.topology = topology;
  if (decay !== undefined) scores.decay = decay;
  if (freshness !== undefined) scores.freshness = freshness;
  return scores;
}
