import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import type { ReceivedGroup } from '../domain/occurrence.ts';

/** Of one delivery. */
const MAX_ALERTS = 5_000;

/** As large as a body is by default: a group's words stand in every alert of it, so they count as often. */
const MAX_SHARED_CHARACTERS = 16_777_216;

type Shared = Pick<ReceivedGroup, 'commonLabels' | 'commonAnnotations'> & { readonly alerts: readonly unknown[] };

/** Throws `input-too-large` for more alerts than one delivery may have. */
export function refuseMany(count: number): void {
  if (count <= MAX_ALERTS) return;
  throw new PrecedentError(
    'input-too-large',
    `there are ${count} alerts in this delivery and at most ${MAX_ALERTS} are taken: let the sender group them, or send fewer at once`,
  );
}

/**
 * A list of alerts, counted before any of them is looked at: a body of millions of nothings would otherwise keep the
 * process from all other work for minutes.
 */
export function boundedList<Item extends z.ZodType>(item: Item) {
  return z.preprocess((list) => {
    if (Array.isArray(list)) refuseMany(list.length);
    return list;
  }, z.array(item));
}

/** Throws `input-too-large` where a small body says a lot for each of many alerts: what is kept is all of that. */
export function refuseSwelling(groups: readonly Shared[]): void {
  const characters = groups.reduce((sum, group) => sum + group.alerts.length * countShared(group), 0);
  if (characters <= MAX_SHARED_CHARACTERS) return;
  throw new PrecedentError(
    'input-too-large',
    'the common labels and annotations are too long for so many alerts: shorten them, or send fewer alerts at once',
  );
}

function countShared({ commonLabels, commonAnnotations }: Shared): number {
  const words = [...Object.entries(commonLabels), ...Object.entries(commonAnnotations)];
  return words.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
