import type { TraceDigest } from '../../domain/trace.ts';

/** What a plant can gain, told in words; none is what is wanted. */
export interface Prompt {
  readonly system: string;
  readonly user: string;
}

const LABELS = /^(?:Digest|Suspects|Causal path|Signals): /;

/** What the digest must not show, wherever the text was planted. */
export function listDigestBreaches(digest: TraceDigest, never: readonly string[] = []): string[] {
  const reasons = digest.suspects.flatMap((suspect) => suspect.reasons);
  const told = [digest.text, ...reasons, ...digest.shapes.map(({ reason }) => reason), ...digest.signals];
  const names = digest.suspects.flatMap(({ service, operation = '' }) => [service, operation]);
  const path = digest.causalPath.flatMap(({ from, to }) => [from, to]);
  const ids = digest.suspects.flatMap((suspect) => suspect.exemplarTraceIds);
  const all = [...told, ...names, ...path];
  return [
    ...all.filter((text) => /\p{C}|[\u2028\u2029]/u.test(text)).map((text) => `shows what nobody sees: ${text}`),
    ...(digest.text.split(/\s+/).length > 140 ? [`is ${digest.text.split(/\s+/).length} words long`] : []),
    ...[...names, ...path].filter((name) => name.length > 120).map((name) => `is a name too long: ${name}`),
    ...reasons.filter((reason) => reason.length > 400).map((reason) => `is a reason too long: ${reason}`),
    ...digest.signals
      .filter((signal) => !/^trace \S+ \S+ (?:latency|error|missing|new|calls_up|calls_down)$/.test(signal))
      .map((signal) => `is no signal: ${signal}`),
    ...listForgeries(digest),
    ...never.filter((secret) => [...all, ...ids].some((text) => text.includes(secret))).map((secret) => `tells ${secret}`),
  ];
}

/** Words by which the digest speaks, said more often than it says them itself. */
function listForgeries({ text, suspects }: TraceDigest): string[] {
  const spoken = [/Prime suspect: /g, /Path: /g, /Healthy: /g, /Also: /g, /Judge with care: /g];
  const most = [1, 1, 1, Math.max(0, suspects.length - 1), 0];
  return spoken.flatMap((words, index) =>
    (text.match(words)?.length ?? 0) > (most[index] ?? 0) ? [`says "${words.source}" in somebody else's words: ${text}`] : [],
  );
}

/** The prompt with the contents of all blocks taken out: what is left is ours. */
export function skeletonOf({ system, user }: Prompt): string {
  const key = keyOf(system);
  const inside = new RegExp(`^<<<${key} (\\w+)\\n[\\s\\S]*?\\n${key} \\1>>>$`, 'gm');
  return `${system}\n${user.replace(inside, '[$1]')}`.replaceAll(key, 'KEY');
}

export function listPromptBreaches(prompt: Prompt, clean: Prompt, never: readonly string[] = []): string[] {
  const { system, user } = prompt;
  const key = keyOf(system);
  const delimiters = user.split('\n').filter((line) => line.includes(key));
  const isDelimiter = (line: string) => line.startsWith(`<<<${key} `) || line.endsWith(`>>>`);
  const block = new RegExp(`^<<<${key} T1\\n([\\s\\S]*?)\\n${key} T1>>>$`, 'm').exec(user)?.[1] ?? '';
  return [
    ...(skeletonOf(prompt) === skeletonOf(clean) ? [] : ['changes what stands outside the fences']),
    ...delimiters.filter((line) => !isDelimiter(line)).map((line) => `knows the key: ${line}`),
    ...(/<\||<s>|<\/s>|\[\/?INST\]|<(?:start|end)_of_turn>|\p{Cf}/u.test(user) ? ['reaches a mark of roles'] : []),
    ...block.split('\n').filter((line) => !LABELS.test(line)).map((line) => `has a line of its own: ${line}`),
    ...(new Set(block.split('\n').map((line) => line.split(':')[0])).size === block.split('\n').length
      ? []
      : ['has a field of its own']),
    ...(block.length > 6_000 ? [`takes ${block.length} characters`] : []),
    ...never.filter((secret) => user.includes(secret)).map((secret) => `tells the model ${secret}`),
  ];
}

function keyOf(system: string): string {
  return /<<<(\w{16}) ID/.exec(system)?.[1] ?? '';
}
