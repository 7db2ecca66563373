import { tellLost } from './desk-records.ts';
import { redactCause, redactDiagnosis, redactFailure } from './desk-redaction.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { isPrecedentError, messageOf, PrecedentError } from './domain/errors.ts';
import { buildDiagnosisVerdicts, type DiagnosisVerdicts, type VerdictRequest } from './domain/feedback.ts';
import { homeOf, LOCAL_OPERATOR, maySee, type Principal } from './domain/principal.ts';
import type { Redactor } from './domain/redaction.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import type { Casebook, Clock, DiagnosisRecord } from './ports.ts';

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
  submit(request: DiagnosisQuestion, options?: SubmitOptions): Promise<DiagnosisRecord>;
  /**
   * The diagnosis, however long it takes: for callers without a deadline. Never turned away: these callers are commands
   * in a process of their own, which set their own pace; what they have at work still counts when others submit.
   */
  complete(request: DiagnosisQuestion): Promise<Diagnosis>;
  /** Throws `not-found` for an id nobody was given, or that `viewer` may not see. */
  get(id: string, viewer: Principal): Promise<DiagnosisRecord>;
  /** Throws `not-found`, or `diagnosis-not-done` while there is nothing to judge; answers with all that was said of it. */
  giveVerdict(id: string, request: VerdictRequest, viewer: Principal): Promise<DiagnosisVerdicts>;
  /** Throws `not-found` also when this person has no verdict on it that counts. */
  withdrawVerdict(id: string, by: string, viewer: Principal): Promise<DiagnosisVerdicts>;
  /** Throws `not-found` or `diagnosis-not-done`. */
  getVerdicts(id: string, viewer: Principal): Promise<DiagnosisVerdicts>;
}

export interface SubmitOptions {
  readonly respondAsync?: boolean;
  /** Instead of the configured budget. */
  readonly timeBudgetMs?: number;
  /** Whose diagnosis it is. */
  readonly viewer?: Principal;
}

export function createDesk(parts: {
  readonly diagnose: (request: DiagnosisQuestion, id: string, signal: AbortSignal) => Promise<Diagnosis>;
  readonly casebook: Casebook;
  readonly now: Clock;
  readonly newId: () => string;
  readonly timeBudgetMs: number;
  /** How an id is followed to its diagnosis, where it may be that of something which another diagnosis answers. */
  readonly follow?: ((id: string, viewer: Principal) => Promise<DiagnosisRecord>) | undefined;
  /** What is kept has been through it: whatever words of callers are in a diagnosis, and those of a verdict's cause. */
  readonly redact: Redactor;
  readonly onDone?: ((diagnosis: Diagnosis) => void) | undefined;
  /** In the casebook, done or failed. */
  readonly onSaved?: ((record: DiagnosisRecord) => void) | undefined;
  /** Done or failed, after its caller had been sent away with a promise. */
  readonly onDoneLater?: ((record: DiagnosisRecord) => void) | undefined;
  /** A verdict was given or withdrawn. */
  readonly onVerdict?: (() => void) | undefined;
  readonly onBackgroundFailure: (what: string, error: unknown) => void;
}): Desk {
  const atWork = new Set<Promise<DiagnosisRecord>>();
  const closing = new AbortController();
  const follow = parts.follow ?? findRecord;

  function open(viewer: Principal = LOCAL_OPERATOR): PendingRecord {
    const createdAt = parts.now().toISOString();
    return { status: 'pending', id: parts.newId(), createdAt, namespace: homeOf(viewer) };
  }

  /** Begins once the caller's promise of an answer is written down, where there is one. */
  async function work(
    request: DiagnosisQuestion,
    opened: PendingRecord,
    promised?: Promise<void>,
  ): Promise<DoneRecord> {
    await promised;
    try {
      const said = await parts.diagnose(request, opened.id, AbortSignal.any([closing.signal]));
      const diagnosis = await redactDiagnosis(said, parts.redact);
      const record: DoneRecord = { ...opened, status: 'done', diagnosis };
      await save(record);
      parts.onDone?.(diagnosis);
      return record;
    } catch (error) {
      const { code, detail } = failureOf(error);
      await save({ ...opened, status: 'failed', code, detail: await redactFailure(detail, parts.redact) });
      throw error;
    }
  }

  /** That it failed, without a word of why: those have been through the redactor in the record alone. */
  function tellLater(task: Promise<DoneRecord>, opened: PendingRecord): void {
    task.then(
      (record) => parts.onDoneLater?.(record),
      (error: unknown) =>
        parts.onDoneLater?.({ ...opened, status: 'failed', code: failureOf(error).code, detail: 'see the record' }),
    );
  }

  /** An answer outlives a casebook that is away: whoever waits for it gets it, and the log says it was not kept. */
  async function save(record: DiagnosisRecord): Promise<void> {
    await parts.casebook
      .saveDiagnosis(record)
      .catch((error: unknown) => parts.onBackgroundFailure('save diagnosis', error));
    parts.onSaved?.(record);
  }

  /** Counts as at work from this very call on: whoever is let in later in the same moment sees it. */
  function start(request: DiagnosisQuestion, opened: PendingRecord, promised?: Promise<void>): Promise<DoneRecord> {
    const task = work(request, opened, promised).finally(() => atWork.delete(task));
    atWork.add(task);
    // Whoever waits sees the error; when nobody waits any more, the record tells it.
    task.catch(() => {});
    return task;
  }

  async function findRecord(id: string, viewer: Principal): Promise<DiagnosisRecord> {
    const record = await parts.casebook.findDiagnosis(id);
    // Whoever may not see it is not told that there is one.
    if (!record || !maySee(viewer, record.namespace))
      throw new PrecedentError('not-found', `there is no diagnosis ${id}`);
    return tellLost(record, parts.now());
  }

  /** The id of the diagnosis that people judge, whatever it is called by. */
  async function getDone(id: string, viewer: Principal): Promise<string> {
    const record = await follow(id, viewer);
    if (record.status === 'done') return record.id;
    const mend =
      record.status === 'pending' ? 'try again once it is answered' : 'it failed, so there is nothing to judge';
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
      const opened = open(options.viewer);
      if (options.respondAsync) {
        const promised = parts.casebook.saveDiagnosis(opened);
        tellLater(start(request, opened, promised), opened);
        await promised;
        return opened;
      }
      const late = delay(options.timeBudgetMs ?? parts.timeBudgetMs);
      try {
        const task = start(request, opened);
        const first = await Promise.race([task, late.promise]);
        if (first) return first;
        tellLater(task, opened);
        await parts.casebook.saveDiagnosis(opened);
        return opened;
      } finally {
        late.cancel();
      }
    },

    async complete(request) {
      return (await start(request, open())).diagnosis;
    },

    get: follow,

    async giveVerdict(id, { verdict, by, trueCause }, viewer) {
      const diagnosisId = await getDone(id, viewer);
      const cause = trueCause && { trueCause: await redactCause(trueCause, parts.redact) };
      await parts.casebook.saveVerdict({ diagnosisId, by, verdict, ...cause, at: parts.now().toISOString() });
      parts.onVerdict?.();
      return verdictsOf(diagnosisId);
    },

    async withdrawVerdict(id, by, viewer) {
      const diagnosisId = await getDone(id, viewer);
      if (!(await parts.casebook.withdrawVerdict(diagnosisId, by, parts.now()))) {
        throw new PrecedentError('not-found', `there is no verdict of this person on the diagnosis ${id}`);
      }
      parts.onVerdict?.();
      return verdictsOf(diagnosisId);
    },

    getVerdicts: async (id, viewer) => verdictsOf(await getDone(id, viewer)),

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
