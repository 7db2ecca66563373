import type { Incident } from '../../domain/document.ts';
import { parseSignal, type Signal } from '../../domain/signal.ts';

export interface SignalIndex {
  /** Cosine between two situations over IDF-weighted signals, 0..1, of every incident that shares at least one. */
  search(signals: readonly Signal[]): Map<string, number>;
}

/**
 * What a signal says beyond its letter: `metric orders-1 memory_usage up` is also "a metric of orders went up".
 * The broader features count less, so an exact repeat always beats a resemblance.
 */
const FEATURE_WEIGHTS = { exact: 1, service: 0.5 } as const;

/** IDF over incidents: an anomaly that every incident shows (the front end is slow) tells causes apart from nothing. */
export function buildSignalIndex(incidents: readonly Incident[]): SignalIndex {
  const features = new Map(incidents.map((incident) => [incident.id, featuresOf(incident.signals)]));
  const frequency = new Map<string, number>();
  for (const weights of features.values()) {
    for (const feature of weights.keys()) frequency.set(feature, (frequency.get(feature) ?? 0) + 1);
  }
  const weigh = (weights: ReadonlyMap<string, number>) =>
    new Map(
      [...weights].map(([feature, weight]) => [feature, weight * idf(incidents.length, frequency.get(feature) ?? 0)]),
    );
  const vectors = new Map([...features].map(([id, weights]) => [id, weigh(weights)]));
  return {
    search: (signals) => {
      const query = weigh(featuresOf(signals));
      const scores = [...vectors].map(([id, vector]) => [id, cosine(query, vector)] as const);
      return new Map(scores.filter(([, score]) => score > 0));
    },
  };
}

/** Instances are numbered (`orders-1`), pods carry hashes; causes are told per service. */
export function serviceOfInstance(instance: string): string {
  return instance.replace(/(?:-[0-9a-f]{8,10}-[a-z0-9]{5}|-\d+)$/, '');
}

function featuresOf(signals: readonly Signal[]): Map<string, number> {
  const features = new Map<string, number>();
  for (const signal of signals) {
    const { source, service, name, kind } = parseSignal(signal);
    features.set(signal, FEATURE_WEIGHTS.exact);
    features.set(`${source} ${serviceOfInstance(service)} ${name} ${kind}`, FEATURE_WEIGHTS.exact);
    features.set(`${source} ${serviceOfInstance(service)} * ${kind}`, FEATURE_WEIGHTS.service);
  }
  return features;
}

function idf(total: number, found: number): number {
  return Math.log(1 + (total - found + 0.5) / (found + 0.5));
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0;
  for (const [feature, weight] of a) dot += weight * (b.get(feature) ?? 0);
  const length = norm(a) * norm(b);
  return length === 0 ? 0 : Math.min(1, dot / length);
}

function norm(vector: ReadonlyMap<string, number>): number {
  return Math.sqrt([...vector.values()].reduce((sum, weight) => sum + weight * weight, 0));
}
