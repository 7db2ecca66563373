import { type Anomaly, type Calls, groupBy, isMetric, type Scene, whatOf } from './scene.ts';

/** What may speak for a cause, by name: `nowhere else cpu up` holds of a service when no other's CPU went up. */
export type Features = ReadonlyMap<string, number>;

/** What a service itself shows tells most of its part; what lies around it counts half. */
const AROUND = 0.5;

/** Does this service look like the culprit? Its part in the scene, and how often it was the culprit before. */
export function culpritFeatures(scene: Scene, service: string, calls: Calls, history: number): Features {
  return roleFeatures(scene, service, calls).set('was the culprit before', Math.log1p(history));
}

/** Every anomaly of the scene, which may each speak for a service that was the culprit when it was seen. */
export function shownFeatures({ shown }: Scene): Features {
  return new Map([...shown].map((told) => [told, AROUND]));
}

/** What kind of fault is it, if this service is the culprit? Its part in the scene, and the scene without names. */
export function faultFeatures(scene: Scene, service: string, calls: Calls): Features {
  const features = roleFeatures(scene, service, calls);
  for (const [what, services] of scene.spread) {
    features.set(`somewhere ${what}`, AROUND);
    features.set(`at many services ${what}`, AROUND * Math.log1p(services));
  }
  return features;
}

/** The part that one service plays, told without its name, so that a precedent on one service tells of another. */
function roleFeatures(scene: Scene, service: string, calls: Calls): Map<string, number> {
  const own = scene.byService.get(service) ?? [];
  const features = new Map<string, number>();
  addMetrics(features, own.filter(isMetric), scene);
  addCalls(features, own, scene, service);
  addShares(features, own, scene);
  addNeighbours(features, 'a caller', calls.callers.get(service), scene);
  addNeighbours(features, 'a callee', calls.callees.get(service), scene);
  return features;
}

function addMetrics(features: Map<string, number>, metrics: readonly Anomaly[], scene: Scene): void {
  for (const [what, found] of groupBy(metrics, whatOf)) {
    features.set(`itself ${what}`, 1);
    if (scene.spread.get(what) === 1) features.set(`nowhere else ${what}`, 1);
    if (new Set(found.map(({ instance }) => instance)).size > 1) features.set(`several instances ${what}`, 1);
  }
  for (const [name, found] of groupBy(metrics, (anomaly) => anomaly.name)) {
    if (new Set(found.map(({ kind }) => kind)).size > 1) features.set(`instances differ in ${name}`, 1);
  }
}

function addCalls(features: Map<string, number>, own: readonly Anomaly[], scene: Scene, service: string): void {
  const outgoing = (scene.byCaller.get(service) ?? []).filter((call) => call.service !== service);
  const ways = [
    ...own.filter((anomaly) => !isMetric(anomaly)).map((anomaly) => wayOf(anomaly, service)),
    ...outgoing.map(({ kind }) => `calls from it ${kind}`),
  ];
  for (const [way, found] of groupBy(ways, (told) => told)) {
    features.set(way, 1);
    features.set(`many ${way}`, Math.log1p(found.length));
  }
}

/** Twice the share, so that half of all anomalies count as much as one that is there or not. */
function addShares(features: Map<string, number>, own: readonly Anomaly[], scene: Scene): void {
  for (const [source, total] of scene.totals) {
    const count = own.filter((anomaly) => anomaly.source === source).length;
    if (count === 0) continue;
    features.set(`share of ${source} anomalies`, (2 * count) / total);
    features.set(`number of ${source} anomalies`, Math.log1p(count));
  }
}

/** A culprit's trouble is often seen first, or only, at those that call it. */
function addNeighbours(
  features: Map<string, number>,
  side: string,
  neighbours: ReadonlySet<string> | undefined,
  scene: Scene,
): void {
  if (!neighbours) return;
  const share = AROUND / neighbours.size;
  for (const neighbour of neighbours) {
    const anomalies = scene.byService.get(neighbour) ?? [];
    for (const what of new Set(
      anomalies.map((anomaly) => (isMetric(anomaly) ? whatOf(anomaly) : wayOf(anomaly, neighbour))),
    )) {
      const name = `${side} ${what}`;
      features.set(name, (features.get(name) ?? 0) + share);
    }
  }
}

function wayOf({ source, kind, caller }: Anomaly, service: string): string {
  if (source !== 'trace') return `${source} ${kind}`;
  if (caller === undefined) return `operations ${kind}`;
  return `${caller === service ? 'inside it' : 'calls into it'} ${kind}`;
}
