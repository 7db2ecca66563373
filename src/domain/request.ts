import { z } from 'zod';
import { type AlertGroup, AlertGroupInput, AlertInput, toAlertGroup } from './alert.ts';
import { DOCUMENT_KINDS, DocumentKind } from './document.ts';
import { RetrievalPart } from './evidence.ts';
import { Signal } from './signal.ts';
import { Suspect, TraceDigest } from './trace.ts';
import type { TraceAnalysis } from './trace-analysis.ts';

const Timestamp = z.iso.datetime({
  offset: true,
  error: 'must be a moment with its offset: 2026-03-31T12:00:00Z',
});
const Signals = z.array(Signal).max(2_000);

/** Longer than any name is. A blank one would quietly admit nothing, or what has no name at all. */
const Name = z.string().trim().min(1, 'a name is needed: leave the filter out to search everywhere').max(500);

/** More than these is a list of everything: leaving the filter out asks the same. */
const MAX_NAMES = 100;
const Names = z
  .array(Name)
  .min(1, 'name at least one, or leave the filter out')
  .max(MAX_NAMES, `name at most ${MAX_NAMES}, or leave the filter out`);

/** A list of choices says as much when each is named once, and each costs a search. */
const MAX_CHOICES = 50;
function choicesOf<Choice extends z.ZodType>(choice: Choice) {
  return z.array(choice).max(MAX_CHOICES, `at most ${MAX_CHOICES} may be listed: name each once`);
}
function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

/** Alertmanager's alert or group; `alerts` may also be a bare list of alerts. */
const alertFields = { alert: AlertInput.optional(), alerts: AlertGroupInput.optional() };

export const SearchRequest = z
  .object({
    query: z.string().max(20_000).optional(),
    alert: alertFields.alert,
    kinds: choicesOf(DocumentKind)
      .min(1)
      .default([...DOCUMENT_KINDS])
      .transform(unique),
    k: z.int().min(1).max(100).default(10),
    /** Only documents about one of these services. */
    services: Names.optional(),
    /** Only incidents of one of these root-cause categories. */
    categories: Names.optional(),
    /** Only incidents of this day and later. */
    since: z.iso.date('must be a day: 2026-03-31').optional(),
    signals: Signals.optional(),
    asOf: Timestamp.optional(),
    /** Parts to leave out: each can be judged by its absence. */
    without: choicesOf(RetrievalPart).transform(unique).optional(),
  })
  .refine(({ query, alert, signals }) => Boolean(query?.trim() || alert || signals?.length), {
    error: 'one of query, alert or signals is needed',
    path: ['query'],
  });
export type SearchRequest = Readonly<z.infer<typeof SearchRequest>>;

/** Two windows of spans, in any accepted format; read apart from all else, by what knows the formats. */
const TraceWindows = z.object({ baseline: z.unknown().optional(), incident: z.unknown() });

export const DigestRequest = TraceWindows.extend({
  /** Only what had ended by this moment is looked at. */
  asOf: Timestamp.optional(),
});
export type DigestRequest = Readonly<z.infer<typeof DigestRequest>>;

/** A suspect of a digest made elsewhere: its words are kept with the diagnosis, so they are bounded. */
const SuspectInput = Suspect.extend({
  service: z.string().max(500),
  operation: z.string().max(2_000),
  reasons: z.array(z.string().max(2_000)).max(50),
  exemplarTraceIds: z.array(z.string().max(500)).max(50),
})
  .partial()
  .required({ service: true });

/** A digest made elsewhere: any of its parts will do. */
export const TraceDigestInput = z.object({
  text: z.string().max(20_000).default(''),
  suspects: z.array(SuspectInput).max(100).default([]),
  signals: Signals.default([]),
});
export type TraceDigestInput = Readonly<z.infer<typeof TraceDigestInput>>;

export const DiagnosisRequest = z
  .object({
    ...alertFields,
    traces: TraceWindows.optional(),
    traceDigest: TraceDigestInput.optional(),
    /** Answer with what was known at this moment: later incidents are ignored, and so are undated ones. */
    asOf: Timestamp.optional(),
    options: z
      .object({
        /** Precedents to return. */
        k: z.int().min(1).max(50).default(8),
        engine: z.enum(['auto', 'precedent', 'llm']).default('auto'),
        /** `auto` asks for traces where none came with the alert and a source of them is configured. */
        traces: z.enum(['auto', 'none']).default('auto'),
      })
      .default({ k: 8, engine: 'auto', traces: 'auto' }),
  })
  .refine(({ alert, alerts }) => alert !== undefined || alerts !== undefined, {
    error: 'an alert is needed: an alert object or an Alertmanager group, as alert or as alerts',
    path: ['alert'],
  });
export type DiagnosisRequest = Readonly<z.infer<typeof DiagnosisRequest>>;

/** A request whose windows have been read. */
export interface DiagnosisQuestion extends Omit<DiagnosisRequest, 'traces'> {
  readonly analysis?: TraceAnalysis;
  /** Ids of incidents that must not be known: a backtest asks about an incident as if it had not happened. */
  readonly withheld?: readonly string[];
}

/** The request's alert or alerts as one group. Callers have passed the schema, which insists on one of them. */
export function alertGroupOf(request: Pick<DiagnosisRequest, 'alert' | 'alerts'>): AlertGroup {
  const { alerts } = request;
  if (Array.isArray(alerts)) return { groupLabels: {}, commonLabels: {}, commonAnnotations: {}, alerts };
  return toAlertGroup(request.alert ?? alerts ?? { labels: {}, annotations: {} });
}

/**
 * Fills what the caller's digest left out, so that everything downstream knows one shape. Naming nothing is not a clean
 * bill of health: only spans that were looked at can be healthy.
 */
export function toTraceDigest(input: TraceDigestInput): TraceDigest {
  return TraceDigest.parse({
    healthy: false,
    suspects: input.suspects
      .slice(0, 10)
      .map((suspect, rank) => ({ score: 1 / (rank + 1), reasons: [], before: null, after: null, ...suspect })),
    causalPath: [],
    signals: input.signals,
    text: input.text,
    snapshotKeys: [],
  });
}
