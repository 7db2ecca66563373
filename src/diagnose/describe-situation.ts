import type { DiagnosedSituation } from '../domain/diagnosis.ts';
import type { Evidence } from './evidence.ts';
import { buildQuery } from './retrieve/query.ts';

/** Of a group of a thousand alerts, these tell it from others just as well. */
const MAX_NAMES = 100;
const MAX_SIGNALS = 500;

/** Of a list altogether, as much as a question's text may have. */
const MAX_CHARACTERS = 20_000;

/**
 * What was going on, as retrieval asked for it: that is what a later question will be compared with. Bounded, and not yet
 * cut to the size that is kept: secrets are blacked out first, because half of one might not be recognised.
 */
export function describeSituation(
  { situation, digest }: Pick<Evidence, 'situation' | 'digest'>,
  now: Date,
): DiagnosedSituation {
  const { text, alertNames, services, signals } = buildQuery(situation, digest, { kinds: [], k: 0, now });
  return {
    text,
    alertNames: takeWhole(alertNames, MAX_NAMES),
    services: takeWhole(services, MAX_NAMES),
    signals: takeWhole(signals, MAX_SIGNALS),
  };
}

/** The first ones, each whole, as long as there is room; one that is longer than the room for all is cut to it. */
function takeWhole(words: readonly string[], most: number): string[] {
  let room = MAX_CHARACTERS;
  return words.slice(0, most).flatMap((word) => {
    const taken = room === MAX_CHARACTERS ? word.slice(0, room) : word;
    if (taken.length > room) return [];
    room -= taken.length;
    return [taken];
  });
}
