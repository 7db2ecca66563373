import { z } from 'zod';
import { Signal } from './signal.ts';

/** One span, whatever format it came in. Times are microseconds since the epoch, durations microseconds. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly startUs: number;
  readonly durationUs: number;
  readonly isError: boolean;
  /** Whom a client or producer says it calls: all that is known of a callee without spans of its own. */
  readonly peer?: { readonly service: string; readonly isData: boolean };
}

/** What was mended while reading, so that nothing is dropped in silence: `{ 'orphan-span': 3 }`. */
export type RepairCounts = Readonly<Record<string, number>>;

export interface ParsedTraces {
  readonly format: 'jaeger' | 'otlp' | 'zipkin';
  readonly spans: readonly Span[];
  readonly repairs: RepairCounts;
}

/** Numbers of one (service, operation) in one window. Milliseconds; `own` is duration minus the union of child spans. */
export const WindowStats = z.object({
  spans: z.int().min(0),
  ownMsP50: z.number(),
  ownMsP95: z.number(),
  totalMsP50: z.number(),
  /** Spans that erred without an erring child: where errors begin. */
  originErrors: z.int().min(0),
});
export type WindowStats = Readonly<z.infer<typeof WindowStats>>;

/** The ways of looking for a culprit, each with an order of its own. */
export const TraceRanker = z.enum([
  /** A service's own time grew. */
  'own-time',
  /** The time between a call and its other half grew. */
  'gap',
  /** Errors begin there more often. */
  'error',
  /** Calls to it show no other half. */
  'lost',
  /** It calls others more or less often than it did. */
  'fan-out',
  /** Abnormal traces pass it and normal ones do not (TraceRCA). */
  'spectrum',
  /** A random walk over operations and abnormal traces ends there (MicroRank). */
  'page-rank',
  /** Few calls below the alerting service. */
  'topology',
]);
export type TraceRanker = z.infer<typeof TraceRanker>;

/** What one ranker says of a service: its place, 1 is first, and its own measure, which only that ranker can compare. */
export const RankerSays = z.object({ rank: z.int().min(1), score: z.number() });
export type RankerSays = Readonly<z.infer<typeof RankerSays>>;

export const Suspect = z.object({
  service: z.string(),
  operation: z.string().optional(),
  /** 0..1, relative to the strongest suspect of the digest. */
  score: z.number().min(0).max(1),
  reasons: z.array(z.string()),
  before: WindowStats.nullable(),
  after: WindowStats.nullable(),
  /** There was nothing to compare with: what is always slow looks like what has become slow. */
  withoutBaseline: z.boolean().default(false),
  exemplarTraceIds: z.array(z.string()).default([]),
  /** What each ranker that names the service says of it. */
  rankings: z.partialRecord(TraceRanker, RankerSays).default({}),
});
export type Suspect = Readonly<z.infer<typeof Suspect>>;

export const CausalEdge = z.object({
  from: z.string(),
  to: z.string(),
  /** How the edge is known: seen in spans, declared in the topology, or neither. */
  verified: z.enum(['span', 'topology', 'unverified']),
});
export type CausalEdge = Readonly<z.infer<typeof CausalEdge>>;

/** What the whole of the window looks like, beside whose doing it is. */
export const LoadShape = z.object({
  /**
   * `more-load`, `less-load`: requests arrive faster or slower. `saturation`: requests wait in a queue, so that more of
   * them are in flight while no more get done. `slowdown`: each takes longer though no more of them arrive.
   */
  kind: z.enum(['more-load', 'less-load', 'saturation', 'slowdown']),
  /** Where it shows. */
  service: z.string(),
  operation: z.string().optional(),
  /** One sentence with the numbers, before → after. */
  reason: z.string(),
});
export type LoadShape = Readonly<z.infer<typeof LoadShape>>;

/** What a window held, after what could not be read was left out. */
export const TraceWindow = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  traces: z.int().min(0),
  spans: z.int().min(0),
  /** The content hash under which it is kept whole; absent when it is not kept. */
  snapshotKey: z.string().optional(),
  /** The window changes in its middle: from here on. What a digest says is then of this later part. */
  changedSince: z.iso.datetime().optional(),
});
export type TraceWindow = Readonly<z.infer<typeof TraceWindow>>;

export const TraceWindows = z.object({ baseline: TraceWindow.nullable(), incident: TraceWindow });
export type TraceWindows = Readonly<z.infer<typeof TraceWindows>>;

/** A bounded summary of two windows of spans: who is suspect, along which path, in at most 140 words. */
export const TraceDigest = z.object({
  healthy: z.boolean(),
  /** At most 10, best first. */
  suspects: z.array(Suspect),
  /** From the caller where the symptom shows to the culprit. */
  causalPath: z.array(CausalEdge),
  signals: z.array(Signal),
  shapes: z.array(LoadShape).default([]),
  text: z.string(),
  windows: TraceWindows.nullable().default(null),
  /** Content hashes under which the windows are kept whole, the baseline's first. */
  snapshotKeys: z.array(z.string()),
  repairs: z.record(z.string(), z.number()).default({}),
});
export type TraceDigest = Readonly<z.infer<typeof TraceDigest>>;

/** Which traces are asked for: those through one of `services`, that began from `from` on and before `to`. */
export interface TraceQuery {
  readonly services: readonly string[];
  readonly from: Date;
  readonly to: Date;
}
