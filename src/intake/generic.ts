import { type JsonValue, query } from 'jsonpath-rfc9535';
import { PrecedentError } from '../domain/errors.ts';
import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import { readGroup, WireGroup } from './alert-group.ts';
import type { AlertMap } from './alert-map.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, identify, type ToldAlert } from './identity.ts';
import { readMoment } from './moments.ts';
import { findAt } from './path-lookup.ts';
import { present, readAnnotations, readLabels, toAnnotationValue, toLabelValue, toUrl } from './words.ts';

/** Each path of a map is looked up in every item. */
const MAX_ITEMS = 1_000;

/** Any sender: where its body has what is said by a map; without one it has Alertmanager's shape, or is one alert or a list. */
export function readGeneric(body: unknown, context: ReadContext): Reception {
  if (context.map !== undefined) return readMapped(body, context.map, context);
  const isGroup = typeof body === 'object' && body !== null && 'alerts' in body;
  return readGroup(parseInput(WireGroup, isGroup ? body : { alerts: [body].flat() }), context);
}

function readMapped(body: unknown, map: AlertMap, { receivedAt }: ReadContext): Reception {
  // What JSON.parse made of a text is a JSON value.
  const document = body as JsonValue;
  const items = listItems(document, map);
  if (items.length === 0) return { kind: 'ignored', why: `there is no alert at ${map.alerts ?? '$'}` };
  const common = readWordsAt(document, map.commonLabels, readLabels, toLabelValue);
  const groups = new Map<string, ReturnType<typeof identify>[]>();
  for (const [at, item] of items.entries()) {
    const alert = identify(readItem(item, map, common, at), receivedAt);
    const key = toLabelValue(findAt(item, map.groupKey)) ?? alert.fingerprint;
    groups.set(key, [...(groups.get(key) ?? []), alert]);
  }
  const built = [...groups].flatMap(([groupKey, alerts]) => buildGroups({ groupKey, commonLabels: common }, alerts));
  return { kind: 'alerts', groups: built };
}

function listItems(document: JsonValue, map: AlertMap): readonly JsonValue[] {
  const found = map.alerts === undefined ? [document] : query(document, map.alerts);
  const [first] = found;
  const items = found.length === 1 && Array.isArray(first) ? first : found;
  if (items.length <= MAX_ITEMS) return items;
  throw new PrecedentError(
    'input-too-large',
    `there are ${items.length} alerts at ${map.alerts ?? '$'}; send at most ${MAX_ITEMS} at once`,
  );
}

function readItem(item: JsonValue, map: AlertMap, common: Record<string, string>, at: number): ToldAlert {
  const name = toLabelValue(findAt(item, map.alertname));
  if (name === undefined) throw nameless(map, at);
  const status = toLabelValue(findAt(item, map.status))?.toLowerCase();
  const labels = { ...common, ...readWordsAt(item, map.labels, readLabels, toLabelValue), alertname: name };
  return {
    isFiring: status === undefined || !map.resolvedValues.some((value) => value.toLowerCase() === status),
    labels,
    annotations: readWordsAt(item, map.annotations, readAnnotations, toAnnotationValue),
    fingerprint: toLabelValue(findAt(item, map.fingerprint)),
    startsAt: readMoment(findAt(item, map.startsAt)),
    endsAt: readMoment(findAt(item, map.endsAt)),
    generatorURL: toUrl(findAt(item, map.generatorURL)),
  };
}

function nameless({ alerts, alertname }: AlertMap, at: number): PrecedentError {
  const message = `there is no name at ${alertname}: \`intake.generic.map.alertname\` must lead to it`;
  const path = `${alerts ?? '$'}[${at}]`;
  return new PrecedentError('input-invalid', `the request has a mistake: ${path}: ${message}`, {
    problems: [{ path, message }],
  });
}

/** One path leads to an object of words; several lead to a word each. */
function readWordsAt(
  item: JsonValue,
  paths: AlertMap['labels'],
  readAll: (value: unknown) => Record<string, string>,
  toValue: (value: unknown) => string | undefined,
): Record<string, string> {
  if (paths === undefined) return {};
  if (typeof paths === 'string') return readAll(findAt(item, paths));
  return present(Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, toValue(findAt(item, path))])));
}
