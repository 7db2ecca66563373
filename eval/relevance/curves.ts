import { type Curve, chanceAt, fitLogistic, logOddsOf } from '../../src/diagnose/confidence/calibration/logistic.ts';
import type { OwnEvidence } from '../../src/diagnose/retrieve/relevance/evidence.ts';
import { featuresOf } from '../../src/diagnose/retrieve/relevance/relevance.ts';
import type { Observation } from './observe.ts';
import { weigh } from './weigh.ts';

/** One answerable question in twenty is turned away. */
const TURNED_AWAY = 0.05;

/** Enough, and beyond it two passes choose the same best document. */
const PASSES = 4;

/** What production holds as constants. */
export interface RelevanceCurves {
  /** Meaning, words, choices: is there an answer, where this is the best evidence? */
  readonly answer: Curve;
  /** Own log-odds and how far behind the strongest: is it this one? */
  readonly row: Curve;
  readonly threshold: number;
}

/** Fitted on these alone. Which document is the best depends on the curve, so it is chosen and fitted in turns. */
export function fitCurves(observations: readonly Observation[]): RelevanceCurves {
  const weights = weigh(observations);
  let answer: Curve = { offset: 0, slopes: [5, 1, 0] };
  for (let pass = 0; pass < PASSES; pass++) {
    const strongest = observations.map((one) => strongestOf(one, answer));
    answer = fitLogistic(
      observations.flatMap(({ standing }, at) => {
        const evidence = strongest[at]?.evidence;
        const weight = weights[at] ?? 0;
        return evidence && weight > 0
          ? [{ features: listFeatures(evidence), target: Number(standing === 'answered'), weight }]
          : [];
      }),
    );
  }
  const row = fitRows(observations, weights, answer);
  return { answer, row, threshold: chooseThreshold(observations, weights, answer) };
}

export function answerChance(observation: Observation, { answer }: Pick<RelevanceCurves, 'answer'>): number {
  const strongest = strongestOf(observation, answer);
  return strongest ? chanceAt(answer, listFeatures(strongest.evidence)) : 0;
}

/** The chance of each of the ten, in their order. */
export function rowChances(observation: Observation, { answer, row }: RelevanceCurves): number[] {
  const strongest = strongestOf(observation, answer)?.logOdds ?? 0;
  return observation.rows.map(({ evidence }) => chanceAt(row, rowFeatures(evidence, strongest, answer)));
}

export function strongestOf({ rows }: Pick<Observation, 'rows'>, answer: Curve): Strongest | undefined {
  let strongest: Strongest | undefined;
  for (const { evidence } of rows) {
    const logOdds = logOddsOf(answer, listFeatures(evidence));
    if (!strongest || logOdds > strongest.logOdds) strongest = { evidence, logOdds };
  }
  return strongest;
}

interface Strongest {
  readonly evidence: OwnEvidence;
  readonly logOdds: number;
}

function fitRows(observations: readonly Observation[], weights: readonly number[], answer: Curve): Curve {
  return fitLogistic(
    observations.flatMap((observation, at) => {
      const weight = weights[at] ?? 0;
      const strongest = strongestOf(observation, answer)?.logOdds ?? 0;
      if (weight === 0) return [];
      return observation.rows.map(({ evidence, isAnswer }) => {
        return { features: rowFeatures(evidence, strongest, answer), target: Number(isAnswer), weight };
      });
    }),
  );
}

function chooseThreshold(observations: readonly Observation[], weights: readonly number[], answer: Curve): number {
  const answered = observations
    .map((observation, at) => ({ observation, weight: weights[at] ?? 0 }))
    .filter(({ observation }) => observation.standing === 'answered')
    .map(({ observation, weight }) => ({ chance: answerChance(observation, { answer }), weight }))
    .sort((a, b) => a.chance - b.chance);
  const total = answered.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const { chance, weight } of answered) {
    below += weight;
    if (below > TURNED_AWAY * total) return chance;
  }
  throw new Error('nothing to fit: not a single question has an answer');
}

function rowFeatures(evidence: OwnEvidence, strongest: number, answer: Curve): number[] {
  const own = logOddsOf(answer, listFeatures(evidence));
  return [own, Math.max(0, strongest - own)];
}

function listFeatures(evidence: OwnEvidence): number[] {
  const { meaning, words, choices } = featuresOf(evidence);
  return [meaning, words, choices];
}
