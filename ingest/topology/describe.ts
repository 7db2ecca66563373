import type { Dependency } from '../../src/domain/topology.ts';

const VERBS: Readonly<Record<Dependency['kind'], string>> = {
  sync: 'waits for',
  async: 'hands work to',
  data: 'keeps its data in',
};

/** What everything calls, everything would be found by: beyond this, names are only counted. */
const MAX_NAMES = 50;

export interface DescribedService {
  readonly name: string;
  readonly system: string | undefined;
  /** Nobody declared it: spans alone tell of it. */
  readonly isObserved: boolean;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  readonly tier?: string | undefined;
  readonly dependsOn: readonly Dependency[];
  readonly callers: readonly string[];
}

/** The service in sentences, so that "what does the consumer write to?" finds it. */
export function describeService(service: DescribedService): string {
  const edges = Object.entries(VERBS).flatMap(([kind, verb]) => {
    const names = service.dependsOn.filter((edge) => edge.kind === kind).map((edge) => edge.service);
    return names.length === 0 ? [] : [`It ${verb} ${listNames(names)}.`];
  });
  const sentences = [
    whatItIs(service),
    service.description?.trim(),
    ...edges,
    service.callers.length > 0 ? `It is called by ${listNames(service.callers)}.` : undefined,
    service.owner === undefined ? undefined : `Owner: ${service.owner}.`,
    service.tier === undefined ? undefined : `Tier ${service.tier}.`,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function whatItIs({ name, system, isObserved }: DescribedService): string {
  if (isObserved) return tellObserved(name);
  return system === undefined ? `${name} is a service.` : `${name} is a service of ${system}.`;
}

function tellObserved(name: string): string {
  return `${name} is a service seen in traces.`;
}

/** Whether a description is that of a service which nobody declared. */
export function isToldAsObserved(name: string, text: string): boolean {
  return text.startsWith(tellObserved(name));
}

function listNames(names: readonly string[]): string {
  if (names.length <= MAX_NAMES) return names.join(', ');
  return `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`;
}
