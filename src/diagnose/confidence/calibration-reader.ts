import type { EngineName } from '../../domain/engine.ts';
import type { BacktestStore } from '../../ports.ts';
import { type CalibrationInUse, type Risks, useCalibration } from './calibration-in-use.ts';

/** How long what is known is believed: a backtest elsewhere (a command, another replica) counts after this at the latest. */
const FRESH_MS = 30_000;

/** How long a diagnosis waits for it; then it goes by what was known before. */
const PATIENCE_MS = 250;

export interface CalibrationReader {
  /**
   * The newest calibration of this engine as last read; undefined while there is none. Never fails: a casebook that is
   * away leaves what was known, and `onFailure` hears of it once.
   */
  current(engine: EngineName): Promise<CalibrationInUse | undefined>;
  /** A calibration was saved: what is known is out of date. */
  expire(): void;
}

interface Known {
  readonly readAt: number;
  readonly reading: Promise<CalibrationInUse | undefined>;
  /** As last read. */
  last: CalibrationInUse | undefined;
}

export function createCalibrationReader(parts: {
  readonly store: Pick<BacktestStore, 'findCalibration'>;
  readonly risks: Risks;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  readonly onFailure?: ((error: unknown) => void) | undefined;
}): CalibrationReader {
  const byEngine = new Map<EngineName, Known>();
  let hasFailed = false;

  async function read(engine: EngineName, before: CalibrationInUse | undefined) {
    try {
      const found = await parts.store.findCalibration(engine);
      hasFailed = false;
      if (found === undefined || found.id === before?.calibration.id) return before;
      return useCalibration(found, parts.risks);
    } catch (error) {
      if (!hasFailed) parts.onFailure?.(error);
      hasFailed = true;
      return before;
    }
  }

  function startReading(engine: EngineName, last: CalibrationInUse | undefined): Known {
    const reading = Promise.resolve().then(() => read(engine, last));
    const known: Known = { readAt: parts.elapsed(), reading, last };
    void reading.then((found) => {
      known.last = found;
    });
    byEngine.set(engine, known);
    return known;
  }

  return {
    async current(engine) {
      const known = byEngine.get(engine);
      const isFresh = known !== undefined && parts.elapsed() - known.readAt < FRESH_MS;
      const asked = isFresh ? known : startReading(engine, known?.last);
      return settleWithin(asked.reading, PATIENCE_MS, () => asked.last);
    },
    expire() {
      for (const [engine, { last }] of byEngine) startReading(engine, last);
    },
  };
}

async function settleWithin<T>(work: Promise<T>, limitMs: number, otherwise: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise()), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
