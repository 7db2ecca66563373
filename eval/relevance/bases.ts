import { splitIdentifiers } from '../../src/diagnose/retrieve/tokenise.ts';
import type { SearchRequest } from '../../src/domain/request.ts';
import { type Case, type DataSet, type KnowledgeFile, type RetrievalData, toId } from '../datasets.ts';
import { seededRandom } from '../metrics.ts';
import { toSearchRequest } from '../questions.ts';

/** A question in one of its wordings. */
export interface AskedQuestion {
  readonly set: string;
  readonly kind: DataSet['kind'];
  readonly request: SearchRequest;
  readonly relevant: readonly string[];
  /** Which half of the strangers it belongs to: one half is judged by curves fitted on the other. */
  readonly half: 0 | 1 | undefined;
}

/** Some of the documents, as if a team had no more, and who asks them. */
export interface Base {
  /** The set that all its documents come from, or the pool. */
  readonly of: string;
  readonly kind: DataSet['kind'];
  readonly documents: readonly string[];
  readonly questions: readonly AskedQuestion[];
}

export interface Material {
  readonly sets: readonly string[];
  readonly files: readonly KnowledgeFile[];
  readonly bases: readonly Base[];
}

export const POOL = 'pool';
export const STRANGERS = 'strangers';

/** How many documents a base has, and how often such a base is drawn. */
const SIZES = [
  { size: 10, draws: 3 },
  { size: 20, draws: 3 },
  { size: 50, draws: 2 },
  { size: 100, draws: 2 },
] as const;
const HALVES = 2;
const TENTHS = 10;
/** Strangers asked of a drawn base; the whole ones are asked by all. */
const STRANGERS_PER_DRAW = 100;
/** Neighbours in the list tell of one component: they stay in one half. */
const STRANGERS_TOGETHER = 20;

/**
 * Bases of all sizes, because the best of many strangers looks more familiar than the best of few, and with two kinds of
 * questions without an answer: strangers, and, far harder, questions whose own document was taken away.
 */
export function drawBases({ sets: all, unanswerable }: RetrievalData): Material {
  const sets = all.filter(({ name }) => name !== 'pooled').map(moveApart);
  const random = seededRandom(7);
  const strangersOf = (kind: DataSet['kind']) => unanswerable.flatMap((one, at) => askStranger(one, at, kind));
  const bases = sets.flatMap((set): Base[] => {
    const [documents, questions] = [idsOf(set), set.cases.flatMap((one) => ask(one, set))];
    const halves = draws(HALVES, () => pick(documents, Math.ceil(documents.length / 2), random));
    return [
      { of: set.name, kind: set.kind, documents, questions: [...questions, ...strangersOf(set.kind)] },
      ...halves.map((half) => ({
        of: set.name,
        kind: set.kind,
        documents: half,
        questions: [...questions, ...pick(strangersOf(set.kind), STRANGERS_PER_DRAW, random)],
      })),
    ];
  });
  for (const kind of ['runbook', 'incident'] as const) {
    const ofKind = sets.filter((set) => set.kind === kind);
    if (ofKind.length > 0)
      bases.push(...drawPools(ofKind, strangersOf(kind), random).map((base) => ({ ...base, kind })));
  }
  return { sets: sets.map(({ name }) => name), files: sets.flatMap(({ files }) => files), bases };
}

function drawPools(
  sets: readonly DataSet[],
  strangers: readonly AskedQuestion[],
  random: () => number,
): Omit<Base, 'kind'>[] {
  const documents = sets.flatMap(idsOf);
  const questions = sets.flatMap((set) => set.cases.flatMap((one) => ask(one, set)));
  const [only] = sets;
  const of = sets.length === 1 && only ? only.name : POOL;
  const smaller = SIZES.filter(({ size }) => size < documents.length && sets.length > 1).flatMap(({ size, draws: n }) =>
    draws(n, () => ({
      of,
      documents: pick(documents, size, random),
      questions: [...questions, ...pick(strangers, STRANGERS_PER_DRAW, random)],
    })),
  );
  const tenths = Array.from({ length: TENTHS }, (_, tenth) => {
    const left = documents.filter((__, at) => at % TENTHS !== tenth);
    const kept = new Set(left);
    return { of, documents: left, questions: questions.filter(({ relevant }) => !relevant.some((id) => kept.has(id))) };
  });
  const whole = sets.length > 1 ? [{ of, documents, questions: [...questions, ...strangers] }] : [];
  return [...whole, ...smaller, ...tenths];
}

/** Two sets may have a document of one name. */
function moveApart(set: DataSet): DataSet {
  return {
    ...set,
    files: set.files.map(({ path, text }) => ({ path: path.replace('/', `/${set.name}/`), text })),
    cases: set.cases.map((one) => ({ ...one, relevant: one.relevant.map((id) => `${set.name}/${id}`) })),
  };
}

function idsOf({ files }: DataSet): string[] {
  return files.map(({ path }) => toId(path));
}

function askStranger(one: Case, at: number, kind: DataSet['kind']): AskedQuestion[] {
  const half = Math.floor(at / STRANGERS_TOGETHER) % 2 === 0 ? 0 : 1;
  return ask(one, { name: STRANGERS, kind }).map((question) => ({ ...question, half }));
}

/** As an alert without a telling name, as its texts, and as short as people ask: its name in words, its first sentence. */
function ask(one: Case, { name: set, kind }: Pick<DataSet, 'name' | 'kind'>): AskedQuestion[] {
  const { alert, text, relevant } = one;
  const requests: SearchRequest[] = [toSearchRequest(one, 'text-only', { kind, k: 1 })];
  if (alert) requests.push(toSearchRequest(one, 'opaque-name', { kind, k: 1 }));
  if (alert) requests.push({ kinds: [kind], k: 1, query: splitIdentifiers(alert.alertname) });
  const told = alert ? alert.summary || alert.message || alert.description : '';
  const first = told.replaceAll(alert?.alertname ?? ' ', '') || (text.unnamed.split(/(?<=[.!?])\s/, 1)[0] ?? '');
  requests.push({ kinds: [kind], k: 1, query: first });
  return requests
    .filter(({ query, alert: sent }) => sent !== undefined || query?.trim() !== '')
    .map((request) => ({ set, kind, request, relevant, half: undefined }));
}

function draws<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

function pick<T>(items: readonly T[], count: number, random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key);
  return keyed.slice(0, count).map(({ item }) => item);
}
