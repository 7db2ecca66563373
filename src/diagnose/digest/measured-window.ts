import type { ParsedTraces } from '../../domain/trace.ts';
import { buildForest, type SpanForest } from '../../traces/span-forest.ts';
import { measureLoss } from './lost-spans.ts';
import { measureOwnTimes } from './own-time.ts';

/** A window with all that can be told of it alone: measured once, however often it is compared. */
export interface MeasuredWindow {
  readonly parsed: ParsedTraces;
  readonly forest: SpanForest;
  /** Microseconds, by span index. */
  readonly own: Float64Array;
  /** The share of spans that never arrived. */
  readonly loss: number;
}

/** `loss` is that of the whole, where the window is a part: which of its repairs fell into the part nobody knows. */
export function measureWindow(parsed: ParsedTraces, loss?: number): MeasuredWindow {
  const forest = buildForest(parsed.spans);
  return { parsed, forest, own: measureOwnTimes(forest), loss: loss ?? measureLoss(forest, parsed) };
}
