import type { Alert } from '../domain/alert.ts';
import type { NoiseCondition, NoiseField, NoiseSentence, NoiseTest } from '../domain/noise-rule.ts';
import { isSeverity, NARROWING_VERBS, NEGATIVE_VERBS, PAGING_SEVERITIES } from './words.ts';

/** One alert as rules look at it. */
export interface NoiseSubject {
  readonly alert: Pick<Alert, 'labels' | 'annotations'>;
  readonly sender: string;
  /** When it came in: what `between` and `until` go by. */
  readonly at: Date;
}

/**
 * Whether a rule hides this alert. What would wake somebody is hidden only where a test that is met names its severity:
 * nobody who writes about a noisy alert thinks of the day on which it is raised.
 */
export function hides(sentence: NoiseSentence, subject: NoiseSubject): boolean {
  const { when, unless } = sentence;
  if (!holdsAt(sentence, subject.at) || !isMet(when, subject, false)) return false;
  if (unless !== undefined && isMet(unless, subject, true)) return false;
  const severity = findValue({ kind: 'severity' }, subject);
  return severity === undefined || !PAGING_SEVERITIES.has(severity) || namesSeverity(when, subject);
}

function holdsAt({ between, until }: Pick<NoiseSentence, 'between' | 'until'>, at: Date): boolean {
  if (between === undefined && until === undefined) return true;
  const iso = at.toISOString();
  if (until !== undefined && until < iso.slice(0, 10)) return false;
  if (between === undefined) return true;
  const { from, to } = between;
  const time = iso.slice(11, 16);
  return from < to ? from <= time && time < to : from <= time || time < to;
}

/**
 * `missingIsNot` decides what is not there, which `is not` something only where that keeps an alert from being hidden: in
 * `unless`, and not in `when`.
 */
function isMet(condition: NoiseCondition, subject: NoiseSubject, missingIsNot: boolean): boolean {
  if (condition.kind === 'test') return passes(condition, subject, missingIsNot);
  const meets = (part: NoiseCondition) => isMet(part, subject, missingIsNot);
  return condition.kind === 'all' ? condition.conditions.every(meets) : condition.conditions.some(meets);
}

function passes({ field, verb, values }: NoiseTest, subject: NoiseSubject, missingIsNot: boolean): boolean {
  const value = findValue(field, subject);
  if (verb === 'is missing') return value === undefined;
  if (verb === 'is present') return value !== undefined;
  if (value === undefined) return missingIsNot && NEGATIVE_VERBS.has(verb);
  const wanted = values.map(fold);
  const [first = ''] = wanted;
  if (verb === 'contains') return value.includes(first);
  if (verb === 'starts with') return value.startsWith(first);
  if (verb === 'ends with') return value.endsWith(first);
  return wanted.includes(value) !== NEGATIVE_VERBS.has(verb);
}

/** A way of meeting the condition on which a test says what the severity is. */
function namesSeverity(condition: NoiseCondition, subject: NoiseSubject): boolean {
  if (!isMet(condition, subject, false)) return false;
  if (condition.kind === 'test') return isSeverity(condition.field) && NARROWING_VERBS.has(condition.verb);
  return condition.conditions.some((part) => namesSeverity(part, subject));
}

/** Labels that name the service, surest first. */
const SERVICE_LABELS = ['service', 'service_name', 'app', 'app_kubernetes_io_name', 'app.kubernetes.io/name'];

const LABELS_OF = {
  alert: ['alertname'],
  severity: ['severity'],
  namespace: ['namespace'],
  service: SERVICE_LABELS,
} as const satisfies Partial<Record<NoiseField['kind'], readonly string[]>>;

/** Undefined for what is not there or blank. */
function findValue(field: NoiseField, { alert, sender }: NoiseSubject): string | undefined {
  if (field.kind === 'sender') return fold(sender);
  if ('name' in field) return find(field.kind === 'label' ? alert.labels : alert.annotations, field.name);
  return LABELS_OF[field.kind].map((name) => find(alert.labels, name)).find((value) => value !== undefined);
}

function find(values: Readonly<Record<string, string>>, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? fold(values[name] ?? '') : '';
  return value === '' ? undefined : value;
}

/** Tools disagree over capitals, and people over spaces at the end. */
function fold(text: string): string {
  return text.trim().toLowerCase();
}
