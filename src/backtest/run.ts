import type { BacktestKey, BacktestOutcome } from '../domain/backtest.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { type ErrorCode, isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';
import type { BacktestStore, Clock } from '../ports.ts';
import { gradeDiagnosis } from './grade.ts';
import type { BacktestPlan, PlannedCase } from './plan.ts';
import { createProgress, type ProgressObserver } from './progress.ts';
import { buildQuestion } from './question.ts';

/** Asked at a time: the one is embedded while the other is thought about. Neighbours in time share what was learnt. */
const AT_WORK = 2;

/** So many failures in a row are no bad luck of theirs. */
const MAX_FAILURES_IN_A_ROW = 10;

/** Whatever is asked next fails of these as well. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set([
  'config-invalid',
  'index-empty',
  'index-model-mismatch',
  'index-unavailable',
  'model-missing',
  'model-corrupt',
  'embedder-unavailable',
  'casebook-unavailable',
]);

export interface BacktestRun {
  readonly key: BacktestKey;
  readonly ask: (question: DiagnosisQuestion, signal: AbortSignal) => Promise<Diagnosis>;
  readonly store: Pick<BacktestStore, 'listOutcomes' | 'saveCase' | 'discardRun'>;
  readonly now: Clock;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** Forgets what a run before this one has asked already. */
  readonly fresh?: boolean | undefined;
  readonly onProgress?: ProgressObserver | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks about every planned incident that this run has not asked about yet, and keeps each as soon as it is answered: who
 * stops it goes on from there. One that fails is told and not kept, so that the next run tries it again. In the plan's
 * order. Errors: `interrupted`, and whatever would fail all of them.
 */
export async function runBacktest({ asked }: BacktestPlan, run: BacktestRun): Promise<BacktestOutcome[]> {
  if (run.fresh) await run.store.discardRun(run.key, run.signal);
  const outcomes = await findKept(asked, run);
  const left = asked.filter(({ incident }) => !outcomes.has(incident.id));
  const progress = createProgress({ total: asked.length, left, elapsed: run.elapsed }, run.onProgress);
  const failures: Failures = { inARow: 0 };
  try {
    await workThrough(left, run.signal, async (planned, signal) => {
      outcomes.set(planned.incident.id, await askOne(planned, run, failures, signal));
      progress.add(planned);
    });
  } catch (error) {
    if (!run.signal?.aborted) throw error;
    const far = `stopped after ${outcomes.size} of ${asked.length} incidents`;
    throw new PrecedentError('interrupted', `${far}: what was asked is kept, and the same command goes on from there`, {
      cause: error,
    });
  }
  const told = asked.flatMap(({ incident }) => outcomes.get(incident.id) ?? []);
  // A run in which nothing was answered has nothing to say of the incidents.
  if (failures.last !== undefined && told.every(({ kind }) => kind === 'skipped')) throw failures.last;
  return told;
}

async function findKept(
  asked: readonly PlannedCase[],
  { store, key, signal }: BacktestRun,
): Promise<Map<string, BacktestOutcome>> {
  const wanted = new Set(asked.map(({ incident }) => incident.id));
  const kept = await store.listOutcomes(key, signal);
  return new Map(
    kept.flatMap((outcome) =>
      outcome.kind === 'asked' && wanted.has(outcome.case.incident) ? [[outcome.case.incident, outcome]] : [],
    ),
  );
}

/** A few at a time, in their order. The first that throws, or the signal, ends all, once each has let go. */
async function workThrough(
  planned: readonly PlannedCase[],
  signal: AbortSignal | undefined,
  work: (planned: PlannedCase, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const queue = planned.values();
  const stopping = new AbortController();
  const either = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const takeTurns = async () => {
    for (const next of queue) {
      either.throwIfAborted();
      await work(next, either);
    }
  };
  const turns = Array.from({ length: AT_WORK }, () =>
    takeTurns().catch((error: unknown) => {
      stopping.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(turns);
  // The first to throw is why the others stopped.
  if (stopping.signal.aborted) throw stopping.signal.reason;
}

/** How the run fares, shared by those at work. */
interface Failures {
  inARow: number;
  last?: unknown;
}

async function askOne(
  planned: PlannedCase,
  { key, ask, store, now }: BacktestRun,
  failures: Failures,
  signal: AbortSignal,
): Promise<BacktestOutcome> {
  const { incident } = planned;
  let diagnosis: Diagnosis;
  try {
    diagnosis = await ask(buildQuestion(incident, key.engine, planned), signal);
  } catch (error) {
    failures.inARow++;
    failures.last = error;
    const isHopeless = isPrecedentError(error) && HOPELESS.has(error.code);
    if (signal.aborted || isHopeless) throw error;
    if (failures.inARow >= MAX_FAILURES_IN_A_ROW) throw giveUp(error);
    return { kind: 'skipped', skipped: { incident: incident.id, reason: 'failed', detail: messageOf(error) } };
  }
  failures.inARow = 0;
  const outcome: BacktestOutcome = { kind: 'asked', case: gradeDiagnosis(diagnosis, planned) };
  // Kept also when the run was stopped in the meantime: it need not be asked again.
  await store.saveCase(key, outcome, now());
  return outcome;
}

/** What was answered before is kept: the same command goes on from there. */
function giveUp(last: unknown): unknown {
  // A fault of ours is told as it is.
  if (!isPrecedentError(last)) return last;
  const message = `${MAX_FAILURES_IN_A_ROW} incidents in a row could not be answered; what was answered before is kept. The last: ${messageOf(last)}`;
  return new PrecedentError(last.code, message, { cause: last });
}
