import { createHash } from 'node:crypto';
import type { Incident } from '../../domain/document.ts';
import type { Signal } from '../../domain/signal.ts';
import type { ServiceGraph } from '../../domain/topology.ts';
import { createPace, type Pace } from '../retrieve/pace.ts';
import { type CauseChances, weighCauses } from './chances.ts';
import type { Row } from './choice.ts';
import { type CauseModel, type Explanation, fitCauses, type Lesson, type Reason } from './model.ts';
import { fitNovelty, type Novelty, type Strangeness } from './novelty.ts';
import { buildScene, groupBy, type Scene } from './scene.ts';

/** A past incident that an explanation is drawn from, and how alike the culprit's part was, 0..1. */
export interface Backer {
  readonly incident: Incident;
  readonly likeness: number;
}

/** An explanation with the past incidents that it is drawn from. */
export interface BackedCause extends Explanation {
  /** Incidents of the same category: those on this service, or, where none is, on services whose part was most alike. */
  readonly backers: readonly Backer[];
  /** What speaks for it, loudest first. */
  readonly reasons: readonly Reason[];
}

/** How unlike every known kind of fault something is, judged by the part that its likeliest culprit plays. */
export interface JudgedNovelty extends Omit<Strangeness, 'nearest'> {
  readonly service: string;
  /** The past incidents most like it, the nearest first. */
  readonly nearest: readonly Incident[];
}

/** What may be learnt from: incidents before a day, and none of these. */
export interface CauseHistory {
  readonly asOf?: Date | undefined;
  readonly withheld?: readonly string[] | undefined;
}

/** What a team's incidents teach about causes, as of now or of a day. */
export interface CauseIndex {
  /** Likeliest first, each with at least one backer; none without signals or with too little history. */
  explain(signals: readonly Signal[], history?: CauseHistory): Promise<BackedCause[]>;
  /** Every cause, not the first few; undefined where `explain` names none. */
  weigh(signals: readonly Signal[], history?: CauseHistory): Promise<CauseChances | undefined>;
  /** Undefined where `explain` names none, and where the history is too short to say; `countOf`: what else speaks for a service. */
  judgeNovelty(
    signals: readonly Signal[],
    history?: CauseHistory,
    countOf?: (service: string) => number,
  ): Promise<JudgedNovelty | undefined>;
}

/** Fewer known causes than this teach nothing that their resemblance does not say. */
const MIN_LESSONS = 5;
/** Weights settle long before; more would only take longer to learn from. The latest count. */
const MAX_LESSONS = 1_000;
const MAX_CAUSES = 8;
const MAX_BACKERS = 3;
const MAX_REASONS = 5;
/** Describing one scene takes as long as reading so many characters. */
const SCENE_COST = 2_000;
/** Models of other histories that are kept: a backtest asks about one day after the other. */
const KEPT_HISTORIES = 2;

interface Taught extends Lesson {
  readonly incident: Incident;
}

interface Learnt {
  readonly model: CauseModel;
  /** Latest first. */
  readonly known: readonly Taught[];
  readonly novelty: Novelty | undefined;
  /** Several things are asked of the same signals at once. */
  readonly explained: WeakMap<readonly Signal[], readonly Explanation[]>;
  readonly byCategory: ReadonlyMap<string, readonly (Taught & { readonly role: Row })[]>;
}

/** Learns at once from all incidents; what a part of them teaches, when somebody asks as of an earlier day or without some. */
export async function buildCauseIndex(
  incidents: readonly Incident[],
  graph: Pick<ServiceGraph, 'downstream'>,
  pace: Pace = createPace(),
): Promise<CauseIndex> {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const written = incidents.flatMap(toLesson);
  const lessons = written.filter(({ incident }) => incident.supersededBy === undefined);
  const calls = [...graph.downstream].flatMap(([from, all]) => [...all].map((to) => [from, to] as const));
  const now = await learn(lessons, calls, pace);
  const kept = new Map<string, Promise<Learnt | undefined>>();
  const learnFrom = ({ asOf, withheld = [] }: CauseHistory): Promise<Learnt | undefined> | Learnt | undefined => {
    if (asOf === undefined && withheld.length === 0) return now;
    const day = asOf?.toISOString().slice(0, 10);
    const without = new Set(withheld);
    const isKnown = ({ id, date }: Incident) =>
      !without.has(id) && (day === undefined || (date !== undefined && date < day));
    // A cause that was found to be wrong teaches nothing; while what corrects it is unknown, nobody knows better.
    const isCorrected = ({ supersededBy }: Incident) => {
      const successor = byId.get(supersededBy ?? '');
      return supersededBy !== undefined && (successor ? isKnown(successor) : day === undefined);
    };
    const known = written.filter(({ incident }) => isKnown(incident) && !isCorrected(incident));
    if (isSame(known, lessons)) return now;
    const key = JSON.stringify(known.map(({ incident }) => incident.id));
    return keep(kept, createHash('sha256').update(key).digest('hex'), () => learn(known, calls, createPace()));
  };
  return {
    explain: async (signals, history = {}) => {
      if (signals.length === 0) return [];
      const learnt = await learnFrom(history);
      return learnt ? explainBy(learnt, signals) : [];
    },
    weigh: async (signals, history = {}) => {
      const learnt = signals.length === 0 ? undefined : await learnFrom(history);
      return learnt && weighCauses(learnt.model, signals, explainOnce(learnt, signals, buildScene(signals)));
    },
    judgeNovelty: async (signals, history = {}, countOf = () => 1) => {
      const learnt = signals.length === 0 ? undefined : await learnFrom(history);
      return learnt && judgeBy(learnt, signals, countOf);
    },
  };
}

function isSame(some: readonly Taught[], others: readonly Taught[]): boolean {
  return some.length === others.length && some.every((lesson, at) => lesson === others[at]);
}

/** A cause whose service or category nobody wrote down teaches nothing, nor one that nobody has reviewed. */
function toLesson(incident: Incident): Taught[] {
  const { category, rootCause, signals, status } = incident;
  const service = rootCause?.service;
  if (status === 'draft' || category === undefined || service === undefined || signals.length === 0) return [];
  return [{ incident, signals, service, category }];
}

async function learn(
  lessons: readonly Taught[],
  calls: readonly (readonly [string, string])[],
  pace: Pace,
): Promise<Learnt | undefined> {
  if (lessons.length < MIN_LESSONS) return undefined;
  const latest = [...lessons]
    .sort(
      (a, b) => compareText(b.incident.date ?? '', a.incident.date ?? '') || compareText(a.incident.id, b.incident.id),
    )
    .slice(0, MAX_LESSONS);
  const model = await fitCauses(latest, calls, pace);
  const known: (Taught & { readonly role: Row })[] = [];
  for (const lesson of latest) {
    known.push({ ...lesson, role: model.describeRole(buildScene(lesson.signals), lesson.service) });
    await pace.spend(SCENE_COST);
  }
  const novelty = await fitNovelty(known, pace);
  return { model, known, novelty, byCategory: groupBy(known, ({ category }) => category), explained: new WeakMap() };
}

function explainOnce({ model, explained }: Learnt, signals: readonly Signal[], scene: Scene): readonly Explanation[] {
  const causes = explained.get(signals) ?? model.explain(scene);
  explained.set(signals, causes);
  return causes;
}

function explainBy(learnt: Learnt, signals: readonly Signal[]): BackedCause[] {
  const { model, byCategory } = learnt;
  const scene = buildScene(signals);
  return explainOnce(learnt, signals, scene)
    .slice(0, MAX_CAUSES)
    .map((cause) => {
      const role = model.describeRole(scene, cause.service);
      const alike = byCategory.get(cause.category) ?? [];
      const here = alike.filter(({ service }) => service === cause.service);
      const backers = (here.length > 0 ? here : alike)
        .map(({ incident, role: then }) => ({ incident, likeness: model.compareRoles(role, then) }))
        .sort((a, b) => b.likeness - a.likeness || compareText(a.incident.id, b.incident.id))
        .slice(0, MAX_BACKERS);
      const reasons = model.listReasons(scene, cause).filter(({ weight }) => weight > 0);
      return { ...cause, backers, reasons: reasons.slice(0, MAX_REASONS) };
    });
}

/** At the service that is likeliest the culprit, whatever its fault. */
function judgeBy(
  learnt: Learnt,
  signals: readonly Signal[],
  countOf: (service: string) => number,
): JudgedNovelty | undefined {
  const { model, known, novelty } = learnt;
  if (novelty === undefined) return undefined;
  const scene = buildScene(signals);
  const likely = new Map<string, number>();
  for (const { service, chance } of explainOnce(learnt, signals, scene))
    likely.set(service, (likely.get(service) ?? 0) + chance);
  const standing = [...likely].map(([service, chance]) => ({ service, weight: chance * countOf(service) }));
  const [first] = standing.sort((a, b) => b.weight - a.weight);
  if (first === undefined) return undefined;
  const { nearest, ...strange } = novelty.judge(model.describeRole(scene, first.service));
  return {
    ...strange,
    service: first.service,
    nearest: nearest.flatMap((number) => known[number]?.incident ?? []),
  };
}

function keep<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_HISTORIES && oldest !== undefined) kept.delete(oldest);
  return made;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
