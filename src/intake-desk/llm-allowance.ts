import type { Clock } from '../ports.ts';

/** How often an LLM may be asked: a storm must not spend what people have for the month. */
export interface LlmAllowance {
  readonly perHour: number;
  /** True when it may be asked now; that counts, whatever comes of it. */
  take(): boolean;
}

const HOUR_MS = 3_600_000;

/** At most so many in any hour, of this process. */
export function createLlmAllowance({ perHour, now }: { readonly perHour: number; readonly now: Clock }): LlmAllowance {
  let taken: readonly number[] = [];
  return {
    perHour,
    take() {
      const at = now().getTime();
      taken = taken.filter((earlier) => earlier > at - HOUR_MS);
      if (taken.length >= perHour) return false;
      taken = [...taken, at];
      return true;
    },
  };
}
