import type { KnowledgeDocument } from '../../domain/document.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import { type BoostQuery, createBooster } from './boosts.ts';
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
  /** What people said of documents in situations like this, by key. */
  readonly feedback?: ReadonlyMap<string, number> | undefined;
}

/** One order from all legs, best first: scaled, averaged, then moved by the boosts and by what people said. */
export function rank(
  found: LegResults,
  query: BoostQuery,
  knowledge: Knowledge,
  { denseShare, feedback }: RankOptions = {},
): Ranked[] {
  const boost = createBooster(query, knowledge);
  const ranked = chooseContenders(found, weighFound(found, knowledge, denseShare))
    .flatMap(({ key, score, parts }): Ranked[] => {
      const document = knowledge.documents.get(key);
      if (!document) return [];
      const boosts = boost(document);
      return [{ key, document, score: score * boosts.factor, scores: { ...parts, ...boosts.parts } }];
    })
    .sort(byScore);
  return feedback?.size ? applyFeedback(ranked, ({ key }) => feedback.get(key)).sort(byScore) : ranked;
}

/** Best first; between equals by name, so that every run gives one order. */
export function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || (a.key < b.key ? -1 : 1);
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

interface Contender {
  readonly key: string;
  readonly score: number;
  readonly parts: ScoreBreakdown;
}

type Parts = Pick<ScoreBreakdown, Leg | 'exact'>;

/**
 * The best by words alone and all that another leg found; whoever is in neither has no chance. Numbers first: only those
 * that stay get an object to say where theirs came from.
 */
function chooseContenders(found: LegResults, weights: LegWeights): Contender[] {
  const { dense, lexical, signals, exact } = found;
  const words = new Map(lexical.best.map(({ key, score }) => [key, score]));
  const partsOf = createScaling(found, words);
  const keys = [...new Set([...exact.keys(), ...dense.keys(), ...words.keys(), ...signals.keys()])];
  const parts = keys.map(partsOf);
  const scores = Float64Array.from(parts, (part) => fuseByScaledMean(part, weights, exact.size > 0));
  const lowest = scores.length <= CONTENDERS ? 0 : (scores.slice().sort()[scores.length - CONTENDERS] ?? 0);
  return keys.flatMap((key, at): Contender[] => {
    const score = scores[at] ?? 0;
    return score < lowest ? [] : [{ key, score, parts: parts[at] ?? {} }];
  });
}

/** What each leg makes of a document, on one scale; a leg that did not find it says nothing. */
function createScaling(
  { dense, lexical, signals, exact }: LegResults,
  words: ReadonlyMap<string, number>,
): (key: string) => Parts {
  const similarities = [...dense.values()].map(({ similarity }) => similarity);
  const scaleDense = createScale(Math.min(...similarities), Math.max(...similarities));
  const scaleWords = createScale(lexical.lowest, lexical.highest);
  return (key) => {
    const parts: { -readonly [Part in keyof Parts]: Parts[Part] } = {};
    const [named, near] = [exact.get(key), dense.get(key)];
    const [said, shown] = [words.get(key) ?? lexical.find(key)?.score, signals.get(key)];
    if (named !== undefined) parts.exact = named;
    if (near !== undefined) parts.dense = scaleDense(near.similarity);
    if (said !== undefined) parts.lexical = scaleWords(said);
    if (shown !== undefined) parts.signals = shown;
    return parts;
  };
}
