import type { KnowledgeDocument } from '../domain/document.ts';
import type { SearchResponse } from '../domain/evidence.ts';
import type { SearchRequest } from '../domain/request.ts';
import type { ComparedQuestion, Comparison, DocumentRef, Ranked } from './comparison.ts';
import { ASKED, listQuestions, type Question } from './questions.ts';
import type { AlertRule } from './rules.ts';

/** What someone on call reads before they act. */
const SHOWN = 3;

/** One state of the knowledge, and how to ask it. */
export interface Side {
  readonly documents: readonly KnowledgeDocument[];
  readonly ask: (request: SearchRequest) => Promise<SearchResponse>;
}

type Sides = Readonly<Record<'before' | 'after', Side>>;

/**
 * Asks both sides the same questions: every alerting rule as it is sent and by its words alone, every alert that only a
 * runbook names, and the symptoms of every incident that both sides know.
 */
export async function compareKnowledge(
  base: string,
  sides: Sides,
  rules: readonly AlertRule[],
  onAsked: (done: number, total: number) => void = () => {},
): Promise<Comparison> {
  const questions = listQuestions({ before: sides.before.documents, after: sides.after.documents }, rules);
  const compared: ComparedQuestion[] = [];
  for (const question of questions) {
    compared.push(await compareAnswers(question, sides));
    onAsked(compared.length, questions.length);
  }
  const count = (verdict: ComparedQuestion['verdict']) => compared.filter((one) => one.verdict === verdict).length;
  return {
    base,
    documents: compareDocuments(sides.before.documents, sides.after.documents),
    counts: {
      asked: compared.length,
      better: count('better'),
      worse: count('worse'),
      changed: count('changed'),
      same: count('same'),
    },
    questions: compared.filter(({ verdict }) => verdict !== 'same').sort(byVerdict),
  };
}

const ORDER: readonly ComparedQuestion['verdict'][] = ['worse', 'better', 'changed', 'same'];

function byVerdict(a: ComparedQuestion, b: ComparedQuestion): number {
  return ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict);
}

async function compareAnswers(question: Question, sides: Sides): Promise<ComparedQuestion> {
  const { request, leaveOut, ...asked } = question;
  const [before, after] = await Promise.all([answer(question, sides.before), answer(question, sides.after)]);
  const [rankBefore, rankAfter] = [rankOf(asked.expected, before), rankOf(asked.expected, after)];
  return {
    ...asked,
    before: before.slice(0, SHOWN),
    after: after.slice(0, SHOWN),
    ...(rankBefore === undefined ? {} : { rankBefore }),
    ...(rankAfter === undefined ? {} : { rankAfter }),
    verdict: judge({ before, after, rankBefore, rankAfter }),
  };
}

async function answer({ request, leaveOut }: Question, side: Side): Promise<Ranked[]> {
  const { results } = await side.ask(request);
  return results
    .filter(({ kind, id }) => kind !== 'incident' || id !== leaveOut)
    .slice(0, ASKED)
    .map(({ kind, id, score }) => ({ kind, id, score }));
}

function rankOf(expected: readonly string[], answer: readonly Ranked[]): number | undefined {
  const at = answer.findIndex(({ kind, id }) => kind === 'runbook' && expected.includes(id));
  return at === -1 ? undefined : at + 1;
}

function judge(answers: {
  readonly before: readonly Ranked[];
  readonly after: readonly Ranked[];
  readonly rankBefore: number | undefined;
  readonly rankAfter: number | undefined;
}): ComparedQuestion['verdict'] {
  const { before, after, rankBefore = Number.POSITIVE_INFINITY, rankAfter = Number.POSITIVE_INFINITY } = answers;
  if (rankAfter < rankBefore) return 'better';
  if (rankAfter > rankBefore) return 'worse';
  const shown = (answer: readonly Ranked[]) => answer.slice(0, SHOWN).map(({ kind, id }) => `${kind} ${id}`);
  return shown(before).join('\n') === shown(after).join('\n') ? 'same' : 'changed';
}

function compareDocuments(
  before: readonly KnowledgeDocument[],
  after: readonly KnowledgeDocument[],
): Comparison['documents'] {
  const key = ({ kind, id }: KnowledgeDocument) => `${kind} ${id}`;
  const old = new Map(before.map((document) => [key(document), document]));
  const now = new Map(after.map((document) => [key(document), document]));
  return {
    added: after.filter((document) => !old.has(key(document))).map(toRef),
    removed: before.filter((document) => !now.has(key(document))).map(toRef),
    changed: after
      .filter((document) => {
        const was = old.get(key(document));
        return was !== undefined && idsOf(was) !== idsOf(document);
      })
      .map(toRef),
  };
}

/** Chunks are named after what they hold, so the same ids mean the same text. */
function idsOf(document: KnowledgeDocument): string {
  return document.chunks.map(({ id }) => id).join();
}

function toRef({ kind, id, source }: KnowledgeDocument): DocumentRef {
  return { kind, id, path: source.path, line: source.line };
}
