import { type DiagnosedSituation, MAX_SITUATION_TEXT } from '../domain/diagnosis.ts';
import type { Evidence } from './evidence.ts';
import { buildQuery } from './retrieve/query.ts';

/** Of a group of a thousand alerts, these tell it from others just as well. */
const MAX_NAMES = 100;
const MAX_SIGNALS = 500;

/** What was going on, as retrieval asked for it: that is what a later question will be compared with. */
export function describeSituation(
  { situation, digest }: Pick<Evidence, 'situation' | 'digest'>,
  now: Date,
): DiagnosedSituation {
  const { text, alertNames, services, signals } = buildQuery(situation, digest, { kinds: [], k: 0, now });
  return {
    text: cutAtSpace(text, MAX_SITUATION_TEXT),
    alertNames: alertNames.slice(0, MAX_NAMES).map((name) => cutAtSpace(name, MAX_SITUATION_TEXT)),
    services: services.slice(0, MAX_NAMES),
    signals: signals.slice(0, MAX_SIGNALS),
  };
}

/** Never inside a word: half a token would no longer be recognised as one that must be blacked out. */
function cutAtSpace(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = length;
  while (end > 0 && /\S/.test(text.charAt(end))) end--;
  return text.slice(0, end).trimEnd();
}
