import type { App } from '../../src/app.ts';
import type { Incident, KnowledgeDocument } from '../../src/domain/document.ts';
import type { SearchResult } from '../../src/domain/evidence.ts';
import { byMetric, type Figures, judge } from '../comparison.ts';
import { measureMean } from '../metrics.ts';
import type { Question } from '../questions.ts';
import { listIncidentQuestions } from './incident-questions.ts';

export const HALF_LIVES = [30, 90, 180, 365, 730, 'none'] as const;
type HalfLife = (typeof HALF_LIVES)[number];

/** How much of a score age may take away, and the floor below which nothing decays. */
interface Weight {
  readonly share: number;
  readonly floor: number;
}

/** What age may do in retrieve/boosts.ts, then more, then everything: to see where it would begin to hurt. */
const WEIGHTS: readonly Weight[] = [
  { share: 0.1, floor: 0.5 },
  { share: 1, floor: 0.5 },
  { share: 1, floor: 0 },
];

export interface DecayFigures {
  readonly set: string;
  readonly halfLifeDays: HalfLife;
  readonly weight: Weight;
  readonly figures: Figures;
}

export interface DecayReport {
  readonly rows: readonly DecayFigures[];
  /** How many days before each incident its nearest right precedent was, sorted. */
  readonly ages: readonly number[];
}

const DAY_MS = 86_400_000;

/** Incidents as of their own days, found without regard to age; then each half-life reorders what was found. */
export async function measureDecay({ app, documents }: DecayInput): Promise<DecayReport> {
  const incidents = documents.filter((document) => document.kind === 'incident');
  const dates = new Map(incidents.flatMap(({ id, date }) => (date === undefined ? [] : [[id, date] as const])));
  const groups = listIncidentQuestions(incidents.filter(({ date }) => date !== undefined)).groups.filter(
    ({ variant }) => variant === 'as alerted',
  );
  if (groups.length === 0)
    throw new Error('nothing to measure: not a single dated incident has an earlier one like it');
  const rows: DecayFigures[] = [];
  for (const { set, questions } of groups) {
    const found = await findAll(questions, app);
    for (const weight of WEIGHTS) {
      for (const halfLifeDays of HALF_LIVES) {
        const reorder = (one: Found) => rankByAge(one, dates, halfLifeDays, weight);
        const figures = byMetric((metric) =>
          measureMean(found.map((one) => judge(metric, reorder(one), one.question))),
        );
        rows.push({ set, halfLifeDays, weight, figures });
      }
    }
  }
  return {
    rows,
    ages: listAges(
      incidents,
      groups.flatMap(({ questions }) => questions),
      dates,
    ),
  };
}

interface DecayInput {
  readonly app: Pick<App, 'search'>;
  readonly documents: readonly KnowledgeDocument[];
}

interface Found {
  readonly question: Question;
  readonly now: Date;
  readonly results: readonly SearchResult[];
}

async function findAll(questions: readonly Question[], app: Pick<App, 'search'>): Promise<Found[]> {
  const found: Found[] = [];
  for (const question of questions) {
    const { results } = await app.search({ ...question.request, without: ['decay'] });
    found.push({ question, now: new Date(question.request.asOf ?? 0), results });
  }
  return found;
}

function rankByAge(
  { question, now, results }: Found,
  dates: ReadonlyMap<string, string>,
  halfLifeDays: HalfLife,
  { share, floor }: Weight,
): string[] {
  const keep = (id: string) => {
    const days = (now.getTime() - Date.parse(dates.get(id) ?? '')) / DAY_MS;
    return halfLifeDays === 'none' ? 1 : 1 - share * (1 - Math.max(floor, 0.5 ** (days / halfLifeDays)));
  };
  return results
    .filter(({ id }) => question.isKnown?.(id) ?? true)
    .map(({ id, score }) => ({ id, score: score * keep(id) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

function listAges(
  incidents: readonly Incident[],
  questions: readonly Question[],
  dates: ReadonlyMap<string, string>,
): number[] {
  const ages = incidents.flatMap(({ id, date }) => {
    const right = questions.find((question) => question.id === id)?.relevant ?? [];
    const days = [...right].map((other) => (Date.parse(date ?? '') - Date.parse(dates.get(other) ?? '')) / DAY_MS);
    return days.length === 0 ? [] : [Math.min(...days)];
  });
  return ages.sort((a, b) => a - b);
}
