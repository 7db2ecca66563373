import type { Pace } from '../retrieve/pace.ts';
import { type Choice, fitChoices, type Row, weighOptions } from './choice.ts';
import { culpritFeatures, shownFeatures } from './features.ts';
import type { Calls, Scene } from './scene.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** Services compared with each past culprit: those that showed most. */
const MAX_RIVALS = 10;
/** Building features of one service takes as long as reading so many characters. */
const FEATURES_COST = 3_000;
/** Joining the two halves of a row. */
const JOIN_COST = 100;

export interface PastScene {
  readonly scene: Scene;
  readonly service: string;
}

/** Whose doing is it? */
export interface CulpritModel {
  /** How likely each of these services is the culprit, 0..1 in sum. */
  weigh(scene: Scene, services: readonly string[]): number[];
  /** Each feature that speaks for or against a service, and how much. */
  listWeights(scene: Scene, service: string): (readonly [told: string, weight: number])[];
}

/** What was seen with each past culprit has weights of its own; they lie behind those of the parts that services play. */
interface Layout {
  readonly roles: Vocabulary;
  readonly shown: Vocabulary;
  readonly places: ReadonlyMap<string, number>;
}

export async function fitCulprit(
  past: readonly PastScene[],
  calls: Calls,
  history: ReadonlyMap<string, number>,
  { ridge, pace }: { readonly ridge: number; readonly pace: Pace },
): Promise<CulpritModel> {
  const roleWords = createVocabulary();
  const shownWords = createVocabulary();
  const raw: { services: string[]; roles: Row[]; shown: Row }[] = [];
  for (const { scene, service: culprit } of past) {
    const services = [culprit, ...listRivals(scene, history, culprit)];
    // An incident must not learn from itself that its culprit has a history.
    const before = (service: string) => (history.get(service) ?? 0) - Number(service === culprit);
    const roles = services.map((service) => roleWords.add(culpritFeatures(scene, service, calls, before(service))));
    raw.push({ services, roles, shown: shownWords.add(shownFeatures(scene)) });
    await pace.spend(FEATURES_COST * services.length);
  }
  const [roles, shown] = [await roleWords.finish(pace), await shownWords.finish(pace)];
  const places = new Map([...history.keys()].map((service, place) => [service, place]));
  const layout: Layout = { roles: roles.vocabulary, shown: shown.vocabulary, places };
  const choices: Choice[] = [];
  for (const one of raw) {
    const seen = shown.renumber(one.shown);
    const rows = one.roles.map((role, at) => joinRows(roles.renumber(role), seen, one.services[at] ?? '', layout));
    choices.push({ rows, chosen: 0 });
    await pace.spend(JOIN_COST * rows.length);
  }
  const features = layout.roles.size + places.size * layout.shown.size;
  const weights = await fitUsed(choices, features, { ridge, pace });
  return buildCulpritModel(layout, weights, calls, history);
}

/** Most services never showed most anomalies: a weight that no past scene asks for stays 0, and is not fitted. */
async function fitUsed(
  choices: readonly Choice[],
  features: number,
  { ridge, pace }: { readonly ridge: number; readonly pace: Pace },
): Promise<Float64Array> {
  const places = new Int32Array(features);
  const asked: number[] = [];
  const moved: Choice[] = [];
  for (const { rows, chosen } of choices) {
    const move = (feature: number) => {
      if (places[feature] === 0) places[feature] = asked.push(feature);
      return (places[feature] ?? 0) - 1;
    };
    moved.push({ rows: rows.map(({ index, value }) => ({ index: index.map(move), value })), chosen });
    await pace.spend(JOIN_COST * rows.length);
  }
  const fitted = await fitChoices(moved, { features: asked.length, options: 1, ridge }, pace);
  const weights = new Float64Array(features);
  for (let at = 0; at < asked.length; at++) weights[asked[at] ?? 0] = fitted[at] ?? 0;
  return weights;
}

function buildCulpritModel(
  layout: Layout,
  weights: Float64Array,
  calls: Calls,
  history: ReadonlyMap<string, number>,
): CulpritModel {
  const { roles, shown } = layout;
  const services = [...layout.places.keys()];
  const rowOf = (scene: Scene, seen: Row, service: string) =>
    joinRows(roles.toRow(culpritFeatures(scene, service, calls, history.get(service) ?? 0)), seen, service, layout);
  const tell = (feature: number) => {
    const place = feature - roles.size;
    if (place < 0) return roles.names[feature] ?? '';
    return `${services[Math.floor(place / shown.size)]} with ${shown.names[place % shown.size]}`;
  };
  return {
    weigh: (scene, asked) => {
      const seen = shown.toRow(shownFeatures(scene));
      return weighOptions(
        asked.map((service) => rowOf(scene, seen, service)),
        weights,
        1,
      );
    },
    listWeights: (scene, service) => {
      const { index, value } = rowOf(scene, shown.toRow(shownFeatures(scene)), service);
      return Array.from(index, (feature, at) => [tell(feature), (value[at] ?? 0) * (weights[feature] ?? 0)] as const);
    },
  };
}

/** A service without a history has its part alone. */
function joinRows(role: Row, seen: Row, service: string, { roles, shown, places }: Layout): Row {
  const place = places.get(service);
  if (place === undefined) return role;
  const offset = roles.size + place * shown.size;
  const index = new Int32Array(role.index.length + seen.index.length);
  const value = new Float32Array(index.length);
  index.set(role.index);
  value.set(role.value);
  value.set(seen.value, role.value.length);
  for (let at = 0; at < seen.index.length; at++) index[role.index.length + at] = offset + (seen.index[at] ?? 0);
  return { index, value };
}

/** The services that showed most, those with a history first among equals. */
function listRivals(scene: Scene, history: ReadonlyMap<string, number>, culprit: string): string[] {
  const shown = (service: string) => scene.byService.get(service)?.length ?? 0;
  return [...new Set([...history.keys(), ...scene.byService.keys()])]
    .filter((service) => service !== culprit)
    .sort((a, b) => shown(b) - shown(a) || (history.get(b) ?? 0) - (history.get(a) ?? 0) || (a < b ? -1 : 1))
    .slice(0, MAX_RIVALS);
}
