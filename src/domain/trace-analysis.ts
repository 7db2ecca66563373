import type { Signal } from './signal.ts';
import type { LoadShape, RepairCounts, Suspect, TraceWindows } from './trace.ts';

/** `foreign`: a baseline was given, but it shows none of the operations of the incident. */
export type BaselineUse = 'compared' | 'none' | 'foreign';

/** One service calls another, as spans show it. */
export interface SeenCall {
  readonly from: string;
  readonly to: string;
  /** What is called takes longer than before or errs more often: the symptom comes this way. */
  readonly carries?: true;
}

/**
 * What two windows of spans say by themselves, before the topology and the alert have their say. Plain data and small,
 * whatever the size of the windows: it is made in a thread of its own and travels from there.
 */
export interface TraceAnalysis {
  readonly baseline: BaselineUse;
  readonly windows: TraceWindows;
  /** One per service that stands out, best first by what the spans say alone; none in a healthy window. */
  readonly candidates: readonly Suspect[];
  /** What was compared: operations of both windows, and the largest change among them, in words with its numbers. */
  readonly compared?: { readonly operations: number; readonly largestChange?: string };
  readonly calls: readonly SeenCall[];
  /** Services where requests enter, the busiest first. */
  readonly entries: readonly string[];
  readonly shapes: readonly LoadShape[];
  readonly signals: readonly Signal[];
  /** Of both windows. */
  readonly repairs: RepairCounts;
  /** Spans of the incident window that had to be mended before they could be read. */
  readonly repaired: number;
}
