import type { IntakeStore, QueueState } from '../ports.ts';
import { createDispatcher, type DispatcherParts } from './dispatcher.ts';
import { createFront, type Front, type FrontParts } from './front.ts';
import type { Loop } from './loop.ts';
import { createWorkers, type WorkersParts } from './workers.ts';

/** Alerts in, diagnoses out: keeps what comes, decides what it belongs to, and has it diagnosed in the background. */
export interface IntakeDesk extends Front {
  /** Begins to decide and to diagnose: what is kept already, then what comes. Without it alerts are kept alone. */
  start(): void;
  /** Something was kept by others. */
  wake(): void;
  countQueue(signal?: AbortSignal): Promise<QueueState>;
}

export type IntakeDeskParts = Omit<FrontParts, 'intake'> &
  Omit<DispatcherParts, 'intake' | 'onTasks'> &
  Omit<WorkersParts, 'intake'> & { readonly intake: IntakeStore };

export function createIntakeDesk(parts: IntakeDeskParts): IntakeDesk {
  const workers = createWorkers(parts);
  const dispatcher = createDispatcher({ ...parts, onTasks: workers.wake });
  const front = createFront({
    ...parts,
    onAccepted: (origin, accepted) => {
      dispatcher.wake();
      parts.onAccepted?.(origin, accepted);
    },
  });
  const loops: readonly Loop[] = [dispatcher, workers];
  return {
    accept: front.accept,
    start() {
      for (const loop of loops) loop.start();
    },
    wake() {
      for (const loop of loops) loop.wake();
    },
    countQueue: (signal) => parts.intake.countQueue(signal),
    /** What was promised is kept before anything ends. */
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await dispatcher[Symbol.asyncDispose]();
      await workers[Symbol.asyncDispose]();
    },
  };
}
