import type { Diagnosis, MitigationStep } from '../domain/diagnosis.ts';
import type { GradedDiagnosis, TrueCause, Verdict, VerdictRecord } from '../domain/feedback.ts';
import { buildDiagnosis } from './diagnosis-builder.ts';

/** A finished diagnosis with all that a postmortem can tell of, of which a test states only what it is about. */
export function buildPromotable(fields: Partial<Diagnosis> = {}): Diagnosis {
  return buildDiagnosis({
    id: 'd1',
    kind: 'answered',
    rootCause: { service: 'db', category: 'disk-full', summary: 'The write-ahead log filled the disk of db.' },
    situation: {
      text: 'CheckoutSlow\np95 of checkout is above 2 s\nNo space left on device "db-0".',
      alertNames: ['CheckoutSlow'],
      services: ['checkout', 'db'],
      signals: ['metric db-0 disk_usage up', 'trace checkout place-order latency'],
    },
    mitigation: [
      buildStep({ step: 'Look at what fills the disk.', commands: ['df -h /var/lib/db', 'du -sh /var/lib/db/*'] }),
      buildStep({ step: 'Drop old segments.', commands: ["SELECT pg_switch_wal();\nSELECT 'done';"] }),
    ],
    digest: 'db answers 4 s later than before.',
    ...fields,
  });
}

export function buildStep(fields: Partial<MitigationStep> = {}): MitigationStep {
  return {
    step: 'Restart it.',
    commands: [],
    citation: {
      document: 'runbook:db/DbDiskFull',
      source: { path: 'runbooks/db/DbDiskFull.md', line: 12, endLine: 16, headingPath: ['Mitigation'], sha: 'f00d' },
    },
    risk: 'low',
    destructive: false,
    reversible: true,
    needsApproval: false,
    ...fields,
  };
}

export function say(verdict: Verdict, trueCause?: TrueCause, by = 'ana'): VerdictRecord {
  const at = '2026-03-02T10:00:00.000Z';
  return { diagnosisId: 'd1', by, verdict, at, ...(trueCause === undefined ? {} : { trueCause }) };
}

export function grade(diagnosis: Diagnosis, ...verdicts: readonly VerdictRecord[]): GradedDiagnosis {
  return { diagnosis, verdicts: verdicts.length > 0 ? verdicts : [say('confirmed')] };
}
