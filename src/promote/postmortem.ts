import type { Diagnosis } from '../domain/diagnosis.ts';
import type { GradedDiagnosis } from '../domain/feedback.ts';
import { Signal } from '../domain/signal.ts';
import { type AgreedCause, nameOf } from './agreed-cause.ts';
import { dayOf } from './day.ts';
import { cutWords, escapeLine, toOneLine } from './escape.ts';
import { type FieldValue, writeFrontMatter } from './front-matter.ts';
import { writeSections } from './sections.ts';

/** A postmortem that somebody has to read, mend and put into a pull request before it counts. */
export interface PostmortemDraft {
  readonly diagnosis: string;
  readonly title: string;
  readonly date: string;
  /** Inside the folder of incidents: `2026/2026-03-01-db-disk-full.md`. */
  readonly fileName: string;
  readonly markdown: string;
}

/** What only a person knows. */
export interface DraftAnswers {
  readonly title?: string | undefined;
  readonly severity?: string | undefined;
}

const MAX = { title: 160, name: 200, summary: 500, services: 20, alerts: 20, signals: 100, slug: 80 };

/** For whoever opens the pull request; nobody sees it on the rendered page. */
const TO_DO = `<!-- A draft from a diagnosis that people judged. Before it is merged: check every line, keep only the steps that were
taken, add impact, timeline and action items, and take the line "status: draft" out. -->`;

/** `isTaken` says whether another incident has the title: two of one title cannot be told apart. */
export function writePostmortem(
  graded: GradedDiagnosis,
  cause: AgreedCause,
  answers: DraftAnswers,
  isTaken: (title: string) => boolean,
): PostmortemDraft {
  const { diagnosis } = graded;
  const date = dayOf(diagnosis);
  const title = titleOf(diagnosis, cause, { given: answers.title, date, isTaken });
  const severity = toOneLine(answers.severity ?? '');
  const fields = fieldsOf(diagnosis, cause, { title, date, severity });
  const notes = severity === '' ? ['severity: sev3 (as your team ranks it)'] : [];
  const head = [writeFrontMatter(fields, notes), `${TO_DO}\n`, `# ${escapeLine(title)}\n`];
  return {
    diagnosis: diagnosis.id,
    title,
    date,
    fileName: `${date.slice(0, 4)}/${date}-${slugOf(cause)}.md`,
    markdown: [...head, ...writeSections(graded, cause, date)].join('\n'),
  };
}

function titleOf(
  { situation }: Diagnosis,
  { service, category }: AgreedCause,
  { given = '', date, isTaken }: { given?: string | undefined; date: string; isTaken: (title: string) => boolean },
): string {
  if (toOneLine(given) !== '') return cutWords(toOneLine(given), MAX.title);
  const [alert] = namesOf(situation?.alertNames ?? []);
  const name = nameOf({ service, category: category?.replaceAll('-', ' ') });
  const title = cutWords(toOneLine(alert === undefined ? name : `${alert}: ${name}`), MAX.title);
  return isTaken(title) ? `${title} (${date})` : title;
}

function fieldsOf(
  diagnosis: Diagnosis,
  cause: AgreedCause,
  { title, date, severity }: { readonly title: string; readonly date: string; readonly severity: string },
): Record<string, FieldValue> {
  const { situation } = diagnosis;
  const [service] = namesOf(cause.service === undefined ? [] : [cause.service]);
  const signals = namesOf(situation?.signals ?? []).filter((signal) => Signal.safeParse(signal).success);
  return {
    title,
    date,
    status: 'draft',
    services: namesOf([service ?? '', ...(situation?.services ?? [])]).slice(0, MAX.services),
    ...(severity === '' ? {} : { severity }),
    alerts: namesOf(situation?.alertNames ?? []).slice(0, MAX.alerts),
    ...(cause.category === undefined ? {} : { category: cause.category.slice(0, MAX.name) }),
    rootCause: { ...(service === undefined ? {} : { service }), summary: summaryOf(diagnosis, cause) },
    signals: signals.slice(0, MAX.signals),
    diagnosis: diagnosis.id,
  };
}

function summaryOf({ rootCause }: Diagnosis, cause: AgreedCause): string {
  const own = cause.corrected.length === 0 ? rootCause.summary : '';
  const words = cutWords(toOneLine(cause.summary ?? own), MAX.summary);
  return words === '' ? `It was ${nameOf(cause)}; nobody has put it in words yet.` : words;
}

/** Each once, as they stand, but for what nobody would see. */
function namesOf(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => toOneLine(toOneLine(name).slice(0, MAX.name))))].filter((name) => name !== '');
}

/** One name inside one folder, whatever the service is called. */
function slugOf({ service = '', category = '' }: AgreedCause): string {
  const name = `${service} ${category}`
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .slice(0, MAX.slug)
    .replace(/^[-.]+/, '')
    .replace(/[-.]+$/, '');
  return name === '' ? 'incident' : name;
}
