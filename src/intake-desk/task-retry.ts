import { isPrecedentError } from '../domain/errors.ts';
import type { DiagnosisTask } from '../domain/triage.ts';

const FIRST_MS = 2_000;
const LONGEST_MS = 300_000;
/** By then whoever was woken by the alert has long mended it. */
const GIVE_UP_MS = 24 * 3_600_000;
/** A task that was at work at the death of so many processes may be what ends them. */
const MAX_LOST = 5;

/** Whether what went wrong may pass by itself, and anybody still waits for that. */
export function mayTryAgain(task: Pick<DiagnosisTask, 'createdAt'>, error: unknown, now: Date): boolean {
  return isPrecedentError(error) && error.isRetryable && isInTime(task, now);
}

/** Whether anybody still waits for this. */
export function isInTime({ createdAt }: Pick<DiagnosisTask, 'createdAt'>, now: Date): boolean {
  return now.getTime() - Date.parse(createdAt) < GIVE_UP_MS;
}

/** When a task is begun again. `random` spreads those that failed together. */
export function planRetry(
  { attempts }: Pick<DiagnosisTask, 'attempts'>,
  { now, random }: { readonly now: Date; readonly random: () => number },
): Date {
  const pauseMs = Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
  return new Date(now.getTime() + pauseMs * (0.5 + random() / 2));
}

/** Why a task is not begun once more; undefined: it is. */
export function findPoison({ lost = 0 }: Pick<DiagnosisTask, 'lost'>): string | undefined {
  if (lost <= MAX_LOST) return undefined;
  return `the process stopped ${lost} times while it worked on this, so it is not tried again: look into the log of those times`;
}
