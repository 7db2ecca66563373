import type { ReceivedGroup } from '../domain/occurrence.ts';

/** How much a delivery asks for: work by its alerts, memory by its words. */
export interface Load {
  readonly alerts: number;
  readonly characters: number;
}

export const NO_LOAD: Load = { alerts: 0, characters: 0 };

/** A group counts as one alert at least: it is written down, too. */
export function loadOf(groups: readonly ReceivedGroup[]): Load {
  return groups.map(loadOfGroup).reduce(addLoad, NO_LOAD);
}

/** What a group says for all is kept with each of its alerts. */
function loadOfGroup({ alerts, commonLabels, commonAnnotations }: ReceivedGroup): Load {
  const shared = countCharacters(commonLabels) + countCharacters(commonAnnotations);
  const own = alerts.reduce(
    (sum, { labels, annotations }) => sum + countCharacters(labels) + countCharacters(annotations),
    0,
  );
  return { alerts: Math.max(1, alerts.length), characters: own + shared * alerts.length };
}

export function addLoad(a: Load, b: Load): Load {
  return { alerts: a.alerts + b.alerts, characters: a.characters + b.characters };
}

export function subtractLoad(a: Load, b: Load): Load {
  return { alerts: a.alerts - b.alerts, characters: a.characters - b.characters };
}

export function isOver(load: Load, limit: Load): boolean {
  return load.alerts > limit.alerts || load.characters > limit.characters;
}

function countCharacters(words: Readonly<Record<string, string>>): number {
  return Object.entries(words).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
