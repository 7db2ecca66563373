import type { Confidence } from '../../domain/confidence.ts';
import type { RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Answerable } from '../../domain/evidence.ts';
import type { Evidence } from '../evidence.ts';
import { causeFeatures, evaluationFeatures, type Feature } from './features.ts';

/** Graded incidents below which no calibration is attempted; small-sample Platt scaling is noise before that. */
const CALIBRATION_NEEDS = 30;

/**
 * PACE-LM's two scores as means of countable features, and their geometric mean: evidence without a supported cause,
 * or a cause without evidence, is worth little. Calibration needs graded history and says so while it has none.
 */
export function scoreConfidence(
  evidence: Evidence,
  prediction: RootCausePrediction,
  answerable: Answerable,
  graded: number,
): Confidence {
  const evaluation = evaluationFeatures(evidence, answerable);
  const cause = causeFeatures(evidence, prediction);
  const coe = mean(evaluation);
  const rce = prediction.rootCause.category === 'unseen' ? 0 : mean(cause);
  return {
    coe,
    rce,
    raw: Math.sqrt(coe * rce),
    calibrated: null,
    service: null,
    category: null,
    n: graded,
    method: 'uncalibrated',
    reasons: [
      `uncalibrated: ${graded} graded incidents, ${CALIBRATION_NEEDS} needed`,
      ...[...evaluation, ...cause]
        .sort(bySay)
        .map(({ name, value, reason }) => `${name} ${value.toFixed(2)}: ${reason}`),
    ],
  };
}

function mean(features: readonly Feature[]): number {
  return features.reduce((sum, { value }) => sum + value, 0) / features.length;
}

/** Strongest first: what is far from the middle moved the number most. */
function bySay(a: Feature, b: Feature): number {
  return Math.abs(b.value - 0.5) - Math.abs(a.value - 0.5);
}
