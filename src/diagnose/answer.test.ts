import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { buildCalibration, buildTargetCalibration } from '../testing/calibration-builder.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { buildEvidence, rankIncident } from '../testing/evidence-builder.ts';
import { buildIncident } from '../testing/knowledge-builder.ts';
import { answer } from './answer.ts';
import { type CalibrationInUse, useCalibration } from './confidence/calibration-in-use.ts';
import { scoreConfidence } from './confidence/score.ts';
import { predictByPrecedent } from './predict/by-precedent.ts';

const leak = buildIncident({
  id: 'leak',
  category: 'leak',
  services: ['orders'],
  rootCause: { service: 'orders', summary: 'The heap was full.' },
});

/** Whoever is this sure was always right. */
const sure = buildTargetCalibration({
  cases: Array.from({ length: 100 }, (_, at) => {
    const score = at % 2 === 0 ? 0.9 : 0.1;
    return { score, heldOut: score, isRight: at % 2 === 0 };
  }),
});
const calibration = buildCalibration({ targets: { service: sure, category: sure, both: sure } });
const used = useCalibration(calibration, { act: 0.1, suggest: 0.5 });

/** One precedent has the whole say; `answerable` is how well a document answers. */
function diagnose(answerable: number, history: { readonly used?: CalibrationInUse } = {}): Diagnosis {
  const evidence = buildEvidence({ precedents: [rankIncident(leak, 0.9)] });
  const prediction = predictByPrecedent(evidence);
  const judged = { score: answerable, reason: 'the best document' };
  const confidence = scoreConfidence(evidence, prediction, judged, { ...history, incidents: 'i1' });
  const { provenance } = buildDiagnosis();
  return answer(
    { evidence, prediction, confidence, answerable: judged },
    { id: 'd', createdAt: new Date(0), provenance },
  );
}

describe('what may be done with an answer', () => {
  it('is what its confidence says where it is an answer', () => {
    const { kind, confidence } = diagnose(0.9, { used });
    expect({ kind, decision: confidence.decision }).toEqual({ kind: 'answered', decision: 'act' });
  });

  it('is nothing where it is withheld, however sure its leads are, and the reason says both', () => {
    const { kind, reason, confidence } = diagnose(0, { used });
    expect({ kind, reason }).toEqual({ kind: 'abstained', reason: 'no-precedent' });
    expect(confidence.decision).toBe('abstain');
    expect(confidence.reasons[0]).toMatch(
      /^abstain: no precedent is near enough; leads: service and category 99 % sure/,
    );
    expect(confidence.reasons.join('\n')).not.toContain('act:');
    expect(confidence.calibrated).toBeGreaterThan(0.9);
  });

  it('is nothing where only the service was calibrated, too', () => {
    const alone = buildCalibration({ targets: { service: sure, category: null, both: null } });
    const { kind, confidence } = diagnose(0, { used: useCalibration(alone, { act: 0.1, suggest: 0.5 }) });
    expect({ kind, decision: confidence.decision }).toEqual({ kind: 'abstained', decision: 'abstain' });
  });

  it('is to abstain without a calibration, too, where nothing is answered', () => {
    const { confidence } = diagnose(0);
    expect(confidence).toMatchObject({ decision: 'abstain', method: 'uncalibrated' });
    expect(confidence.reasons[0]).toContain('uncalibrated');
  });
});
