import { toLabelValue } from './words.ts';

const MAX_TAGS = 200;

export interface Tags {
  /** `service:web` is a label; of several with one key the first. */
  readonly labels: Readonly<Record<string, string>>;
  /** Those that are no pair. */
  readonly bare: readonly string[];
}

/** Tags as a list or as one text with commas: `service:web,env:prod,urgent`. A value may hold colons, a key cannot. */
export function readTags(given: unknown): Tags {
  const items = typeof given === 'string' ? given.slice(0, 100_000).split(',') : Array.isArray(given) ? given : [];
  const labels = new Map<string, string>();
  const bare: string[] = [];
  for (const item of items.slice(0, MAX_TAGS)) {
    const tag = toLabelValue(item);
    if (tag === undefined) continue;
    const at = tag.indexOf(':');
    const [key, value] = [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
    if (at < 1 || key === '' || value === '') bare.push(tag);
    else if (!labels.has(key)) labels.set(key.slice(0, 200), value);
  }
  return { labels: Object.fromEntries(labels), bare };
}
