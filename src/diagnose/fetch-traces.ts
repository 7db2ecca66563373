import type { Provenance } from '../domain/diagnosis.ts';
import { messageOf } from '../domain/errors.ts';
import { alertGroupOf, type DiagnosisQuestion } from '../domain/request.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { Clock } from '../ports.ts';
import type { Situation } from './situation.ts';
import { planTraceWindows, type TimeRange, type TraceWindowPlan, type WindowSettings } from './trace-windows.ts';

/** Labels that hold a service's own name; others carry suffixes, from which only a known name can be told. */
const NAMING_LABELS = ['service', 'service_name', 'app'] as const;

/** Longer than any service is named. */
const MAX_NAME = 253;

const MAX_REASON = 300;

export interface TraceFetchQuery extends TraceWindowPlan {
  /** Only what had ended by this moment is looked at. */
  readonly asOf?: Date;
}

/** Asks a store of traces for two windows and reads them. */
export interface TraceFetch {
  readonly name: string;
  readonly windows: WindowSettings;
  /** Undefined when the incident window is empty. Takes no longer than it was told to; any failure is thrown. */
  read(query: TraceFetchQuery, signal?: AbortSignal): Promise<TraceAnalysis | undefined>;
}

export interface FetchedTraces {
  readonly analysis?: TraceAnalysis;
  /** What was asked for, whether or not it came. */
  readonly asked?: NonNullable<Provenance['traces']>;
  /** Why there are none, in words; absent where nobody wanted any. */
  readonly missing?: string;
}

/** The traces that the caller did not bring, from where the service may ask for them. Never throws: an answer needs none. */
export async function fetchTraces(
  question: DiagnosisQuestion,
  situation: Situation,
  { fetchTraces: source, now }: { readonly fetchTraces?: TraceFetch; readonly now: Clock },
  signal: AbortSignal | undefined,
): Promise<FetchedTraces> {
  if (!source || !wantsTraces(question)) return {};
  const services = listServices(question, situation);
  const plan = planTraceWindows({ ...situation, services }, now(), source.windows);
  if ('reason' in plan) return { missing: `traces: not asked for, ${plan.reason}` };
  const asked = {
    source: source.name,
    services: [...plan.services],
    baseline: toIso(plan.baseline),
    incident: toIso(plan.incident),
  };
  const { asOf } = situation;
  try {
    const fetched = await source.read({ ...plan, ...(asOf ? { asOf } : {}) }, signal);
    return fetched ? { analysis: fetched, asked } : { asked, missing: `traces: ${describeEmpty(asked)}` };
  } catch (error) {
    return { asked, missing: `traces: ${toLine(messageOf(error))}` };
  }
}

/** What could not be read may be quoted in the reason. */
function toLine(reason: string): string {
  return reason.replace(/\s+/g, ' ').slice(0, MAX_REASON);
}

function wantsTraces({ analysis, traceDigest, options }: DiagnosisQuestion): boolean {
  return analysis === undefined && traceDigest === undefined && options.traces === 'auto';
}

/**
 * As the labels spell them, for whoever names a service there names it so in its traces; then those that the knowledge
 * recognised. A service that no document knows has traces all the same.
 */
function listServices(question: DiagnosisQuestion, { services }: Situation): string[] {
  const { groupLabels, commonLabels, alerts } = alertGroupOf(question);
  const labelSets = [groupLabels, commonLabels, ...alerts.map(({ labels }) => labels)];
  const labelled = labelSets.flatMap((labels) => NAMING_LABELS.flatMap((label) => labels[label]?.trim() || []));
  const spellings = new Map<string, string>();
  for (const name of [...labelled, ...services]) {
    const key = name.toLowerCase();
    if (name.length <= MAX_NAME && !spellings.has(key)) spellings.set(key, name);
  }
  return [...spellings.values()];
}

function toIso({ from, to }: TimeRange): { from: string; to: string } {
  return { from: from.toISOString(), to: to.toISOString() };
}

function describeEmpty({ source, services, incident }: NonNullable<Provenance['traces']>): string {
  return `${source} has none through ${services.join(', ')} from ${incident.from} to ${incident.to}`;
}
