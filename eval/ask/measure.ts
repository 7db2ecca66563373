import { type Answered, type AskPorts, ask } from '../../src/ask/ask.ts';
import type { Knowledge } from '../../src/diagnose/retrieve/knowledge.ts';
import { createKnowledgeReader } from '../../src/diagnose/retrieve/reader.ts';
import { AskRequest } from '../../src/domain/ask.ts';
import type { Share } from '../../src/domain/backtest.ts';
import type { ConversationTurn } from '../../src/domain/conversation.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import { countShare } from '../diagnosis/share.ts';
import { findStrangeCitations } from './citations.ts';

/** A question, and whose answer is right; nobody's where it must be refused. */
export interface AskedQuestion {
  readonly question: string;
  readonly from: readonly string[];
  readonly says?: RegExp;
}

export interface AskFigures {
  readonly name: string;
  /** Of the questions that have an answer: what is told comes first from the right document. */
  readonly found: Share;
  /** The same, and it says what was asked; of the questions that state what that is. */
  readonly said: Share | undefined;
  /** Of the questions that have an answer. */
  readonly refusedWrongly: Share;
  /** Of those that have none. */
  readonly refusedRightly: Share | undefined;
  /** Of all that were refused. */
  readonly precision: Share | undefined;
  readonly citations: number;
  /** Citations whose lines do not hold their words. */
  readonly strange: readonly string[];
  /** Questions that were answered wrongly or refused wrongly, in words. */
  readonly misses: readonly string[];
}

export interface Desk {
  readonly knowledge: Knowledge;
  readonly ports: AskPorts;
}

/** Asks over an index as the service would, on a day that stands still, without a model. */
export async function openDesk(index: KnowledgeIndex, embedder: Embedder, now: Date): Promise<Desk> {
  const elapsed = () => performance.now();
  const knowledge = await createKnowledgeReader({ index, embedder, elapsed }).current();
  const llmDeadline = () => AbortSignal.timeout(1);
  return { knowledge, ports: { index, embedder, now: () => now, chatModel: undefined, llmDeadline, elapsed } };
}

interface Outcome {
  readonly asked: AskedQuestion;
  readonly answer: Answered;
}

/** Each conversation in its order; a question by itself is a conversation of one. */
export async function measureAsk(
  name: string,
  conversations: readonly (readonly AskedQuestion[])[],
  { knowledge, ports }: Desk,
  findText: (path: string) => string | undefined,
): Promise<AskFigures> {
  const outcomes: Outcome[] = [];
  for (const conversation of conversations) {
    const turns: ConversationTurn[] = [];
    for (const asked of conversation) {
      const answer = await ask(AskRequest.parse({ question: asked.question }), turns, knowledge, ports);
      outcomes.push({ asked, answer });
      turns.push({
        question: asked.question,
        answer: answer.text,
        citations: answer.sentences.flatMap(({ citations }) => citations),
        at: '2026-01-01T00:00:00Z',
      });
    }
  }
  return sumUp(name, outcomes, findText);
}

function sumUp(name: string, outcomes: readonly Outcome[], findText: (path: string) => string | undefined): AskFigures {
  const answerable = outcomes.filter(({ asked }) => asked.from.length > 0);
  const strangers = outcomes.filter(({ asked }) => asked.from.length === 0);
  const refused = outcomes.filter(isRefused);
  const stated = answerable.filter(({ asked }) => asked.says);
  const citations = outcomes.flatMap(({ answer }) => answer.sentences.flatMap((sentence) => sentence.citations));
  return {
    name,
    found: countShare(answerable.map(isFound)),
    said: stated.length === 0 ? undefined : countShare(stated.map((one) => isFound(one) && isSaid(one))),
    refusedWrongly: countShare(answerable.map(isRefused)),
    refusedRightly: strangers.length === 0 ? undefined : countShare(strangers.map(isRefused)),
    precision:
      refused.length === 0 || strangers.length === 0
        ? undefined
        : countShare(refused.map(({ asked }) => asked.from.length === 0)),
    citations: citations.length,
    strange: [...new Set(findStrangeCitations(citations, findText))],
    misses: outcomes.filter(isMissed).slice(0, MAX_MISSES).map(describeMiss),
  };
}

/** Enough to see what sort of questions they are. */
const MAX_MISSES = 20;

function isMissed(one: Outcome): boolean {
  return one.asked.from.length === 0 ? !isRefused(one) : !isFound(one) || !isSaid(one);
}

function isRefused({ answer }: Outcome): boolean {
  return answer.kind === 'refused';
}

/** Who speaks first speaks to the end, but for who calls a service. */
function isFound({ asked, answer }: Outcome): boolean {
  const first = answer.sentences[0]?.citations[0]?.document;
  return first !== undefined && asked.from.includes(first);
}

function isSaid({ asked, answer }: Outcome): boolean {
  return asked.says === undefined || answer.sentences.some(({ text }) => asked.says?.test(text));
}

function describeMiss({ asked, answer }: Outcome): string {
  const by =
    answer.sentences[0]?.citations[0]?.document ?? `refused: ${answer.reason}, ${answer.answerable.score.toFixed(2)}`;
  return `${asked.question.replace(/\s+/g, ' ').slice(0, 120)} → ${by}`;
}
