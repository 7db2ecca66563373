import { z } from 'zod';
import type { Hypothesis, MitigationStep, RootCause, RootCausePrediction } from '../../../domain/diagnosis.ts';
import { keyOf } from '../../../domain/document.ts';
import { toMitigationStep } from '../mitigation.ts';
import {
  cite,
  distinct,
  ModelCitation,
  toCheck,
  type VerifiedCitation,
  verifyCitations,
} from './llm-answer-citations.ts';
import { toSummary } from './llm-answer-summary.ts';
import type { DiagnosePrompt } from './prompt.ts';

const MAX_HYPOTHESES = 4;
/** Each costs a search for its quotes, so further ones are not looked at. */
const MAX_READ_HYPOTHESES = 8;
const MAX_CONTRIBUTING = 3;
const MAX_STEPS = 12;

/** Small models leave out lists, write `null` for them, or cite with one object instead of a list of one. */
function lenientList<T extends z.ZodType>(item: T) {
  const toList = (value: unknown) => (Array.isArray(value) ? value : [value]);
  return z.preprocess((value) => (value === undefined || value === null ? [] : toList(value)), z.array(item));
}

const claim = {
  category: z.string(),
  service: z.string().nullish(),
  summary: z
    .string()
    .transform(toSummary)
    .pipe(z.string().min(1, 'say the cause in words, without commands or addresses')),
  citations: lenientList(ModelCitation),
};

const ModelHypothesis = z.object({
  ...claim,
  /** "0.6", 60 and "60 %" all mean the same. */
  support: z
    .union([z.number(), z.string().transform((text) => Number.parseFloat(text))])
    .catch(0)
    .transform((share) => Math.min(1, Math.max(0, (share > 1 ? share / 100 : share) || 0))),
  check: ModelCitation.nullish().catch(undefined),
});
type ModelHypothesis = z.infer<typeof ModelHypothesis>;

/** What stands beside the answer: an item that does not fit is dropped, and spoils nothing. */
const sideHypotheses = lenientList(z.unknown()).transform((items) =>
  items.slice(0, MAX_READ_HYPOTHESES).flatMap((item) => ModelHypothesis.safeParse(item).data ?? []),
);

const ModelAnswer = z.object({
  ...claim,
  reasoning: z.string().optional().catch(undefined),
  hypotheses: sideHypotheses,
  contributing: sideHypotheses,
  mitigation: lenientList(z.string()),
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/**
 * What an answer to `prompt` must be. That a quote of the root cause stands in the evidence is part of the form, so a
 * model that quoted from memory is told so in the repair round.
 */
export function buildAnswerSchema({ exhibits }: DiagnosePrompt): z.ZodType<ModelAnswer> {
  return ModelAnswer.refine(({ citations }) => verifyCitations(citations, exhibits).length > 0, {
    path: ['citations'],
    message: `cite at least one block that was shown (${[...exhibits.keys()].join(', ')}) with a quote of at least three words that stands in it word for word`,
  });
}

/** Keeps of an answer what evidence bears out. Names are those of the evidence, steps and checks its very words. */
export function toPrediction(answer: ModelAnswer, prompt: DiagnosePrompt): RootCausePrediction {
  const verified = verifyCitations(answer.citations, prompt.exhibits);
  const rootCause = toRootCause(answer, verified, prompt);
  const isOther = (hypothesis: RootCause) => !isSameCause(hypothesis, rootCause);
  const contributing = toHypotheses(answer.contributing, prompt).filter(isOther).slice(0, MAX_CONTRIBUTING);
  return {
    engine: 'llm',
    rootCause,
    hypotheses: rankHypotheses({ ...rootCause, citations: cite(verified) }, toHypotheses(answer.hypotheses, prompt)),
    ...(contributing.length === 0 ? {} : { contributing }),
    mitigation: listMitigation(answer.mitigation, prompt),
  };
}

export function isSameCause(a: Pick<RootCause, 'category' | 'service'>, b: Pick<RootCause, 'category' | 'service'>) {
  return a.category === b.category && a.service === b.service;
}

function toRootCause(
  { category, service, summary }: Pick<ModelAnswer, 'category' | 'service' | 'summary'>,
  verified: readonly VerifiedCitation[],
  { categories, services }: DiagnosePrompt,
): RootCause {
  const known = findName(category, categories);
  const named = findName(service, services);
  // A known cause brings its service along by likeness; an unseen one has nothing but what the cited blocks show.
  const isShown = known !== undefined || verified.some(({ exhibit }) => names(exhibit.text, named));
  return { service: (isShown ? named : undefined) ?? null, category: known ?? 'unseen', summary };
}

/** The name as evidence spells it; undefined for one that evidence does not know. */
function findName(name: string | null | undefined, known: readonly string[]): string | undefined {
  return known.find((candidate) => normaliseName(candidate) === normaliseName(name ?? ''));
}

function normaliseName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
}

function names(text: string, service: string | undefined): boolean {
  return service !== undefined && text.toLowerCase().includes(service.toLowerCase());
}

function toHypotheses(hypotheses: readonly ModelHypothesis[], prompt: DiagnosePrompt): Hypothesis[] {
  const read = hypotheses.flatMap((hypothesis) => toHypothesis(hypothesis, prompt) ?? []);
  return read.filter((one, index) => read.findIndex((other) => isSameCause(one, other)) === index);
}

function toHypothesis(hypothesis: ModelHypothesis, prompt: DiagnosePrompt): Hypothesis | undefined {
  const verified = verifyCitations(hypothesis.citations, prompt.exhibits);
  if (verified.length === 0) return undefined;
  return {
    ...toRootCause(hypothesis, verified, prompt),
    support: hypothesis.support,
    citations: cite(verified),
    check: hypothesis.check ? toCheck(hypothesis.check, prompt) : null,
  };
}

/** The root cause leads, with its support and check when it stands among the hypotheses; shares sum to 1 at most. */
function rankHypotheses(
  rootCause: RootCause & Pick<Hypothesis, 'citations'>,
  hypotheses: readonly Hypothesis[],
): Hypothesis[] {
  const same = hypotheses.find((hypothesis) => isSameCause(hypothesis, rootCause));
  const others = hypotheses.filter((hypothesis) => hypothesis !== same).slice(0, MAX_HYPOTHESES - 1);
  const otherSupport = others.reduce((sum, { support }) => sum + support, 0);
  const first: Hypothesis = {
    ...rootCause,
    support: same?.support ?? Math.max(0, 1 - otherSupport),
    citations: distinct([...rootCause.citations, ...(same?.citations ?? [])]),
    check: same?.check ?? null,
  };
  const scale = Math.max(1, first.support + otherSupport);
  return [first, ...others.sort((a, b) => b.support - a.support)].map((hypothesis) => ({
    ...hypothesis,
    support: hypothesis.support / scale,
  }));
}

/** Only ids that were shown lead to a step, so no word of the model gets in here. */
function listMitigation(ids: readonly string[], { exhibits, superseded }: DiagnosePrompt): MitigationStep[] {
  const wanted = [...new Set(ids.map((id) => id.trim().toUpperCase()))];
  const steps = wanted.flatMap((id) => {
    const exhibit = exhibits.get(id.split('.')[0] ?? '');
    const step = exhibit?.steps.get(id);
    return exhibit?.document && step ? [toMitigationStep(step, keyOf(exhibit.document), superseded)] : [];
  });
  return steps.slice(0, MAX_STEPS);
}
