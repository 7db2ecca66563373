import type { Diagnosis } from '../../src/domain/diagnosis.ts';
import { type Incident, keyOf } from '../../src/domain/document.ts';

/**
 * Incidents that a diagnosis of an incident's own day shows or names and that nobody could know then: itself, those of
 * that day and later, and those of which nobody can say when they were.
 */
export function listLeaks(
  diagnosis: Diagnosis,
  asked: Pick<Incident, 'id' | 'date'>,
  incidents: readonly Incident[],
): string[] {
  const { date: day = '' } = asked;
  const unknown = incidents.filter(({ id, date }) => id === asked.id || date === undefined || date >= day);
  const shown = new Set(listShown(diagnosis));
  const told = listTexts(diagnosis);
  return unknown
    .filter((incident) => shown.has(incident.id) || shown.has(keyOf(incident)) || names(told, incident.id))
    .map(({ id }) => id);
}

function listShown({ precedents, hypotheses, contributing = [], mitigation }: Diagnosis): string[] {
  const explained = [...hypotheses, ...contributing];
  return [
    ...precedents.flatMap(({ id, alike = [] }) => [id, ...alike]),
    ...explained.flatMap(({ citations, check }) => [...citations, ...(check ? [check.citation] : [])]).map(documentOf),
    ...mitigation.map(({ citation }) => documentOf(citation)),
    ...mitigation.flatMap(({ supersededBy }) => supersededBy ?? []),
  ];
}

function documentOf({ document }: { readonly document: string }): string {
  return document;
}

/** What is said in our own words. Runbooks have no day: what these quote of incidents was theirs to know. */
function listTexts({ rootCause, hypotheses, confidence }: Diagnosis): string[] {
  return [
    rootCause.summary,
    ...hypotheses.flatMap(({ summary, reasons = [] }) => [summary, ...reasons]),
    ...confidence.reasons,
  ];
}

function names(texts: readonly string[], id: string): boolean {
  return texts.some((text) => text.split(/[\s,;()“”"]+/).some((word) => word.replace(/[.:]$/, '') === id));
}
