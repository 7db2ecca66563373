import { z } from 'zod';
import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, fingerprintOf, hashOf, identify } from './identity.ts';
import { readMoment } from './moments.ts';
import { readTags, type Tags } from './tags.ts';
import { joinTexts, present, toAnnotationValue, toLabelValue, toUrl } from './words.ts';

/** The payload is a template that whoever set the webhook up may have changed, so nothing in it is needed. */
const DatadogPayload = z.record(z.string(), z.unknown());

/** A variable that Datadog had no value for arrives by its name; so does the empty one, as a word. */
const UNRESOLVED = /^\$[A-Z][A-Z0-9_]*(?:\[[^\]]*\])?$|^null$/i;

const FIRES = /^(?:re-)?(?:triggered|warn|no data|notify)$|^renotify$/i;
const RESOLVES = /^recovered$/i;

/** What Datadog puts before the title: `[P2] [Triggered on {host:web-1}] `. */
const TITLE_PREFIX = /^\[(?:P[1-5]|(?:Re-)?(?:Triggered|Warn|No Data)|Renotify|Recovered)\b[^\]]*\]\s*/i;

type Field = (...names: readonly string[]) => unknown;

/**
 * Datadog's webhook with our template, or with one like it. The ids are of the firing and of the monitor; no variable
 * says when an alert began, so it began when its first event was told.
 * https://docs.datadoghq.com/integrations/webhooks/
 */
export function readDatadog(body: unknown, context: ReadContext): Reception {
  const payload = parseInput(DatadogPayload, body);
  const field: Field = (...names) => names.map((name) => payload[name]).find(isResolved);
  const isFiring = readTransition(field);
  if (isFiring === undefined)
    return { kind: 'ignored', why: 'no alert_transition says that a monitor triggered or recovered' };
  const tags = readTags(field('tags'));
  const scope = readTags(field('alert_scope'));
  const labels = labelsOf(field, tags, scope);
  const monitor = toLabelValue(field('alert_id'));
  const fingerprint =
    toLabelValue(field('alert_cycle_key')) ??
    (monitor === undefined ? fingerprintOf(labels) : hashOf([monitor, Object.entries(scope.labels).sort()]));
  const toldAt = readMoment(field('date', 'last_updated'));
  const annotations = annotationsOf(field, tags);
  const told = { isFiring, labels, annotations, fingerprint, toldAt, generatorURL: toUrl(field('link')) };
  const groupKey = toLabelValue(field('aggreg_key')) ?? fingerprint;
  return { kind: 'alerts', groups: buildGroups({ groupKey }, [identify(told, context.receivedAt)]) };
}

function isResolved(value: unknown): boolean {
  return toLabelValue(value) === undefined ? Array.isArray(value) : !UNRESOLVED.test(String(value).trim());
}

/** The transition says it; where a template has none, the type: `error`, `warning`, `success`. */
function readTransition(field: Field): boolean | undefined {
  const transition = toLabelValue(field('alert_transition'));
  if (transition !== undefined) return FIRES.test(transition) || (RESOLVES.test(transition) ? false : undefined);
  const type = toLabelValue(field('alert_type'))?.toLowerCase();
  if (type === 'error' || type === 'warning') return true;
  return type === 'success' ? false : undefined;
}

function labelsOf(field: Field, tags: Tags, scope: Tags): Record<string, string> {
  return {
    ...tags.labels,
    ...scope.labels,
    ...present({
      alertname: nameOf(field),
      host: toLabelValue(field('host_name', 'hostname')),
      metric: toLabelValue(field('alert_metric')),
      priority: toLabelValue(field('alert_priority', 'priority')),
    }),
  };
}

/** The monitor's name, which is the same whether it triggers or recovers. */
function nameOf(field: Field): string {
  let title = toLabelValue(field('alert_title', 'title')) ?? 'Datadog alert';
  for (let left = 3; left > 0; left--) title = title.replace(TITLE_PREFIX, '');
  return title || 'Datadog alert';
}

function annotationsOf(field: Field, tags: Tags): Record<string, string> {
  return present({
    summary: toAnnotationValue(field('alert_status', 'title', 'alert_title')),
    description: toAnnotationValue(field('text_only_msg', 'body')),
    query: toAnnotationValue(field('alert_query')),
    tags: joinTexts(tags.bare, toAnnotationValue),
  });
}
