import type { Config, Secrets } from '../config.ts';

/** What a command gets from the process, and all it may touch of it. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  /** What the command answers; machines read this. */
  readonly write: (text: string) => void;
  /** What people may want to know meanwhile; never mixed into the answer. */
  readonly note: (text: string) => void;
  /** Whether `note` reaches a terminal that can redraw a line. */
  readonly isInteractive: boolean;
  /** Fires when the process is asked to stop. */
  readonly signal: AbortSignal;
}

export interface Settled {
  readonly config: Config;
  readonly secrets: Secrets;
}

/** Exit codes, the same for every command. */
export const EXIT = {
  done: 0,
  /** Something broke that should not have. */
  broken: 1,
  /** Bad input, bad usage or bad configuration: mend it and run again. */
  badInput: 2,
  /** A dependency is away: the same command may work in a moment. */
  unavailable: 3,
  /** Everything worked, and the honest answer is "nothing": no result, no precedent. */
  nothing: 4,
  /** Stopped by a signal before it was done, as shells say it. */
  interrupted: 130,
} as const;
