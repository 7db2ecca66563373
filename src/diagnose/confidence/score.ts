import type { Confidence } from '../../domain/confidence.ts';
import type { RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Answerable } from '../../domain/evidence.ts';
import type { Evidence } from '../evidence.ts';
import { namesNewKind } from '../predict/unseen.ts';
import type { LlmFeatures } from './by-llm.ts';
import { type CalibrationInUse, calibrate } from './calibration-in-use.ts';
import { causeFeatures, evaluationFeatures, type Feature } from './features.ts';
import { findGroundingCap } from './grounding.ts';
import { SCORE_RECIPE, scoreNamed } from './raw-scores.ts';

/** What of a team's past a confidence rests on. */
export interface ScoreHistory {
  readonly used?: CalibrationInUse | undefined;
  /** Hash of the incidents that are served now. */
  readonly incidents: string;
  /** How this engine's scores are made; absent: as those of the engine by precedent. */
  readonly recipe?: string;
}

/**
 * PACE-LM's two scores as means of features, and their geometric mean: evidence without a supported cause, or a cause
 * without evidence, is worth little. A model's own opinion is one feature more of each. What is calibrated is how well
 * the best hypothesis is supported (`scoreNamed`).
 */
export function scoreConfidence(
  evidence: Evidence,
  prediction: RootCausePrediction,
  answerable: Answerable,
  history: ScoreHistory,
  llm: LlmFeatures = {},
): Confidence {
  const evaluation = [...evaluationFeatures(evidence, answerable), ...(llm.evaluation ? [llm.evaluation] : [])];
  const scores = scoreNamed(evidence, prediction);
  const isNew = namesNewKind(evidence, prediction);
  const cause = isNew
    ? [serviceSupport(scores.service)]
    : [...causeFeatures(evidence, prediction), ...(llm.cause ? [llm.cause] : [])];
  const coe = mean(evaluation);
  const rce = prediction.rootCause.category === 'unseen' && !isNew ? 0 : mean(cause);
  const [named] = prediction.hypotheses;
  const cap = findGroundingCap(evidence.digest?.causalPath ?? [], (named ?? prediction.rootCause).service);
  const { incidents, used, recipe = SCORE_RECIPE } = history;
  const { reasons, ...calibrated } = calibrate(
    { scores, named, engine: prediction.engine, recipe, incidents, cap },
    used,
  );
  return {
    coe,
    rce,
    raw: Math.min(cap?.most ?? 1, Math.sqrt(coe * rce)),
    scores,
    recipe,
    ...calibrated,
    reasons: [
      ...reasons,
      ...(cap ? [cap.reason] : []),
      ...[...evaluation, ...cause]
        .sort(bySay)
        .map(({ name, value, reason }) => `${name} ${value.toFixed(2)}: ${reason}`),
    ],
  };
}

/** All that is claimed where the kind of fault is new. */
function serviceSupport(value: number): Feature {
  const reason = `${Math.round(value * 100)} % of the say is for this service; its kind of fault is not known`;
  return { name: 'service-support', value, reason };
}

function mean(features: readonly Feature[]): number {
  return features.reduce((sum, { value }) => sum + value, 0) / features.length;
}

/** Strongest first: what is far from the middle moved the number most. */
function bySay(a: Feature, b: Feature): number {
  return Math.abs(b.value - 0.5) - Math.abs(a.value - 0.5);
}
