import { PrecedentError } from '../domain/errors.ts';
import type { DiagnosisTask } from '../domain/triage.ts';
import type { IntakeStore } from '../ports.ts';
import { createLoop, type Loop } from './loop.ts';
import { planRetry } from './task-retry.ts';
import { createTellOnce } from './tell-once.ts';
import { type TaskParts, workOn } from './work-task.ts';

export interface WorkersParts extends TaskParts {
  readonly intake: TaskParts['intake'] & Pick<IntakeStore, 'claim' | 'renew' | 'postpone'>;
  /** This process, among those that share the casebook. */
  readonly owner: string;
  /** Diagnoses at work at once. */
  readonly workerCount: number;
  /** How long what runs may go on once the process is to stop. */
  readonly timeBudgetMs: number;
  /** For so long a task stays with a process that says nothing. */
  readonly leaseMs?: number;
  readonly idleMs?: number;
}

const LEASE_MS = 60_000;
/** Three times in a lease: one that fails takes nothing away. */
const RENEWALS = 3;
/** Tasks of processes that died, and those whose pause is over, are seen after so long. */
const IDLE_MS = 1_000;

/** The task is another's now, because nobody heard of this process for too long. */
class TaskLost extends Error {}

/** Makes the diagnoses that were decided on. Each is at work in one process at a time, of all that share the casebook. */
export function createWorkers(parts: WorkersParts): Loop {
  const { intake, owner, leaseMs = LEASE_MS } = parts;
  const atWork = new Set<Promise<void>>();
  const closing = new AbortController();
  const failure = createTellOnce((error) => parts.onFailure('diagnose alerts', error));

  async function claim(): Promise<boolean> {
    const free = parts.workerCount - atWork.size;
    if (free <= 0) return false;
    for (const task of await intake.claim(owner, free, parts.now(), leaseEnd())) begin(task);
    return false;
  }

  function begin(task: DiagnosisTask): void {
    const work = hold(task).finally(() => {
      atWork.delete(work);
      loop.wake();
    });
    atWork.add(work);
  }

  /** Keeps the task while it is worked on. Never fails: a task that cannot even be put back comes back with its lease. */
  async function hold(task: DiagnosisTask): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => void renew(task, lost), leaseMs / RENEWALS);
    try {
      await workOn(task, parts, AbortSignal.any([closing.signal, lost.signal]));
      failure.worked();
    } catch (error) {
      if (!lost.signal.aborted) await putBack(task, error).catch(failure.failed);
    } finally {
      clearInterval(renewal);
    }
  }

  async function renew(task: DiagnosisTask, lost: AbortController): Promise<void> {
    // A casebook that is away gives the task to nobody else either.
    const isOurs = await intake.renew(owner, task.id, leaseEnd()).catch(() => true);
    if (!isOurs) lost.abort(new TaskLost(`the task ${task.id} was taken over`));
  }

  async function putBack(task: DiagnosisTask, error: unknown): Promise<void> {
    const now = parts.now();
    if (closing.signal.aborted) return intake.postpone(owner, task.id, now);
    failure.failed(error);
    await intake.postpone(owner, task.id, planRetry(task, { now, random: parts.random }));
  }

  function leaseEnd(): Date {
    return new Date(parts.now().getTime() + leaseMs);
  }

  const loop = createLoop({
    run: claim,
    idleMs: parts.idleMs ?? IDLE_MS,
    onFailure: (error) => parts.onFailure('claim diagnoses', error),
  });

  return {
    start: loop.start,
    wake: loop.wake,
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      const late = setTimeout(
        () => closing.abort(new PrecedentError('interrupted', 'the process stopped before this diagnosis was done')),
        parts.timeBudgetMs,
      );
      await Promise.allSettled(atWork);
      clearTimeout(late);
    },
  };
}
