import { type Incident, keyOf } from '../../domain/document.ts';
import { parseSignal, type Signal } from '../../domain/signal.ts';
import { createPace, type Pace } from './pace.ts';

export interface SignalIndex {
  /**
   * Cosine between two situations over IDF-weighted signals, 0..1, of every accepted incident that shares at least one, by
   * its key. Where a filter is given, rarity is counted among those that it accepts: what happened later does not change
   * the answer as of a day. Signals beyond `MAX_SIGNALS` are not read.
   */
  search(signals: readonly Signal[], accept?: (key: string) => boolean): Map<string, number>;
}

/**
 * What a signal says beyond its letter: `metric orders-1 memory_usage up` is also "a metric of orders went up".
 * The broader features count less, so an exact repeat always beats a resemblance.
 */
const FEATURE_WEIGHTS = { exact: 1, service: 0.5 } as const;

/** Signals of a question that are read, in its order: a thousand anomalies tell no more than some hundred do. */
const MAX_SIGNALS = 500;

/** Noting a signal takes as long as reading so many characters; an incident without one costs a little, too. */
const SIGNAL_COST = 150;
const INCIDENT_COST = 50;

/** Incidents and features by number: what each incident shows, and which incidents show a feature. */
interface SignalTable {
  readonly keys: readonly string[];
  readonly numbers: ReadonlyMap<string, number>;
  /** Entries of incident `i` are those from `starts[i]` up to `starts[i + 1]`. */
  readonly starts: Uint32Array;
  readonly features: Uint32Array;
  /** By feature: its share of a signal, and who shows it. */
  readonly shares: readonly number[];
  readonly holders: readonly (readonly number[])[];
}

/** How rare each feature is, and how long each incident's vector, among some of the incidents. */
interface Rarity {
  readonly total: number;
  /** IDF of a feature; of one that nobody shows, when its number is not known. */
  idfOf(feature: number | undefined): number;
  normOf(incident: number): number;
  isAmong(incident: number): boolean;
}

/** IDF over incidents: an anomaly that every incident shows (the front end is slow) tells causes apart from nothing. */
export async function buildSignalIndex(
  incidents: readonly Incident[],
  pace: Pace = createPace(),
): Promise<SignalIndex> {
  const table = await buildTable(incidents, pace);
  const amongAll = await rateAll(table, pace);
  return {
    search(signals, accept) {
      const asked = featuresOf(signals.slice(0, MAX_SIGNALS));
      return asked.size === 0 ? new Map() : compare(asked, table, accept ? rateAccepted(table, accept) : amongAll);
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

async function buildTable(incidents: readonly Incident[], pace: Pace): Promise<SignalTable> {
  const numbers = new Map<string, number>();
  const holders: number[][] = [];
  const features: number[] = [];
  const shares: number[] = [];
  const starts = new Uint32Array(incidents.length + 1);
  for (const [incident, { signals }] of incidents.entries()) {
    for (const [feature, share] of featuresOf(signals)) {
      const number = numbers.get(feature) ?? numbers.size;
      if (number === numbers.size) {
        numbers.set(feature, number);
        shares.push(share);
        holders.push([]);
      }
      features.push(number);
      holders[number]?.push(incident);
    }
    starts[incident + 1] = features.length;
    await pace.spend(INCIDENT_COST + SIGNAL_COST * signals.length);
  }
  return { keys: incidents.map(keyOf), numbers, starts, features: Uint32Array.from(features), shares, holders };
}

/** Lengths are computed once: every question without a filter needs the same. */
async function rateAll(table: SignalTable, pace: Pace): Promise<Rarity> {
  const total = table.keys.length;
  const idfs = Float64Array.from(table.holders, (holders) => idf(total, holders.length));
  const norms = new Float64Array(total);
  for (let incident = 0; incident < total; incident++) {
    norms[incident] = normOf(incident, table, idfs);
    await pace.spend((table.starts[incident + 1] ?? 0) - (table.starts[incident] ?? 0));
  }
  return {
    total,
    idfOf: (feature) => (feature === undefined ? idf(total, 0) : (idfs[feature] ?? 0)),
    normOf: (incident) => norms[incident] ?? 0,
    isAmong: () => true,
  };
}

/** One pass over the numbers of those accepted; their lengths only as they are asked for. */
function rateAccepted(table: SignalTable, accept: (key: string) => boolean): Rarity {
  const { keys, starts, features, holders } = table;
  const accepted = new Uint8Array(keys.length);
  const found = new Uint32Array(holders.length);
  let total = 0;
  for (let incident = 0; incident < keys.length; incident++) {
    if (!accept(keys[incident] ?? '')) continue;
    accepted[incident] = 1;
    total++;
    const end = starts[incident + 1] ?? 0;
    for (let entry = starts[incident] ?? 0; entry < end; entry++) {
      const feature = features[entry] ?? 0;
      found[feature] = (found[feature] ?? 0) + 1;
    }
  }
  const idfs = new Float64Array(found.length);
  for (let feature = 0; feature < found.length; feature++) idfs[feature] = idf(total, found[feature] ?? 0);
  return {
    total,
    idfOf: (feature) => (feature === undefined ? idf(total, 0) : (idfs[feature] ?? 0)),
    normOf: (incident) => normOf(incident, table, idfs),
    isAmong: (incident) => accepted[incident] === 1,
  };
}

function normOf(incident: number, { starts, features, shares }: SignalTable, idfs: Float64Array): number {
  let sum = 0;
  const end = starts[incident + 1] ?? 0;
  for (let entry = starts[incident] ?? 0; entry < end; entry++) {
    const feature = features[entry] ?? 0;
    const weight = (shares[feature] ?? 0) * (idfs[feature] ?? 0);
    sum += weight * weight;
  }
  return Math.sqrt(sum);
}

/** Costs what the incidents that show one of these features cost, not what all of them would. */
function compare(asked: ReadonlyMap<string, number>, table: SignalTable, rarity: Rarity): Map<string, number> {
  const products = new Float64Array(table.keys.length);
  let squares = 0;
  for (const [feature, share] of asked) {
    const number = table.numbers.get(feature);
    const idf = rarity.idfOf(number);
    const weight = share * idf;
    squares += weight * weight;
    if (number === undefined) continue;
    const product = weight * (table.shares[number] ?? 0) * idf;
    for (const incident of table.holders[number] ?? []) products[incident] = (products[incident] ?? 0) + product;
  }
  const length = Math.max(Math.sqrt(squares), leastLength(rarity.total));
  const scores = new Map<string, number>();
  for (let incident = 0; incident < products.length; incident++) {
    const product = products[incident] ?? 0;
    if (product === 0 || !rarity.isAmong(incident)) continue;
    scores.set(table.keys[incident] ?? '', Math.min(1, product / (length * rarity.normOf(incident))));
  }
  return scores;
}

/**
 * A question weighs at least as much as one signal that a single incident shows: what everybody shows would otherwise be
 * all of it, and every incident its perfect repeat.
 */
function leastLength(total: number): number {
  return idf(total, 1) * Math.hypot(FEATURE_WEIGHTS.exact, FEATURE_WEIGHTS.service);
}

function idf(total: number, found: number): number {
  return Math.log(1 + (total - found + 0.5) / (found + 0.5));
}
