import type { CallbackFormat } from '../domain/callback.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import type { Outage } from '../domain/outage.ts';
import { MAX_ANNOTATION, renderAnnotation } from './annotation.ts';
import { cutLine, toLine } from './plain-text.ts';
import { buildSlackCallback } from './slack/told.ts';

/** What there is to tell, as it is known when it is sent. */
export type Told =
  | { readonly kind: 'answer'; readonly answer: DiagnosisAnswer; readonly occurrences: readonly Occurrence[] }
  | {
      readonly kind: 'failure';
      readonly code: string;
      readonly detail: string;
      readonly occurrences: readonly Occurrence[];
    }
  | { readonly kind: 'occurrence'; readonly occurrence: Occurrence }
  | { readonly kind: 'outage'; readonly outage: Outage };

/**
 * The body of a message, JSON in any format: `{type, timestamp, data}` as Standard Webhooks advises, or Slack's own, there
 * with buttons for a verdict where somebody takes what they say (`canJudge`).
 */
export function buildCallback(
  format: CallbackFormat,
  { event, subject, createdAt }: Pick<Delivery, 'event' | 'subject' | 'createdAt'>,
  told: Told,
  publicUrl: string | undefined,
  canJudge = false,
): string {
  const link = `${(publicUrl ?? '').replace(/\/$/, '')}${pathOf(told, subject)}`;
  if (format === 'slack') {
    const view = { canJudge, ...(publicUrl === undefined ? {} : { link }) };
    return JSON.stringify(buildSlackCallback(told, annotate(told), view));
  }
  const said = format === 'annotation' ? { text: annotate(told, link) } : detailsOf(told);
  return JSON.stringify({ type: event, timestamp: createdAt, data: { id: subject, link, ...said } });
}

function detailsOf(told: Told): object {
  switch (told.kind) {
    case 'answer':
      return { diagnosis: told.answer, occurrences: told.occurrences };
    case 'failure':
      return { code: told.code, detail: told.detail, occurrences: told.occurrences };
    case 'occurrence':
      return { occurrence: told.occurrence };
    case 'outage':
      return { outage: told.outage };
  }
}

function annotate(told: Told, link?: string): string {
  const more = link === undefined ? '' : `\nMore: ${link}`;
  const line = (text: string) => `${cutLine(toLine(text), MAX_ANNOTATION - [...more].length)}${more}`;
  switch (told.kind) {
    case 'answer':
      return renderAnnotation(told.answer, link === undefined ? {} : { link });
    case 'failure':
      return line(`No diagnosis could be made (${told.code}): ${told.detail}`);
    case 'occurrence':
      return line(tellResolution(told.occurrence));
    case 'outage':
      return line(told.outage.summary);
  }
}

function tellResolution({ alerts, durationSeconds, resolvedAt }: Occurrence): string {
  const count = alerts.firing + alerts.resolved;
  const what = count === 1 ? 'The alert was resolved' : `All ${count} alerts were resolved`;
  const after = durationSeconds === undefined ? '' : ` after ${Math.max(1, Math.round(durationSeconds / 60))} min`;
  return `${what}${resolvedAt === undefined ? '' : ` at ${resolvedAt}`}${after}.`;
}

function pathOf(told: Told, subject: string): string {
  return `/v1/${told.kind === 'outage' ? 'outages' : 'diagnoses'}/${encodeURIComponent(subject)}`;
}
