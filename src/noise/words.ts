import type { NoiseField, NoiseVerb } from '../domain/noise-rule.ts';
import { Sender } from '../domain/occurrence.ts';

/** What stands after `the`. */
export const SUBJECTS = ['alert', 'severity', 'namespace', 'service', 'sender', 'label', 'annotation'] as const;

/** How each verb is said; the longest that fits is meant. */
export const VERB_WORDS: Readonly<Record<NoiseVerb, readonly string[]>> = {
  'is one of': ['is', 'one', 'of'],
  'is none of': ['is', 'none', 'of'],
  'is not': ['is', 'not'],
  'is missing': ['is', 'missing'],
  'is present': ['is', 'present'],
  'starts with': ['starts', 'with'],
  'ends with': ['ends', 'with'],
  contains: ['contains'],
  is: ['is'],
};

export const LIST_VERBS: ReadonlySet<NoiseVerb> = new Set(['is one of', 'is none of']);
export const BARE_VERBS: ReadonlySet<NoiseVerb> = new Set(['is missing', 'is present']);
/** Those that hold for what is not said. */
export const NEGATIVE_VERBS: ReadonlySet<NoiseVerb> = new Set(['is not', 'is none of']);
/** Those that say what an alert has to be. */
export const NARROWING_VERBS: ReadonlySet<NoiseVerb> = new Set([
  'is',
  'is one of',
  'contains',
  'starts with',
  'ends with',
]);

/** Words of the grammar; as values they need quotes. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...['when', 'and', 'or', 'unless', 'between', 'until', 'then', 'filter', 'it', 'out', 'the'],
  ...Object.values(VERB_WORDS).flat(),
]);

/** Severities that get somebody out of bed. A rule hides them only where it names them. */
export const PAGING_SEVERITIES: ReadonlySet<string> = new Set(
  'critical page emergency disaster fatal p0 p1 sev0 sev1'.split(' '),
);

export const SENDERS: readonly string[] = Sender.options;

export function isSeverity(field: NoiseField): boolean {
  return field.kind === 'severity' || (field.kind === 'label' && field.name === 'severity');
}
