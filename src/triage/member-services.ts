import { findLabelledService, type KnownServices, servicesOfLabels } from '../domain/known-services.ts';
import { toName } from '../domain/plain-name.ts';

type Labels = Readonly<Record<string, string>>;

/** What is kept of an outage's member about where it fired. */
export interface MemberTraces {
  /** Known when it joined. */
  readonly services: readonly string[];
  /** Of its alerts. */
  readonly labelSets: readonly Labels[];
}

export interface NamedServices {
  readonly known: readonly string[];
  /** As the labels name them, made plain. */
  readonly unknown: readonly string[];
}

/**
 * The services of each member: those that joined it, and what its alerts' labels name, as it is known now; where an alert's
 * labels name nothing that is known, as they name it themselves. What no topology holds alerts all the same.
 */
export function nameServices(members: readonly MemberTraces[], names: Iterable<string>): NamedServices[] {
  const known: KnownServices = new Map([...names].map((name) => [name.toLowerCase(), name]));
  const spellings = new Map<string, string>();
  return members.map(({ services, labelSets }) => {
    const perAlert = labelSets.map((labels) => ({ labels, named: servicesOfLabels(labels, known) }));
    const told = perAlert.flatMap(({ labels, named }) => (named.length > 0 ? [] : spell(labels, spellings)));
    // Made plain, a name may be one that is known: it is then nobody else's.
    const plain = told.flatMap((name) => known.get(name.toLowerCase()) ?? []);
    return {
      known: [...new Set([...services, ...perAlert.flatMap(({ named }) => named), ...plain])],
      unknown: [...new Set(told.filter((name) => !known.has(name.toLowerCase())))],
    };
  });
}

/** One service has one spelling: that of the first who names it. */
function spell(labels: Labels, spellings: Map<string, string>): string[] {
  const labelled = findLabelledService(labels);
  if (labelled === undefined) return [];
  const key = labelled.toLowerCase();
  const name = spellings.get(key) ?? toName(labelled);
  spellings.set(key, name);
  return [name];
}
