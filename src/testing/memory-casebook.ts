import { PrecedentError } from '../domain/errors.ts';
import type { Casebook, DiagnosisRecord } from '../ports.ts';

/** The casebook in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryCasebook(): Casebook {
  const records = new Map<string, DiagnosisRecord>();
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
    async ping(signal) {
      enter(signal);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}
