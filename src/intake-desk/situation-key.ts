import { createHash } from 'node:crypto';
import type { ReceivedAlert } from '../domain/occurrence.ts';

/** Labels that name one running copy or one watcher rather than the thing that is watched. */
const COPY_LABELS = new Set([
  'uid',
  'pod_uid',
  'pod_ip',
  'container_id',
  'pod_template_hash',
  'controller_revision_hash',
  'prometheus_replica',
  '__replica__',
]);

const POD_LABEL = /(?:^|_)pod(?:_?name)?$/;
/** What Kubernetes puts behind a pod's name, from the letters and digits that it uses for that. */
const GENERATED = 'bcdfghjklmnpqrstvwxz2456789';
const POD_ENDING = new RegExp(`(?:-[${GENERATED}]{6,10})?-[${GENERATED}]{5}$`);

/** Shorter ones stand in texts by chance. */
const MIN_NAME = 6;

type Words = readonly (readonly [name: string, value: string])[];

/**
 * The same for two groups of alerts when what fires is the same: an answer to the one then answers the other. Same means
 * the same set of alerts, each with the same labels and the same words in its annotations, but for what changes from one
 * firing to the next: numbers in the words, and the names of single copies. All other labels count, `instance` too: another
 * machine is another situation. `facts` are what an answer depends on besides, such as the generation of the knowledge.
 */
export function situationKeyOf(alerts: readonly ReceivedAlert[], facts: string): string {
  const firing = alerts.filter(({ status }) => status === 'firing');
  const situations = (firing.length > 0 ? firing : alerts).map((alert) => JSON.stringify(lastingWords(alert)));
  const distinct = [...new Set(situations)].sort();
  return createHash('sha256')
    .update(JSON.stringify([facts, distinct]))
    .digest('hex');
}

function lastingWords({ labels, annotations }: ReceivedAlert): readonly [Words, Words] {
  const copies = new Map<string, string>();
  const lasting = sorted(labels).flatMap(([name, value]) => {
    const kept = lastingValue(name, value);
    if (kept !== value && value.length >= MIN_NAME) copies.set(value, kept ?? '');
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return [lasting, sorted(annotations).map(([name, text]) => [name, lastingText(text, copies)])];
}

/** Undefined when nothing of it lasts. */
function lastingValue(name: string, value: string): string | undefined {
  if (COPY_LABELS.has(name)) return undefined;
  return POD_LABEL.test(name) ? value.replace(POD_ENDING, '') : value;
}

function lastingText(text: string, copies: ReadonlyMap<string, string>): string {
  let lasting = text;
  for (const [copy, kept] of copies) lasting = lasting.replaceAll(copy, () => kept);
  return lasting.replace(/\d+/g, '#').replace(/#(?:[.,]#)+/g, '#');
}

function sorted(words: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(words).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
