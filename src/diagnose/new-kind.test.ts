import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { buildCalibration } from '../testing/calibration-builder.ts';
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
const used = useCalibration(buildCalibration(), { act: 0.1, suggest: 0.5 });

interface Asked {
  readonly p?: number;
  readonly service?: string;
  readonly used?: CalibrationInUse;
}

/** What is said where the signals speak for orders, and for a new kind of fault at a service if `p` is small. */
function diagnose({ p = 0.02, service = 'orders', used }: Asked = {}): Diagnosis {
  const all = [
    { service: 'orders', category: 'leak', chance: 0.9 },
    { service: 'web', category: 'dns', chance: 0.1 },
  ];
  const evidence = buildEvidence({
    precedents: [rankIncident(leak, 0.5)],
    chances: { all, without: new Map() },
    novelty: { p, n: 118, stranger: 2, service, nearest: [leak] },
  });
  const prediction = predictByPrecedent(evidence);
  // Nothing near, by its words: what makes a known kind abstain.
  const answerable = { score: 0, reason: 'nothing is near' };
  const confidence = scoreConfidence(evidence, prediction, answerable, { used, incidents: 'i1' });
  const { provenance } = buildDiagnosis();
  return answer({ evidence, prediction, confidence, answerable }, { id: 'd', createdAt: new Date(0), provenance });
}

describe('an answer that names a new kind of fault', () => {
  it('is an answer where its service is supported, though no document answers', () => {
    expect(diagnose()).toMatchObject({ kind: 'answered', rootCause: { service: 'orders', category: 'unseen' } });
    expect(diagnose().reason).toBeUndefined();
  });

  it('is told from having no precedent, which names no service', () => {
    const { kind, reason, rootCause } = diagnose({ p: 0.5 });
    expect({ kind, reason, rootCause }).toMatchObject({
      kind: 'abstained',
      reason: 'no-precedent',
      rootCause: { service: null, category: 'unseen' },
    });
  });

  it('is as sure as its service, and says so', () => {
    const { confidence } = diagnose();
    expect(confidence.rce).toBeCloseTo(confidence.scores?.service ?? 0);
    expect(confidence.rce).toBeGreaterThan(0.5);
    expect(confidence.reasons.join('\n')).toContain('its kind of fault is not known');
  });

  it('has a calibrated chance of its service alone, with the reason, and is never acted on', () => {
    const { confidence } = diagnose({ used });
    expect(confidence.service).toBeGreaterThan(0.5);
    expect(confidence).toMatchObject({ category: null, calibrated: null, decision: 'suggest' });
    expect(confidence.reasons.join('\n')).toContain('the category is not calibrated');
  });

  it('is withheld where history shows that services named so are mostly wrong, and stays as a lead', () => {
    const { kind, reason, rootCause, hypotheses } = diagnose({ service: 'web', used });
    expect({ kind, reason }).toEqual({ kind: 'abstained', reason: 'low-confidence' });
    expect(rootCause.service).toBeNull();
    expect(hypotheses[0]).toMatchObject({ service: 'web', category: 'unseen' });
  });
});
