/** `KubePodCrashLooping`, `etcdNoLeader`: one word of several humps. */
export function looksLikeAlert(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) && /[a-z0-9][A-Z]/.test(name);
}

/** Beginnings of the words that alerts end in or are made of; names of products and resources have none of them. */
const ALARMS = [
  'absent anomal backlog broken burn corrupt crash critical dead deadlock degrad delay down drift drop error evict exceed',
  'exhaust expir fail few fill firing flap full grow high inconsist insufficient invalid kill lag latenc leak limit lost low',
  'many mismatch miss never not oom outdated overload pending pressure quota rate reject restart retr saturat skew slow spike',
  'stale starv stop stuck surge throttl timeout too unavailable unhealthy unreachable unready unresponsive usage violat warning',
].flatMap((words) => words.split(' '));

/**
 * A heading that could only be the name of an alert: `RabbitMQ` and `web-server` are none, `QueueDepthHigh`,
 * `PodCrashLooping` and `etcd_insufficient_members` are.
 */
export function isAlertName(text: string): boolean {
  if (text.length > 120 || !/^[A-Za-z][\w-]*$/.test(text)) return false;
  const words = wordsOf(text);
  const isWritten = looksLikeAlert(text) || /^[a-z0-9]+(?:[_-][a-z0-9]+)+$/.test(text);
  return isWritten && (words.some(soundsAlarming) || (looksLikeAlert(text) && words.length > 3));
}

/** The alert that a heading names: its only word, or what stands behind "Alert:". */
export function findAlertHeading(heading: string): string | undefined {
  const text = heading.replace(/^(?:\d+[.)]\s+)+/, '').trim();
  const said = /^alert(?:\s?name)?\s*[::]\s*(\S+)(?:\s+\([^()]*\))?$/i.exec(text)?.[1];
  if (said !== undefined) return /^[A-Za-z][\w.:-]*$/.test(said) ? said : undefined;
  const [name = '', ...rest] = text.split(/\s+/);
  const isAlone = rest.length === 0 || /^(?:alert|\([^()]*\))$/i.test(rest.join(' '));
  return isAlone && isAlertName(name) ? name : undefined;
}

/** `HTTPErrorRateHigh` → http error rate high. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => word.toLowerCase());
}

function soundsAlarming(word: string): boolean {
  return ALARMS.some((alarm) => word.startsWith(alarm) && (alarm.length > 3 || word.length < alarm.length + 5));
}

const FIRED = '(?:alerts? )?(?:fired|fires|went off|triggered|was firing|is firing|were firing|paged)';
const MENTIONS = [
  new RegExp(`(?<![\\w-])([A-Z][A-Za-z0-9]{4,80})[\`"*_]{0,3} ${FIRED}\\b`, 'g'),
  /(?<![\w-])[Aa]lerts?(?: named| called)?[::]? [`"*_]{0,3}([A-Z][A-Za-z0-9]{4,80})(?![\w-])/g,
];

/** Alerts that a text says went off; with `code`, also those it only names in backticks. */
export function findAlertMentions(text: string, code: boolean): string[] {
  const patterns = code ? [...MENTIONS, /`([A-Z][A-Za-z0-9]{4,80})`/g] : MENTIONS;
  const names = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  return [...new Set(names)].filter(isAlertName);
}
