import { present, toAnnotationValue, toLabelValue } from './words.ts';

/** What is told in sentences, whatever tool tells it. */
const PROSE = new Set(['summary', 'description', 'message', 'title', 'text', 'details', 'body', 'reason']);

/** What is different each time, or is read elsewhere. */
const NO_LABEL = new Set(['status', 'state', 'startsAt', 'endsAt', 'time', 'timestamp', 'id', 'labels', 'annotations']);

/** A name or a short value, as labels have it. */
const LONGEST_LABEL = 200;
const MAX_FIELDS = 200;

const RESOLVED = new Set(['resolved', 'recovered', 'closed', 'cleared', 'ok', 'success', 'up', 'healthy']);

/** `resolved` or `firing` where data of any shape says so; undefined where it says nothing. */
export function statusOf(data: unknown): 'firing' | 'resolved' | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const word = toLabelValue('status' in data ? data.status : 'state' in data ? data.state : undefined);
  if (word === undefined) return undefined;
  return RESOLVED.has(word.toLowerCase()) ? 'resolved' : 'firing';
}

interface Described {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

/** Data of any shape as words: its short fields are labels, its sentences annotations, and a text is the description. */
export function describeData(data: unknown): Described {
  if (typeof data !== 'object' || data === null) {
    return { labels: {}, annotations: present({ description: toAnnotationValue(data) }) };
  }
  const labels: [string, string][] = [];
  const annotations: [string, string][] = [];
  for (const [key, given] of Object.entries(data).slice(0, MAX_FIELDS)) {
    const value = toAnnotationValue(given);
    const name = toLabelValue(key.slice(0, LONGEST_LABEL));
    if (value === undefined || name === undefined || NO_LABEL.has(name)) continue;
    const isLabel = !PROSE.has(name.toLowerCase()) && value.length <= LONGEST_LABEL;
    (isLabel ? labels : annotations).push([name, value]);
  }
  return { labels: Object.fromEntries(labels), annotations: Object.fromEntries(annotations) };
}
