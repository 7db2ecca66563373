/** Every service that is known, as it is declared, by its name in lower case. */
export type KnownServices = ReadonlyMap<string, string>;

/** Labels that name a service, surest first. `pod`, `instance` and `job` carry suffixes and exporters' names. */
const SERVICE_LABELS = [
  'service',
  'service_name',
  'app',
  'app_kubernetes_io_name',
  'component',
  'deployment',
  'statefulset',
  'daemonset',
  'container',
  'pod',
  'job',
  'instance',
  'queue',
] as const;

/** Those that are set to a service's own name, known or not; the others name machines, exporters and parts of a service. */
const NAMING_LABELS = SERVICE_LABELS.slice(0, SERVICE_LABELS.indexOf('container'));

/** As long as a host's name may be; what a service's name could end at is looked for in these. */
const MAX_NAME = 253;

export function servicesOfLabels(labels: Readonly<Record<string, string>>, known: KnownServices): string[] {
  return SERVICE_LABELS.flatMap((label) => {
    const value = labels[label];
    return value === undefined ? [] : (matchService(value, known) ?? []);
  });
}

/** The service that the labels name, as the surest of them writes it, whether anybody knows it or not. */
export function findLabelledService(labels: Readonly<Record<string, string>>): string | undefined {
  const names = NAMING_LABELS.map((label) => withoutPort(labels[label] ?? '').trim());
  return names.find((name) => name !== '');
}

/** Each of them once, in the order of the words. */
export function servicesInText(text: string, known: KnownServices): string[] {
  const words = new Set(text.toLowerCase().match(/[a-z0-9][\w-]*/g) ?? []);
  return [...words].flatMap((word) => known.get(word) ?? []);
}

/** The known service that a label value names: itself, or the longest one that a pod or instance name starts with. */
function matchService(value: string, known: KnownServices): string | undefined {
  const name = withoutPort(value.toLowerCase());
  const named = known.get(name);
  if (named !== undefined) return named;
  for (let end = Math.min(name.length, MAX_NAME) - 1; end > 0; end--) {
    if (name[end] !== '-' && name[end] !== '.') continue;
    const prefixed = known.get(name.slice(0, end));
    if (prefixed !== undefined) return prefixed;
  }
  return undefined;
}

function withoutPort(value: string): string {
  return value.replace(/:\d+$/, '');
}
