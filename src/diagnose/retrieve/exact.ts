import type { KnowledgeDocument } from '../../domain/document.ts';
import { listIdentifiers } from './tokenise.ts';

export interface ExactQuery {
  readonly text: string;
  readonly alertNames: readonly string[];
  readonly runbookUrls: readonly string[];
}

/** An incident that had the same alert is a look-alike, not an answer: alerts tell symptoms, causes differ. */
const SAME_ALERT_INCIDENT = 0.5;

/**
 * 1 when the query names the document: the alert's `runbook_url` ends in its file name, its alert name is the
 * runbook's, or free text holds its id or an alert it is for. Undefined when nothing matches.
 */
export function exactScore(document: KnowledgeDocument, query: ExactQuery): number | undefined {
  if (query.runbookUrls.some((url) => pointsTo(url, document))) return 1;
  const names = new Set(query.alertNames.map((name) => name.toLowerCase()));
  if (document.alerts.some((alert) => names.has(alert.toLowerCase()))) {
    return document.kind === 'incident' ? SAME_ALERT_INCIDENT : 1;
  }
  const identifiers = new Set(listIdentifiers(query.text));
  return namesOf(document).some((name) => identifiers.has(name)) ? 1 : undefined;
}

/** Runbook links differ in host and folder; the last path segment is the file's or the heading's name. */
function pointsTo(url: string, document: KnowledgeDocument): boolean {
  if (document.kind !== 'runbook') return false;
  const path = url.replace(/[?#].*$/, '').replace(/(?:\/|\.(?:md|markdown|mdx|html?))+$/i, '');
  const last = path.split('/').at(-1)?.toLowerCase();
  return last !== undefined && last !== '' && last === document.id.split('/').at(-1)?.toLowerCase();
}

function namesOf(document: KnowledgeDocument): string[] {
  const file = document.id.split('/').at(-1) ?? document.id;
  const alerts = document.kind === 'runbook' ? document.alerts : [];
  return [document.id, file, ...alerts].map((name) => name.toLowerCase());
}
