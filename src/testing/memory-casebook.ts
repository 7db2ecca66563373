import { PrecedentError } from '../domain/errors.ts';
import { type GradedDiagnosis, personOf, type VerdictRecord } from '../domain/feedback.ts';
import type { Casebook, DiagnosisRecord } from '../ports.ts';

/** The casebook in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryCasebook(): Casebook {
  const records = new Map<string, DiagnosisRecord>();
  const verdicts = createMemoryVerdicts();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  return {
    async saveDiagnosis(record, signal) {
      enter(signal);
      const known = records.get(record.id);
      if (known === undefined || (known.status === 'pending' && record.status !== 'pending')) {
        records.set(record.id, structuredClone(record));
      }
    },
    async findDiagnosis(id, signal) {
      enter(signal);
      return structuredClone(records.get(id));
    },
    async saveVerdict(verdict, signal) {
      enter(signal);
      verdicts.save(structuredClone(verdict));
    },
    async withdrawVerdict(diagnosisId, by, at, signal) {
      enter(signal);
      return verdicts.end(diagnosisId, by, { at: at.toISOString(), how: 'withdrawn' });
    },
    async listVerdicts(diagnosisId, signal) {
      enter(signal);
      return structuredClone(verdicts.listOf(diagnosisId));
    },
    async countVerdictChanges(signal) {
      enter(signal);
      return verdicts.countChanges();
    },
    async listGradedDiagnoses({ limit, after }, signal) {
      enter(signal);
      const graded = [...records.values()]
        .sort((a, b) => (a.createdAt === b.createdAt ? compare(b.id, a.id) : compare(b.createdAt, a.createdAt)))
        .flatMap((record): GradedDiagnosis[] => {
          const counting = verdicts.listOf(record.id).filter(({ ended }) => ended === undefined);
          if (record.status !== 'done' || counting.length === 0) return [];
          return [{ diagnosis: record.diagnosis, verdicts: counting }];
        });
      const from = graded.findIndex(({ diagnosis }) => diagnosis.id === after) + 1;
      return structuredClone(graded.slice(from, from + limit));
    },
    async ping(signal) {
      enter(signal);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function createMemoryVerdicts() {
  let rows: readonly VerdictRecord[] = [];
  const isOpen = (row: VerdictRecord, diagnosisId: string, by: string) =>
    row.diagnosisId === diagnosisId && personOf(row.by) === personOf(by) && row.ended === undefined;
  const end = (diagnosisId: string, by: string, ended: NonNullable<VerdictRecord['ended']>) => {
    const hasOne = rows.some((row) => isOpen(row, diagnosisId, by));
    rows = rows.map((row) => (isOpen(row, diagnosisId, by) ? { ...row, ended } : row));
    return hasOne;
  };
  return {
    end,
    save({ ended: _, ...verdict }: VerdictRecord): void {
      const { diagnosisId, by, at } = verdict;
      const known = rows.find((row) => isOpen(row, diagnosisId, by));
      if (known && isSame(known, verdict)) return;
      end(diagnosisId, by, { at, how: 'superseded' });
      rows = [...rows, verdict];
    },
    listOf: (diagnosisId: string) => rows.filter((row) => row.diagnosisId === diagnosisId),
    countChanges: () => rows.length + rows.filter(({ ended }) => ended !== undefined).length,
  };
}

function isSame(a: VerdictRecord, b: VerdictRecord): boolean {
  const said = ({ verdict, trueCause }: VerdictRecord) =>
    JSON.stringify([verdict, trueCause?.service, trueCause?.category, trueCause?.summary]);
  return said(a) === said(b);
}
