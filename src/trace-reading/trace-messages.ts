import type { ErrorCode, Problem } from '../domain/errors.ts';
import type { RedactionPolicy } from '../domain/redaction.ts';
import type { SnapshotFacts } from '../domain/snapshot.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { ContentEncoding, WindowName, WindowPlaces } from '../traces/read-body.ts';

/** What the thread that reads traces is started with. */
export interface TraceWorkerData {
  /** What is blacked out of what is kept. */
  readonly policy: RedactionPolicy;
}

/** What the worker says of itself: that it can be given jobs, and that it can be given another. */
export type TraceWorkerNews = 'started' | 'free';

/** All bodies of one request. Their bytes follow on the job's own port, one body after the other. */
export interface TraceJob {
  readonly bodies: readonly { readonly encoding: ContentEncoding; readonly windows: WindowPlaces }[];
  /** Of each body, decompressed. */
  readonly maxBytes: number;
  /** Of each window. */
  readonly maxSpans: number;
  readonly asOf?: Date | undefined;
  /** Whether a span may be in a window twice because we asked for it twice: then that is no mistake of the window. */
  readonly mayRepeat: boolean;
  /** Whether the windows are wanted as pages too. */
  readonly wantsPages: boolean;
}

/** To the worker. A port that is closed says that nobody waits any more. */
export type TraceInput =
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end-of-body' }
  /** This page of the window has been taken care of: the next may come, unless it is lost and with it the snapshot. */
  | { readonly kind: 'kept'; readonly window: WindowName; readonly isLost: boolean };

/** From the worker: what goes on, then one of the outcomes. */
export type TraceOutput =
  /** So many bytes of what was sent are done with: as many may follow. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'page'; readonly window: WindowName; readonly content: Uint8Array }
  /** Pages of this window cannot be made. */
  | { readonly kind: 'unkept'; readonly window: WindowName; readonly reason: string }
  | TraceOutcome;

export type TraceOutcome =
  | { readonly kind: 'read'; readonly reading: TraceReading }
  | { readonly kind: 'refused'; readonly refusal: TraceRefusal }
  /** Something failed that should not have. */
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'unloadable'; readonly reason: string };

export interface TraceReading {
  /** Of each body what is left without its windows. */
  readonly rest: readonly unknown[];
  readonly analysis: TraceAnalysis | undefined;
  /** Of windows whose pages were wanted and could be made. */
  readonly snapshots: Readonly<Partial<Record<WindowName, SnapshotFacts>>>;
}

/** An error that whoever sent the traces can mend. */
export interface TraceRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly problems: readonly Problem[];
  /** Which of the bodies it is about; absent when it is about all. */
  readonly body?: number | undefined;
}
