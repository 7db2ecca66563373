import { PrecedentError } from '../domain/errors.ts';
import type { SpanCollector } from './formats/span-collector.ts';
import type { JsonReader } from './json/json-reader.ts';
import type { RunLimits } from './json/json-run.ts';
import type { JsonRun } from './json/json-values.ts';

/** One window on its way in: where it is read from, and where its spans go. */
export interface WindowIntake {
  readonly reader: JsonReader;
  readonly collector: SpanCollector;
  /** Of what is parsed at once: natively, and so fast, but only when it is there as a whole. */
  readonly limits: RunLimits;
  /** Hands the pieces that came together to whoever listens, and waits for them. */
  hand(): Promise<void>;
}

export const RUN_LIMITS: RunLimits = { maxItems: 10_000, maxBytes: 1024 * 1024 };
/** Bytes of values that are taken whole though they are large, because they are no list: so many are held at a time. */
export interface Allowance {
  left: number;
}

const MAX_HELD_BYTES = 16 * 1024 * 1024;

export function createAllowance(): Allowance {
  return { left: MAX_HELD_BYTES };
}

/** Takes the value that comes next at the cost of `allowance`; throws `input-too-large` when that is used up. */
export async function takeWhole(reader: JsonReader, allowance: Allowance): Promise<JsonRun> {
  const run = await reader.takeValue(allowance.left);
  if (!run) {
    throw new PrecedentError(
      'input-too-large',
      `the body has more than ${MAX_HELD_BYTES} bytes in one place beside its spans: leave out what is no trace`,
    );
  }
  allowance.left -= run.bytes.length;
  return run;
}
