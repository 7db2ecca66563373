import { z } from 'zod';
import type { RootCausePrediction } from '../../domain/diagnosis.ts';
import type { Attempt } from '../../domain/model-failure.ts';
import { type FencedPiece, fence } from '../../llm/fence.ts';
import { readAnswer } from '../../llm/structured.ts';
import type { ChatModel, ChatRequest } from '../../ports.ts';
import { listFailures } from '../predict/llm/by-llm-attempts.ts';
import type { Exhibit } from '../predict/llm/exhibits.ts';
import {
  writeAnalysisPrompt,
  writeCauseScorePrompt,
  writeEvidenceScorePrompt,
} from '../predict/llm/prompts/score-prompts.v1.ts';
import type { Feature } from './features.ts';

/** What a model thinks of the evidence and of the cause; absent when it gave no opinion. */
export interface LlmFeatures {
  readonly evaluation?: Feature;
  readonly cause?: Feature;
}

export interface Scoring {
  readonly chatModel: ChatModel;
  /** Opinions of each; none asks nothing. */
  readonly samples: number;
  readonly onAttempt: (attempt: Attempt) => void;
}

const TEMPERATURE = 1;
const MAX_ANALYSIS = 4_000;
const PAST = /^P\d/;
const PRESENT = /^[ATG]\d/;

/**
 * PACE-LM's two scores as a model gives them (arXiv 2309.05833): it analyses whether history suffices to judge, then says
 * yes or no, and scores the candidate, each in a call of its own; the mean over several counts. Nothing here fails:
 * an opinion that does not come is told to `onAttempt`, and the features that can be counted stand alone.
 */
export async function scoreByLlm(
  { rootCause }: RootCausePrediction,
  shown: ReadonlyMap<string, Exhibit>,
  { chatModel, samples, onAttempt }: Scoring,
  signal: AbortSignal,
): Promise<LlmFeatures> {
  // No known cause is no candidate: such an answer is withheld whatever anybody thinks of it.
  if (samples === 0 || rootCause.category === 'unseen') return {};
  const exhibits = [...shown.values()].filter(({ id }) => PAST.test(id) || PRESENT.test(id));
  const parts: Parts = { exhibits, candidate: { id: 'CANDIDATE', text: describe(rootCause) } };
  const ask = askOf(chatModel, onAttempt, signal);
  const opinions = await Promise.all(Array.from({ length: samples }, () => giveOpinion(parts, ask)));
  const verdicts = opinions.flatMap(({ isSufficient }) => isSufficient ?? []);
  const scores = opinions.flatMap(({ score }) => score ?? []);
  return {
    ...(verdicts.length === 0 ? {} : { evaluation: toEvaluation(verdicts) }),
    ...(scores.length === 0 ? {} : { cause: toCause(scores) }),
  };
}

/** One more yes and one more no than were said: three voices of three are no certainty. */
function toEvaluation(verdicts: readonly boolean[]): Feature {
  const yes = verdicts.filter(Boolean).length;
  return {
    name: 'llm-evidence',
    value: (yes + 1) / (verdicts.length + 2),
    reason: `the LLM finds evidence enough to judge in ${yes} of ${verdicts.length} analyses`,
  };
}

function toCause(scores: readonly number[]): Feature {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const of = scores.length === 1 ? 'in one analysis' : `on average over ${scores.length} analyses`;
  return { name: 'llm-cause', value: mean / 10, reason: `the LLM gives this cause ${mean.toFixed(1)} of 10 ${of}` };
}

interface Parts {
  /** Past incidents, and what happens now. */
  readonly exhibits: readonly FencedPiece[];
  readonly candidate: FencedPiece;
}

interface Opinion {
  readonly isSufficient?: boolean | undefined;
  readonly score?: number | undefined;
}

type Ask = <T>(
  request: Pick<ChatRequest, 'system' | 'user'>,
  read: (text: string) => T | undefined,
) => Promise<T | undefined>;

async function giveOpinion({ exhibits, candidate }: Parts, ask: Ask): Promise<Opinion> {
  const known = layOut(exhibits);
  const said = await ask(writeAnalysisPrompt(known.key, known.pick(PRESENT), known.pick(PAST)), readText);
  if (said === undefined) return {};
  // What a model wrote of evidence may repeat what was planted in it.
  const analysis = { id: 'ANALYSIS', text: said };
  const decided = layOut([analysis]);
  const scored = layOut([...exhibits.filter(({ id }) => PAST.test(id)), analysis, candidate]);
  const scorePrompt = writeCauseScorePrompt(scored.key, {
    history: scored.pick(PAST),
    analysis: scored.pick(/^ANALYSIS$/),
    candidate: scored.pick(/^CANDIDATE$/),
  });
  const [isSufficient, score] = await Promise.all([
    ask(writeEvidenceScorePrompt(decided.key, decided.pick(/^ANALYSIS$/)), readVerdict),
    ask(scorePrompt, readScore),
  ]);
  return { isSufficient, score };
}

/** All pieces under one key; `pick` gives those whose id fits. */
function layOut(pieces: readonly FencedPiece[]): { readonly key: string; readonly pick: (ids: RegExp) => string } {
  const { key, blocks } = fence(pieces);
  const pick = (ids: RegExp) => blocks.filter((_, index) => ids.test(pieces[index]?.id ?? '')).join('\n\n') || '(none)';
  return { key, pick };
}

function askOf(chatModel: ChatModel, onAttempt: (attempt: Attempt) => void, signal: AbortSignal): Ask {
  return async (request, read) => {
    try {
      const { text, model, attempts } = await chatModel.complete({ ...request, temperature: TEMPERATURE }, signal);
      attempts?.forEach(onAttempt);
      const opinion = read(text);
      if (opinion === undefined) onAttempt({ model, reason: 'scoring: it gave no opinion that could be read' });
      return opinion;
    } catch (error) {
      for (const { model, reason } of listFailures(error, chatModel.name))
        onAttempt({ model, reason: `scoring: ${reason}` });
      return undefined;
    }
  };
}

function readText(text: string): string | undefined {
  return text.trim().slice(0, MAX_ANALYSIS) || undefined;
}

const Verdict = z.object({
  sufficient: z.union([
    z.boolean(),
    z
      .string()
      .regex(/^\s*(?:yes|no|true|false)\b/i)
      .transform((word) => /^\s*(?:yes|true)/i.test(word)),
  ]),
});

function readVerdict(text: string): boolean | undefined {
  const reading = readAnswer(text, Verdict);
  if (reading.isValid) return reading.value.sufficient;
  const [, word] = /^\W{0,20}(yes|no)\b/i.exec(text) ?? [];
  return word === undefined ? undefined : word.toLowerCase() === 'yes';
}

/** "7", "7/10" and "7 out of 10" all mean the same. */
const Score = z.object({
  score: z.union([z.number(), z.string().transform((text) => Number.parseFloat(text))]).pipe(z.number().min(0).max(10)),
});

function readScore(text: string): number | undefined {
  const reading = readAnswer(text, Score);
  if (reading.isValid) return reading.value.score;
  const [, number] = /^[\s*]{0,20}(\d{1,2}(?:\.\d{1,3})?)\s{0,3}(?:\/\s{0,3}10)?[\s.*]{0,20}$/.exec(text) ?? [];
  const score = Number(number);
  return number !== undefined && score <= 10 ? score : undefined;
}

function describe({ category, service, summary }: RootCausePrediction['rootCause']): string {
  return `Category: ${category}\nService at fault: ${service ?? '(not named)'}\nRoot cause: ${summary}`;
}
