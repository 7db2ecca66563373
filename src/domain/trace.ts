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

export const Suspect = z.object({
  service: z.string(),
  operation: z.string().optional(),
  /** 0..1, relative to the strongest suspect of the digest. */
  score: z.number().min(0).max(1),
  reasons: z.array(z.string()),
  before: WindowStats.nullable(),
  after: WindowStats.nullable(),
  exemplarTraceIds: z.array(z.string()).default([]),
});
export type Suspect = Readonly<z.infer<typeof Suspect>>;

export const CausalEdge = z.object({
  from: z.string(),
  to: z.string(),
  /** How the edge is known: seen in spans, declared in the topology, or neither. */
  verified: z.enum(['span', 'topology', 'unverified']),
});
export type CausalEdge = Readonly<z.infer<typeof CausalEdge>>;

/** A bounded summary of two windows of spans: who is suspect, along which path, in at most 140 words. */
export const TraceDigest = z.object({
  healthy: z.boolean(),
  /** At most 10, best first. */
  suspects: z.array(Suspect),
  /** From the caller where the symptom shows to the culprit. */
  causalPath: z.array(CausalEdge),
  signals: z.array(Signal),
  text: z.string(),
  /** Content hashes of the windows the digest was made from. */
  snapshotKeys: z.array(z.string()),
  repairs: z.record(z.string(), z.number()).default({}),
});
export type TraceDigest = Readonly<z.infer<typeof TraceDigest>>;
