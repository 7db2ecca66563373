import { setImmediate as nextTurn } from 'node:timers/promises';

/** Characters read, or as much other work, between two turns of the event loop: a millisecond or two. */
const SLICE = 30_000;

/** Cuts long work into slices, so that what it is done for does not hold up what others ask meanwhile. */
export interface Pace {
  /** Counts work done; every so often it lets the event loop have its turn. */
  spend(cost: number): Promise<void>;
}

export function createPace(): Pace {
  let left = SLICE;
  return {
    async spend(cost) {
      left -= cost;
      if (left > 0) return;
      left = SLICE;
      await nextTurn();
    },
  };
}
