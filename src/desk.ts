import { redactCause, redactDiagnosis, redactFailure } from './desk-redaction.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { isPrecedentError, messageOf, PrecedentError } from './domain/errors.ts';
import { buildDiagnosisVerdicts, type DiagnosisVerdicts, type VerdictRequest } from './domain/feedback.ts';
import type { Redactor } from './domain/redaction.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import type { Casebook, Clock, DiagnosisRecord } from './ports.ts';

/** A pending diagnosis older than this belonged to a process that is gone. */
const LOST_AFTER_MS = 15 * 60_000;

/** Diagnoses at work at once; more than this wait for nothing and are told to come back. */
const MAX_AT_WORK = 64;

type PendingRecord = Extract<DiagnosisRecord, { status: 'pending' }>;
type DoneRecord = Extract<DiagnosisRecord, { status: 'done' }>;

/**
 * Takes requests for diagnoses, answers those that are ready in time, and finishes the others in the background. Takes
 * verdicts on those that are done.
 */
export interface Desk extends AsyncDisposable {
  /**
   * The finished diagnosis, or a pending record when the caller will not wait (`respondAsync`) or the time budget is
   * over. What goes wrong while the caller waits is thrown; what goes wrong later is in the record.
   */
  submit(request: DiagnosisQuestion, options?: { readonly respondAsync?: boolean }): Promise<DiagnosisRecord>;
  /**
   * The diagnosis, however long it takes: for callers without a deadline. Never turned away: these callers are commands
   * in a process of their own, which set their own pace; what they have at work still counts when others submit.
   */
  complete(request: DiagnosisQuestion): Promise<Diagnosis>;
  /** Throws `not-found` for an id nobody was given. */
  get(id: string): Promise<DiagnosisRecord>;
  /** Throws `not-found`, or `diagnosis-not-done` while there is nothing to judge; answers with all that was said of it. */
  giveVerdict(id: string, request: VerdictRequest): Promise<DiagnosisVerdicts>;
  /** Throws `not-found` also when this person has no verdict on it that counts. */
  withdrawVerdict(id: string, by: string): Promise<DiagnosisVerdicts>;
  /** Throws `not-found` or `diagnosis-not-done`. */
  getVerdicts(id: string): Promise<DiagnosisVerdicts>;
}

export function createDesk(parts: {
  readonly diagnose: (request: DiagnosisQuestion, id: string, signal: AbortSignal) => Promise<Diagnosis>;
  readonly casebook: Casebook;
  readonly now: Clock;
  readonly newId: () => string;
  readonly timeBudgetMs: number;
  /** What is kept has been through it: whatever words of callers are in a diagnosis, and those of a verdict's cause. */
  readonly redact: Redactor;
  readonly onDone?: ((diagnosis: Diagnosis) => void) | undefined;
  /** A verdict was given or withdrawn. */
  readonly onVerdict?: (() => void) | undefined;
  readonly onBackgroundFailure: (what: string, error: unknown) => void;
}): Desk {
  const atWork = new Set<Promise<DiagnosisRecord>>();
  const closing = new AbortController();

  function open(): PendingRecord {
    return { status: 'pending', id: parts.newId(), createdAt: parts.now().toISOString() };
  }

  /** Begins once the caller's promise of an answer is written down, where there is one. */
  async function work(
    request: DiagnosisQuestion,
    { id, createdAt }: PendingRecord,
    promised?: Promise<void>,
  ): Promise<DoneRecord> {
    await promised;
    try {
      const said = await parts.diagnose(request, id, AbortSignal.any([closing.signal]));
      const diagnosis = await redactDiagnosis(said, parts.redact);
      const record: DoneRecord = { status: 'done', id, createdAt, diagnosis };
      await save(record);
      parts.onDone?.(diagnosis);
      return record;
    } catch (error) {
      const { code, detail } = failureOf(error);
      await save({ status: 'failed', id, createdAt, code, detail: await redactFailure(detail, parts.redact) });
      throw error;
    }
  }

  /** An answer outlives a casebook that is away: whoever waits for it gets it, and the log says it was not kept. */
  async function save(record: DiagnosisRecord): Promise<void> {
    await parts.casebook
      .saveDiagnosis(record)
      .catch((error: unknown) => parts.onBackgroundFailure('save diagnosis', error));
  }

  /** Counts as at work from this very call on: whoever is let in later in the same moment sees it. */
  function start(request: DiagnosisQuestion, opened: PendingRecord, promised?: Promise<void>): Promise<DoneRecord> {
    const task = work(request, opened, promised).finally(() => atWork.delete(task));
    atWork.add(task);
    // Whoever waits sees the error; when nobody waits any more, the record tells it.
    task.catch(() => {});
    return task;
  }

  async function get(id: string): Promise<DiagnosisRecord> {
    const record = await parts.casebook.findDiagnosis(id);
    if (!record) throw new PrecedentError('not-found', `there is no diagnosis ${id}`);
    const age = parts.now().getTime() - Date.parse(record.createdAt);
    if (record.status !== 'pending' || age < LOST_AFTER_MS) return record;
    const detail = 'the process that worked on this diagnosis stopped before it was done: ask again';
    return { status: 'failed', id, createdAt: record.createdAt, code: 'interrupted', detail };
  }

  async function assertDone(id: string): Promise<void> {
    const { status } = await get(id);
    if (status === 'done') return;
    const mend = status === 'pending' ? 'try again once it is answered' : 'it failed, so there is nothing to judge';
    throw new PrecedentError('diagnosis-not-done', `the diagnosis ${id} is not done: ${mend}`);
  }

  async function verdictsOf(id: string): Promise<DiagnosisVerdicts> {
    return buildDiagnosisVerdicts(id, await parts.casebook.listVerdicts(id));
  }

  return {
    async submit(request, options = {}) {
      if (atWork.size >= MAX_AT_WORK) {
        throw new PrecedentError('overloaded', `${MAX_AT_WORK} diagnoses are at work already: try again in a moment`);
      }
      const opened = open();
      if (options.respondAsync) {
        const promised = parts.casebook.saveDiagnosis(opened);
        start(request, opened, promised);
        await promised;
        return opened;
      }
      const late = delay(parts.timeBudgetMs);
      try {
        const first = await Promise.race([start(request, opened), late.promise]);
        if (first) return first;
        await parts.casebook.saveDiagnosis(opened);
        return opened;
      } finally {
        late.cancel();
      }
    },

    async complete(request) {
      return (await start(request, open())).diagnosis;
    },

    get,

    async giveVerdict(id, { verdict, by, trueCause }) {
      await assertDone(id);
      const cause = trueCause && { trueCause: await redactCause(trueCause, parts.redact) };
      await parts.casebook.saveVerdict({ diagnosisId: id, by, verdict, ...cause, at: parts.now().toISOString() });
      parts.onVerdict?.();
      return verdictsOf(id);
    },

    async withdrawVerdict(id, by) {
      await assertDone(id);
      if (!(await parts.casebook.withdrawVerdict(id, by, parts.now()))) {
        throw new PrecedentError('not-found', `there is no verdict of this person on the diagnosis ${id}`);
      }
      parts.onVerdict?.();
      return verdictsOf(id);
    },

    async getVerdicts(id) {
      await assertDone(id);
      return verdictsOf(id);
    },

    async [Symbol.asyncDispose]() {
      const grace = delay(parts.timeBudgetMs);
      await Promise.race([Promise.allSettled(atWork), grace.promise]);
      grace.cancel();
      closing.abort(new PrecedentError('interrupted', 'the process stopped before this diagnosis was done: ask again'));
      await Promise.allSettled(atWork);
    },
  };
}

function failureOf(error: unknown): { code: string; detail: string } {
  return { code: isPrecedentError(error) ? error.code : 'internal', detail: messageOf(error) };
}

function delay(ms: number): { promise: Promise<undefined>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
