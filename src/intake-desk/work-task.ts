import { setTimeout as sleep } from 'node:timers/promises';
import { redactFailure } from '../desk-redaction.ts';
import type { AlertGroup } from '../domain/alert.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { isPrecedentError, messageOf } from '../domain/errors.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { DiagnosisTask } from '../domain/triage.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { Casebook, Clock, DiagnosisRecord, IntakeStore } from '../ports.ts';
import type { LlmAllowance } from './llm-allowance.ts';
import { buildTaskGroup } from './task-group.ts';
import { findPoison, isInTime, mayTryAgain } from './task-retry.ts';

export type FinishedRecord = Exclude<DiagnosisRecord, { status: 'pending' }>;

interface Failure {
  readonly status: 'failed';
  readonly code: string;
  readonly detail: string;
}
type Outcome = { readonly status: 'done'; readonly diagnosis: Diagnosis } | Failure;

/** The diagnosis of a group of alerts, without secrets. */
export type DiagnoseAlerts = (
  group: AlertGroup,
  options: { readonly id: string; readonly engine: 'auto' | 'precedent'; readonly signal: AbortSignal },
) => Promise<Diagnosis>;

export interface TaskParts {
  readonly intake: Pick<IntakeStore, 'finish' | 'listAlerts' | 'listAnsweredBy'>;
  readonly casebook: Pick<Casebook, 'findDiagnosis' | 'saveDiagnosis'>;
  readonly diagnose: DiagnoseAlerts;
  /** Absent when there is no LLM that could be asked. */
  readonly llmAllowance?: LlmAllowance | undefined;
  readonly redact: Redactor;
  readonly now: Clock;
  readonly random: () => number;
  /** A task is begun; also when it is begun again. */
  readonly onBegun?: ((task: DiagnosisTask) => void | Promise<void>) | undefined;
  /**
   * The diagnosis is in the casebook, and these wait for it. Called before the task counts as done, so that it is called
   * again after a crash rather than never.
   */
  readonly onSettled?: ((record: FinishedRecord, told: Settlement) => void | Promise<void>) | undefined;
  /** What was given up, for whoever runs this. */
  readonly onFailure: (what: string, error: unknown) => void;
}

/** Whom a finished diagnosis answers. */
export interface Settlement {
  readonly subject: DiagnosisTask['subject'];
  /** The first of them; an outage may have more, and some that an earlier diagnosis answered already. */
  readonly occurrences: readonly Occurrence[];
}

const MAX_ALERTS = 200;
const MAX_TOLD = 200;
/** What was paid for is not thrown away because the casebook is away for a moment. */
const SAVE_PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * One task to its end: the diagnosis, unless it was made already by a process that died after it; then everybody is told.
 * Fails with what may pass by itself: then the task is to be begun again.
 */
export async function workOn(task: DiagnosisTask, parts: TaskParts, signal: AbortSignal): Promise<FinishedRecord> {
  const record = (await findFinished(task, parts)) ?? (await makeRecord(task, parts, signal));
  await settle(task, record, parts, signal);
  await parts.intake.finish(task.id, record.status === 'done' ? 'answered' : 'failed', parts.now());
  return record;
}

/** Told again for as long as anybody waits; what can never be told must not keep the task for ever. */
async function settle(task: DiagnosisTask, record: FinishedRecord, parts: TaskParts, signal: AbortSignal) {
  try {
    const occurrences = await parts.intake.listAnsweredBy(task.id, MAX_TOLD);
    await parts.onSettled?.(record, { subject: task.subject, occurrences });
  } catch (error) {
    if (signal.aborted || isInTime(task, parts.now())) throw error;
    parts.onFailure(`tell of the diagnosis ${task.id}`, error);
  }
}

async function findFinished({ id }: DiagnosisTask, { casebook }: TaskParts): Promise<FinishedRecord | undefined> {
  const record = await casebook.findDiagnosis(id);
  return record === undefined || record.status === 'pending' ? undefined : record;
}

async function makeRecord(task: DiagnosisTask, parts: TaskParts, signal: AbortSignal): Promise<FinishedRecord> {
  const { id, namespace, createdAt } = task;
  const outcome = await tryToAnswer(task, parts, signal);
  const record: FinishedRecord = { id, namespace, createdAt, ...outcome };
  try {
    await save(task, record, parts, signal);
    return record;
  } catch (error) {
    const { code, detail } = await failureOf(task, error, parts, signal);
    if (record.status === 'failed') return saveRefusal(record, parts);
    const words = `the diagnosis was made and cannot be kept: ${detail}`;
    return saveRefusal({ id, namespace, createdAt, status: 'failed', code, detail: words }, parts);
  }
}

/** Once: where not even this can be written down, the task ends all the same, or it would be paid for again and again. */
async function saveRefusal(record: FinishedRecord, parts: TaskParts): Promise<FinishedRecord> {
  await parts.casebook.saveDiagnosis(record).catch((error: unknown) => {
    parts.onFailure(`write down that the diagnosis ${record.id} failed`, error);
  });
  return record;
}

async function tryToAnswer(task: DiagnosisTask, parts: TaskParts, signal: AbortSignal): Promise<Outcome> {
  const poison = findPoison(task);
  if (poison !== undefined) return { status: 'failed', code: 'interrupted', detail: poison };
  await parts.onBegun?.(task);
  try {
    return { status: 'done', diagnosis: await answer(task, parts, signal) };
  } catch (error) {
    return failureOf(task, error, parts, signal);
  }
}

async function answer(task: DiagnosisTask, parts: TaskParts, signal: AbortSignal): Promise<Diagnosis> {
  const group = buildTaskGroup(await parts.intake.listAlerts(task.subject, MAX_ALERTS));
  const mayAsk = parts.llmAllowance?.take() ?? true;
  const engine = mayAsk ? 'auto' : 'precedent';
  const diagnosis = await untilAborted(parts.diagnose(group, { id: task.id, engine, signal }), signal);
  return mayAsk ? diagnosis : addDegraded(diagnosis, tellAllowance(parts.llmAllowance));
}

/** Throws what may pass by itself, and what only says that somebody else is to do it: that is no answer. */
async function failureOf(task: DiagnosisTask, error: unknown, parts: TaskParts, signal: AbortSignal): Promise<Failure> {
  if (signal.aborted || mayTryAgain(task, error, parts.now())) throw error;
  const code = isPrecedentError(error) ? error.code : 'internal';
  return { status: 'failed', code, detail: await redactFailure(messageOf(error), parts.redact) };
}

async function save(
  task: DiagnosisTask,
  record: FinishedRecord,
  { casebook, now }: TaskParts,
  signal: AbortSignal,
): Promise<void> {
  for (const pauseMs of SAVE_PAUSES_MS) {
    try {
      return await casebook.saveDiagnosis(record);
    } catch (error) {
      if (signal.aborted || !mayTryAgain(task, error, now())) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
  await casebook.saveDiagnosis(record);
}

function tellAllowance(allowance: LlmAllowance | undefined): string {
  return `no LLM was asked: ${allowance?.perHour ?? 0} diagnoses of alerts in an hour may ask one (INTAKE_LLM_PER_HOUR)`;
}

function addDegraded(diagnosis: Diagnosis, note: string): Diagnosis {
  const { provenance } = diagnosis;
  return { ...diagnosis, provenance: { ...provenance, degraded: [...(provenance.degraded ?? []), note] } };
}
