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
 * Scores documents by whether the query names them: 1 when the alert's `runbook_url` ends in the file name, the alert
 * name is the runbook's, or free text holds its id or an alert it is for. Undefined when nothing matches.
 */
export function createExactMatcher(query: ExactQuery): (document: KnowledgeDocument) => number | undefined {
  const targets = new Set(query.runbookUrls.flatMap((url) => targetOf(url) ?? []));
  const names = new Set(query.alertNames.map((name) => name.toLowerCase()));
  const identifiers = new Set(listIdentifiers(query.text));
  return (document) => {
    if (document.kind === 'runbook' && targets.has(fileOf(document).toLowerCase())) return 1;
    if (document.alerts.some((alert) => names.has(alert.toLowerCase()))) {
      return document.kind === 'incident' ? SAME_ALERT_INCIDENT : 1;
    }
    return namesOf(document).some((name) => identifiers.has(name)) ? 1 : undefined;
  };
}

/** Runbook links differ in host and folder; the last path segment is the file's or the heading's name. */
function targetOf(url: string): string | undefined {
  const path = url.replace(/[?#].*$/, '').replace(/(?:\/|\.(?:md|markdown|mdx|html?))+$/i, '');
  return path.split('/').at(-1)?.toLowerCase() || undefined;
}

function fileOf({ id }: KnowledgeDocument): string {
  return id.split('/').at(-1) ?? id;
}

function namesOf(document: KnowledgeDocument): string[] {
  const alerts = document.kind === 'runbook' ? document.alerts : [];
  return [document.id, fileOf(document), ...alerts].map((name) => name.toLowerCase());
}
