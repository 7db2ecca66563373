import type { Incident } from '../../domain/document.ts';
import type { Signal } from '../../domain/signal.ts';
import type { ServiceGraph } from '../../domain/topology.ts';
import { createPace, type Pace } from '../retrieve/pace.ts';
import type { Row } from './choice.ts';
import { type CauseModel, type Explanation, fitCauses, type Lesson, type Reason } from './model.ts';
import { buildScene, groupBy } from './scene.ts';

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

/** What a team's incidents teach about causes, as of now or of a day. */
export interface CauseIndex {
  /** Likeliest first, each with at least one backer; none without signals or with too little history. */
  explain(signals: readonly Signal[], asOf?: Date): Promise<BackedCause[]>;
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
/** Models of past days that are kept: a backtest asks about one day after the other. */
const KEPT_DAYS = 2;

interface Taught extends Lesson {
  readonly incident: Incident;
}

interface Learnt {
  readonly model: CauseModel;
  readonly byCategory: ReadonlyMap<string, readonly (Taught & { readonly role: Row })[]>;
}

/** Learns at once from all incidents; what was known at an earlier day is learnt when somebody asks as of that day. */
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
  const byDay = new Map<string, Promise<Learnt | undefined>>();
  const learnAsOf = (day: string) => {
    const isBefore = (incident: Incident) => incident.date !== undefined && incident.date < day;
    const before = written.filter(({ incident }) => isBefore(incident) && !isCorrected(incident, byId, isBefore));
    return isSame(before, lessons) ? now : learn(before, calls, createPace());
  };
  return {
    explain: async (signals, asOf) => {
      if (signals.length === 0) return [];
      const learnt = asOf === undefined ? now : await keep(byDay, asOf.toISOString().slice(0, 10), learnAsOf);
      return learnt ? explainBy(learnt, signals) : [];
    },
  };
}

/**
 * A cause that was found to be wrong teaches nothing; as of a day before what corrects it, nobody knew better.
 */
function isCorrected(
  { supersededBy }: Incident,
  byId: ReadonlyMap<string, Incident>,
  isBefore: (incident: Incident) => boolean,
): boolean {
  if (supersededBy === undefined) return false;
  const successor = byId.get(supersededBy);
  return successor !== undefined && isBefore(successor);
}

function isSame(some: readonly Taught[], others: readonly Taught[]): boolean {
  return some.length === others.length && some.every((lesson, at) => lesson === others[at]);
}

/** A cause whose service or category nobody wrote down teaches nothing. */
function toLesson(incident: Incident): Taught[] {
  const { category, rootCause, signals } = incident;
  const service = rootCause?.service;
  if (category === undefined || service === undefined || signals.length === 0) return [];
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
  return { model, byCategory: groupBy(known, ({ category }) => category) };
}

function explainBy({ model, byCategory }: Learnt, signals: readonly Signal[]): BackedCause[] {
  const scene = buildScene(signals);
  return model
    .explain(scene)
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

function keep<T>(kept: Map<string, Promise<T>>, key: string, make: (key: string) => Promise<T> | T): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const made = Promise.resolve(make(key));
  kept.set(key, made);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_DAYS && oldest !== undefined) kept.delete(oldest);
  return made;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
