import type { Diagnosis } from '../domain/diagnosis.ts';
import type { DiagnosisRecord } from '../ports.ts';

const CREATED = '2026-03-01T10:00:00.000Z';

/** Records of the casebook for tests. */
export function pending(id: string): DiagnosisRecord {
  return { status: 'pending', id, createdAt: CREATED };
}

export function failed(id: string, detail = 'Chroma cannot be reached'): DiagnosisRecord {
  return { status: 'failed', id, createdAt: CREATED, code: 'index-unavailable', detail };
}

export function done(id: string, engine: Diagnosis['engine'], createdAt = CREATED): DiagnosisRecord {
  return { status: 'done', id, createdAt, diagnosis: buildDiagnosis({ id, engine, createdAt }) };
}

/** A diagnosis of which a test states only what it is about; it abstains. */
export function buildDiagnosis(fields: Partial<Diagnosis> = {}): Diagnosis {
  return { ...abstained, ...fields };
}

const abstained: Diagnosis = {
  id: '',
  kind: 'abstained',
  reason: 'no-precedent',
  engine: 'precedent',
  rootCause: { service: null, category: 'unseen', summary: 'No precedent — "nothing" like it.' },
  hypotheses: [],
  mitigation: [],
  precedents: [],
  runbooks: [],
  suspects: [],
  causalPath: [],
  digest: null,
  confidence: {
    coe: 0.1,
    rce: 0,
    raw: 0.05,
    calibrated: null,
    service: null,
    category: null,
    n: 0,
    method: 'uncalibrated',
    reasons: ['nothing similar happened before'],
  },
  provenance: {
    generation: 'g1',
    knowledgeSha: null,
    model: { id: 'runbook-embed-small', checksum: 'c0ffee', dimension: 256 },
    timings: { retrieve: 12.5 },
  },
  situation: { text: 'No space left on "db".', alertNames: ['DiskFull'], services: ['db'], signals: [] },
  createdAt: CREATED,
};
