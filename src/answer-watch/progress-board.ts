/** How far a diagnosis is: a stage began, or is over after so many milliseconds. */
export interface StageProgress {
  readonly stage: string;
  readonly state: 'begun' | 'done';
  readonly ms?: number;
}

/** Called for each report, and without one when the diagnosis is over. */
export type OnProgress = (progress?: StageProgress) => void;

/**
 * What this process's diagnoses are at, for whoever watches. Nothing depends on it: what it forgot, and what other
 * processes do, is learnt from the casebook.
 */
export interface ProgressBoard {
  report(id: string, progress: StageProgress): void;
  /** The diagnosis is over, however it ended: whoever follows it looks for the answer. */
  done(id: string): void;
  /** Tells what was reported so far, in order, and what comes; the function it returns ends that. */
  follow(id: string, onProgress: OnProgress): () => void;
}

/** Diagnoses at work in one process are some dozens; more were never said to be done. */
const MAX_DIAGNOSES = 1_000;

/** The pipeline has eight stages; a diagnosis that is begun again reports them again. */
const MAX_REPORTS = 100;

export function createProgressBoard(maxDiagnoses = MAX_DIAGNOSES): ProgressBoard {
  const reports = new Map<string, StageProgress[]>();
  const followers = new Map<string, Set<OnProgress>>();

  function keep(id: string, progress: StageProgress): void {
    const known = reports.get(id) ?? [];
    if (known.length < MAX_REPORTS) known.push(progress);
    reports.set(id, known);
    if (reports.size > maxDiagnoses) reports.delete(reports.keys().next().value ?? id);
  }

  return {
    report(id, progress) {
      keep(id, progress);
      for (const onProgress of followers.get(id) ?? []) onProgress(progress);
    },
    done(id) {
      reports.delete(id);
      for (const onProgress of followers.get(id) ?? []) onProgress();
    },
    follow(id, onProgress) {
      for (const progress of reports.get(id) ?? []) onProgress(progress);
      const known = followers.get(id) ?? new Set();
      followers.set(id, known.add(onProgress));
      return () => {
        known.delete(onProgress);
        if (known.size === 0 && followers.get(id) === known) followers.delete(id);
      };
    },
  };
}
