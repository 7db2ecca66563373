import type { Pace } from '../retrieve/pace.ts';
import { type Choice, fitChoices, type Row, weighOptions } from './choice.ts';
import { type CulpritModel, fitCulprit } from './culprit.ts';
import { faultFeatures } from './features.ts';
import { buildScene, type Calls, collectCalls, type Scene } from './scene.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** A past incident whose cause is known. */
export interface Lesson {
  readonly signals: readonly string[];
  readonly service: string;
  readonly category: string;
}

/** A feature that speaks for a cause, in words, and by how much it raises the logarithm of its odds. */
export interface Reason {
  readonly told: string;
  readonly weight: number;
}

/** One explanation; the chances of all of them add up to 1. */
export interface Explanation {
  readonly service: string;
  readonly category: string;
  readonly chance: number;
}

/** What a team's own history taught about which signals tell causes apart. */
export interface CauseModel {
  /** Every explanation, likeliest first; none when the signals say nothing that was ever seen. */
  explain(scene: Scene): Explanation[];
  /** What speaks for one explanation, loudest first. */
  listReasons(scene: Scene, cause: Pick<Explanation, 'service' | 'category'>): Reason[];
  /** The part that a service plays in a scene, to be compared with another's. */
  describeRole(scene: Scene, service: string): Row;
  /** How alike two parts are, 0..1; what tells causes apart counts most. */
  compareRoles(a: Row, b: Row): number;
}

/** How strongly weights are held at 0; the same for both questions. Between 1 and 6 it matters little. */
const RIDGE = 2;
/** Reading a scene, and building its features, take as long as reading so many characters. */
const SCENE_COST = 3_000;
const FEATURES_COST = 1_500;
const ROW_COST = 200;

interface Fitted {
  readonly vocabulary: Vocabulary;
  readonly weights: Float64Array;
}

/**
 * Two questions in a row, each a regularised choice learnt from past incidents: whose doing is it, and, if it is that
 * service, what kind of fault? A cause's chance is the product. Features name no service where they can, so that what
 * happened to one tells of another.
 */
export async function fitCauses(
  lessons: readonly Lesson[],
  declaredCalls: Iterable<readonly [string, string]>,
  pace: Pace,
): Promise<CauseModel> {
  const past: (Lesson & { readonly scene: Scene })[] = [];
  for (const lesson of lessons) {
    past.push({ ...lesson, scene: buildScene(lesson.signals) });
    await pace.spend(SCENE_COST);
  }
  const calls = collectCalls(
    past.map(({ scene }) => scene),
    declaredCalls,
  );
  const history = new Map<string, number>();
  for (const { service } of lessons) history.set(service, (history.get(service) ?? 0) + 1);
  const categories = [...new Set(lessons.map(({ category }) => category))].sort();
  const whose = await fitCulprit(past, calls, history, { ridge: RIDGE, pace });
  const which = await fitFault(past, categories, calls, pace);
  return buildModel(whose, which, { calls, history, categories });
}

async function fitFault(
  past: readonly (Lesson & { readonly scene: Scene })[],
  categories: readonly string[],
  calls: Calls,
  pace: Pace,
): Promise<Fitted> {
  const words = createVocabulary();
  const raw: { chosen: number; row: Row }[] = [];
  for (const { scene, service, category } of past) {
    raw.push({ chosen: categories.indexOf(category), row: words.add(faultFeatures(scene, service, calls)) });
    await pace.spend(FEATURES_COST);
  }
  const { vocabulary, renumber } = await words.finish(pace);
  const choices: Choice[] = [];
  for (const { chosen, row } of raw) {
    choices.push({ chosen, rows: [renumber(row)] });
    await pace.spend(ROW_COST);
  }
  const shape = { features: vocabulary.size, options: categories.length, ridge: RIDGE };
  return { vocabulary, weights: await fitChoices(choices, shape, pace) };
}

interface Past {
  readonly calls: Calls;
  readonly history: ReadonlyMap<string, number>;
  readonly categories: readonly string[];
}

function buildModel(whose: CulpritModel, which: Fitted, { calls, history, categories }: Past): CauseModel {
  const faultRow = (scene: Scene, service: string) => which.vocabulary.toRow(faultFeatures(scene, service, calls));
  const spread = spreadOf(which, categories.length);
  return {
    explain: (scene) => {
      const services = [...new Set([...history.keys(), ...scene.byService.keys()])].sort();
      const faults = services.map((service) => faultRow(scene, service));
      if (faults.every(({ index }) => index.length === 0)) return [];
      const chances = whose.weigh(scene, services);
      return services
        .flatMap((service, at) => {
          const shares = weighOptions(faults.slice(at, at + 1), which.weights, categories.length);
          return categories.map((category, number) => ({
            service,
            category,
            chance: (chances[at] ?? 0) * (shares[number] ?? 0),
          }));
        })
        .sort((a, b) => b.chance - a.chance);
    },
    listReasons: (scene, { service, category }) => {
      const option = categories.indexOf(category);
      const weights = new Map(whose.listWeights(scene, service));
      const { index, value } = faultRow(scene, service);
      for (const [at, feature] of index.entries()) {
        const told = which.vocabulary.names[feature] ?? '';
        const weight = (value[at] ?? 0) * leadOf(which.weights, feature, option, categories.length);
        weights.set(told, (weights.get(told) ?? 0) + weight);
      }
      return [...weights].map(([told, weight]) => ({ told, weight })).sort((a, b) => b.weight - a.weight);
    },
    describeRole: faultRow,
    compareRoles: (a, b) => cosine(a, b, spread),
  };
}

/** How far the feature's weight for this category lies above its mean over all. */
function leadOf(weights: Float64Array, feature: number, option: number, options: number): number {
  const own = weights.subarray(feature * options, (feature + 1) * options);
  return (own[option] ?? 0) - own.reduce((sum, weight) => sum + weight, 0) / options;
}

/** How far apart a feature's weights are over the categories: how much it tells. */
function spreadOf({ vocabulary, weights }: Fitted, options: number): Float64Array {
  return Float64Array.from({ length: vocabulary.size }, (_, feature) => {
    const own = weights.subarray(feature * options, (feature + 1) * options);
    const mean = own.reduce((sum, weight) => sum + weight, 0) / options;
    return Math.sqrt(own.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / options);
  });
}

function cosine(a: Row, b: Row, scale: Float64Array): number {
  const one = weigh(a, scale);
  const other = weigh(b, scale);
  let product = 0;
  for (const [feature, weight] of other) product += weight * (one.get(feature) ?? 0);
  const length = lengthOf(one) * lengthOf(other);
  return length === 0 ? 0 : Math.min(1, Math.max(0, product / length));
}

function weigh({ index, value }: Row, scale: Float64Array): Map<number, number> {
  const weighed = new Map<number, number>();
  for (const [at, feature] of index.entries()) weighed.set(feature, (value[at] ?? 0) * (scale[feature] ?? 0));
  return weighed;
}

function lengthOf(weights: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const weight of weights.values()) sum += weight * weight;
  return Math.sqrt(sum);
}
