import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import type { SearchPorts } from '../diagnose/search.ts';
import type { AskAnswer, AskRefusal, AskRequest, AskSentence, AskSource } from '../domain/ask.ts';
import type { ConversationTurn } from '../domain/conversation.ts';
import { keyOf } from '../domain/document.ts';
import type { EngineName } from '../domain/engine.ts';
import { answerByExtract } from './by-extract.ts';
import { type Interview, type LlmPorts, openInterview } from './by-llm.ts';
import { readQuestion } from './facets.ts';
import { type Found, type FoundSource, findSources } from './find-sources.ts';
import { listServiceNames } from './named.ts';
import { orderSources } from './order.ts';
import { renderRefusal, renderSentences } from './render.ts';
import { type Understood, understand } from './understand.ts';

export type AskPorts = SearchPorts & LlmPorts;

/** Told as the answer comes to be, so that whoever waits can read along. */
export interface AskObserver {
  readonly onSources?: (sources: readonly AskSource[]) => void;
  /** Each is verified already, and stays. */
  readonly onSentence?: (sentence: AskSentence) => void;
}

export type Answered = Omit<AskAnswer, 'conversation'>;

/**
 * understand → retrieve → refuse → answer. Without a model the answer is quoted; with one it is worded, and each sentence of
 * it that the documents do not bear out is dropped. Only what the answer cannot do without (index, embedder) throws.
 */
export async function ask(
  request: Omit<AskRequest, 'conversation'>,
  turns: readonly ConversationTurn[],
  knowledge: Knowledge,
  ports: AskPorts,
  { onSources, onSentence }: AskObserver = {},
  signal?: AbortSignal,
): Promise<Answered> {
  const { stage, timings } = createClock(ports.elapsed);
  const interview = ports.chatModel && openInterview(ports.chatModel, ports, signal);
  const understood = await stage('understand', () => resolve(request.question, turns, knowledge, interview));
  const found = await stage('retrieve', () => findSources(understood, request, knowledge, ports, signal));
  const ordered = orderSources(found.sources, understood, knowledge);
  const others = found.sources.filter((source) => !ordered.includes(source));
  const retrieved = [...ordered, ...others].map(toSource);
  onSources?.(retrieved);
  const refusal = findRefusal(understood, found);
  const said = refusal
    ? undefined
    : await stage('answer', () => answer(request.question, understood, ordered, knowledge, interview));
  for (const sentence of said?.sentences ?? []) onSentence?.(sentence);
  const sources = [...retrieved, ...listFurther(said?.sentences ?? [], retrieved, knowledge)];
  const outcome = conclude(said, refusal, sources);
  const { generation } = knowledge;
  return {
    ...outcome,
    sources,
    answerable: found.answerable,
    provenance: {
      generation: generation.key,
      model: generation.model,
      timings,
      ...(interview?.report().llm?.calls ? interview.report() : {}),
      ...(found.degraded.length === 0 ? {} : { degraded: [...found.degraded] }),
    },
  };
}

/** By the conversation's words; a model may say it better, in no other words than those. */
async function resolve(
  question: string,
  turns: readonly ConversationTurn[],
  { knownServices }: Pick<Knowledge, 'knownServices'>,
  interview: Interview | undefined,
): Promise<Understood> {
  const understood = understand(question, turns, (text) => listServiceNames(text, knownServices).length > 0);
  if (!interview || understood.follows === 'nothing') return understood;
  const rewritten = await interview.rewrite(question, turns);
  return rewritten === undefined
    ? understood
    : { ...understood, text: readQuestion(rewritten).subject || understood.text };
}

function findRefusal({ lacksSubject, follows }: Understood, { isAnswerable, sources }: Found): AskRefusal | undefined {
  if (lacksSubject) return 'no-subject';
  if (isAnswerable && sources.length > 0) return undefined;
  return follows === 'earlier' ? 'no-earlier' : 'off-topic';
}

interface Said {
  readonly engine: EngineName;
  readonly sentences: readonly AskSentence[];
}

async function answer(
  question: string,
  understood: Understood,
  ordered: readonly FoundSource[],
  knowledge: Knowledge,
  interview: Interview | undefined,
): Promise<Said> {
  const worded = (await interview?.answer(question, ordered, knowledge)) ?? [];
  if (worded.length > 0) return { engine: 'llm', sentences: worded };
  return { engine: 'precedent', sentences: answerByExtract(understood, ordered, knowledge) };
}

function conclude(said: Said | undefined, refusal: AskRefusal | undefined, sources: readonly AskSource[]) {
  const reason = refusal ?? (said?.sentences.length ? undefined : 'not-said');
  if (reason !== undefined || !said) {
    const why = reason ?? 'not-said';
    return {
      kind: 'refused' as const,
      reason: why,
      engine: 'precedent' as const,
      text: renderRefusal(why, sources),
      sentences: [],
    };
  }
  const sentences = [...said.sentences];
  return { kind: 'answered' as const, engine: said.engine, text: renderSentences(sentences, sources), sentences };
}

/** Documents that are cited beside those that were found: who calls a service is told by its callers. */
function listFurther(
  sentences: readonly AskSentence[],
  known: readonly AskSource[],
  { documents }: Pick<Knowledge, 'documents'>,
): AskSource[] {
  const keys = new Set(known.map(keyOf));
  const cited = new Set(sentences.flatMap(({ citations }) => citations.map(({ document }) => document)));
  return [...cited].flatMap((key): AskSource[] => {
    const document = keys.has(key) ? undefined : documents.get(key);
    return document ? [toSource({ ...document, score: 1 })] : [];
  });
}

function toSource({ kind, id, title, score, source }: AskSource): AskSource {
  return { kind, id, title, score, source };
}

function createClock(elapsed: () => number) {
  const timings: Record<string, number> = {};
  const stage = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    const start = elapsed();
    try {
      return await run();
    } finally {
      timings[name] = Math.round((elapsed() - start) * 10) / 10;
    }
  };
  return { stage, timings };
}
