import type { DiagnosisTask } from '../domain/triage.ts';
import type { QueueState } from '../ports/intake.ts';
import type { MemoryIntakeState, TaskRow } from './memory-intake-state.ts';

export function claim(
  state: MemoryIntakeState,
  worker: string,
  limit: number,
  now: Date,
  until: Date,
): DiagnosisTask[] {
  const free = [...state.tasks.values()].filter(
    (row) => row.state === 'ready' && row.notBefore <= now.getTime() && (!row.owner || row.leaseUntil <= now.getTime()),
  );
  return free.slice(0, limit).map((row) => {
    if (row.owner !== undefined) row.lost += 1;
    row.owner = worker;
    row.leaseUntil = until.getTime();
    row.attempts += 1;
    return structuredClone({ ...row.task, attempts: row.attempts, ...(row.lost === 0 ? {} : { lost: row.lost }) });
  });
}

export function findHeld(state: MemoryIntakeState, worker: string, task: string): TaskRow | undefined {
  const row = state.tasks.get(task);
  return row?.state === 'ready' && row.owner === worker ? row : undefined;
}

export function countDiagnoses(state: MemoryIntakeState, since: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { task } of state.tasks.values()) {
    if (task.createdAt >= since) counts.set(task.namespace, (counts.get(task.namespace) ?? 0) + 1);
  }
  return counts;
}

export function countQueue(state: MemoryIntakeState): QueueState {
  const queued = [...state.occurrences.values()].filter(({ status }) => status === 'queued');
  const unfinished = [...state.tasks.values()].filter((row) => row.state === 'ready');
  const times = [...queued.map(({ receivedAt }) => receivedAt), ...unfinished.map(({ task }) => task.createdAt)];
  const oldest = times.toSorted()[0];
  return {
    undecided: queued.length,
    ready: unfinished.filter(({ owner }) => owner === undefined).length,
    working: unfinished.filter(({ owner }) => owner !== undefined).length,
    ...(oldest === undefined ? {} : { oldest }),
  };
}
