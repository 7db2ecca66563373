import { z } from 'zod';
import type { Citation, Hypothesis, MitigationStep, RootCause, RootCausePrediction } from '../../domain/diagnosis.ts';
import type { KnowledgeDocument } from '../../domain/document.ts';
import { keyOf } from '../../domain/document.ts';
import type { SourceRef } from '../../domain/source.ts';
import { neutralise } from '../../llm/fence.ts';
import type { Exhibit } from './exhibits.ts';
import { toMitigationStep } from './mitigation.ts';
import type { DiagnosePrompt } from './prompt.ts';
import { findQuote } from './quote.ts';

const MAX_HYPOTHESES = 4;
/** Each costs a search for its quotes, so further ones are not looked at. */
const MAX_READ_HYPOTHESES = 8;
const MAX_STEPS = 12;
const MAX_SUMMARY = 600;
const MAX_CITATIONS = 8;

const ModelCitation = z.object({ id: z.string(), quote: z.string().transform((quote) => quote.slice(0, 1_000)) });
type ModelCitation = z.infer<typeof ModelCitation>;

/** Small models leave out lists, write `null` for them, or cite with one object instead of a list of one. */
function lenientList<T extends z.ZodType>(item: T) {
  const toList = (value: unknown) => (Array.isArray(value) ? value : [value]);
  return z.preprocess((value) => (value === undefined || value === null ? [] : toList(value)), z.array(item));
}

const claim = {
  category: z.string(),
  service: z.string().nullish(),
  summary: z.string().trim().min(1),
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

const ModelAnswer = z.object({
  ...claim,
  reasoning: z.string().optional().catch(undefined),
  hypotheses: lenientList(ModelHypothesis),
  mitigation: lenientList(z.string()),
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/**
 * What an answer to `prompt` must be. That a quote of the root cause stands in the evidence is part of the form, so a
 * model that quoted from memory is told so in the repair round.
 */
export function buildAnswerSchema(prompt: DiagnosePrompt): z.ZodType<ModelAnswer> {
  return ModelAnswer.refine(({ citations }) => verifyCitations(citations, prompt).length > 0, {
    path: ['citations'],
    message: `cite at least one block that was shown (${[...prompt.exhibits.keys()].join(', ')}) with a quote of at least three words that stands in it word for word`,
  });
}

/** Keeps of an answer what evidence bears out. Names are those of the evidence, steps and checks its very words. */
export function toPrediction(answer: ModelAnswer, prompt: DiagnosePrompt): RootCausePrediction {
  const rootCause = toRootCause(answer, prompt);
  const hypotheses = answer.hypotheses
    .slice(0, MAX_READ_HYPOTHESES)
    .flatMap((hypothesis) => toHypothesis(hypothesis, prompt) ?? []);
  return {
    engine: 'llm',
    rootCause,
    hypotheses: rankHypotheses({ ...rootCause, citations: cite(answer.citations, prompt) }, hypotheses),
    mitigation: listMitigation(answer.mitigation, prompt),
  };
}

function toRootCause(
  { category, service, summary }: Pick<ModelAnswer, 'category' | 'service' | 'summary'>,
  { categories, services }: DiagnosePrompt,
): RootCause {
  return {
    service: findName(service, services) ?? null,
    category: findName(category, categories) ?? 'unseen',
    summary: neutralise(summary).replace(/\s+/g, ' ').trim().slice(0, MAX_SUMMARY),
  };
}

/** The name as evidence spells it; undefined for one that evidence does not know. */
function findName(name: string | null | undefined, known: readonly string[]): string | undefined {
  const normalise = (text: string) =>
    text
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-');
  return known.find((candidate) => normalise(candidate) === normalise(name ?? ''));
}

function toHypothesis(hypothesis: ModelHypothesis, prompt: DiagnosePrompt): Hypothesis | undefined {
  if (verifyCitations(hypothesis.citations, prompt).length === 0) return undefined;
  return {
    ...toRootCause(hypothesis, prompt),
    support: hypothesis.support,
    citations: cite(hypothesis.citations, prompt),
    check: hypothesis.check ? (toCheck(hypothesis.check, prompt) ?? null) : null,
  };
}

/** The root cause leads, with its support and check when it stands among the hypotheses; shares sum to 1 at most. */
function rankHypotheses(
  rootCause: RootCause & Pick<Hypothesis, 'citations'>,
  hypotheses: readonly Hypothesis[],
): Hypothesis[] {
  const isRootCause = ({ category, service }: RootCause) =>
    category === rootCause.category && service === rootCause.service;
  const same = hypotheses.find(isRootCause);
  const others = hypotheses.filter((hypothesis) => !isRootCause(hypothesis)).slice(0, MAX_HYPOTHESES - 1);
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

interface VerifiedCitation {
  readonly exhibit: Exhibit;
  /** The words of the evidence, not those of the model. */
  readonly words: string;
}

function verifyCitations(citations: readonly ModelCitation[], { exhibits }: DiagnosePrompt): VerifiedCitation[] {
  return citations.slice(0, MAX_CITATIONS).flatMap(({ id, quote }) => {
    const exhibit = exhibits.get(id.trim().toUpperCase());
    const found = exhibit && findQuote(quote, exhibit.text);
    return found ? [{ exhibit, words: found.words }] : [];
  });
}

/** Alert, traces and topology bear a claim out as well, but are no documents that a citation could point into. */
function cite(citations: readonly ModelCitation[], prompt: DiagnosePrompt): Citation[] {
  return distinct(
    verifyCitations(citations, prompt).flatMap(({ exhibit: { document }, words }) =>
      document ? [{ document: keyOf(document), source: locate(words, document) }] : [],
    ),
  );
}

function toCheck(check: ModelCitation, prompt: DiagnosePrompt): Hypothesis['check'] | undefined {
  const [verified] = verifyCitations([check], prompt);
  const [citation] = cite([check], prompt);
  return verified && citation ? { text: verified.words, citation } : undefined;
}

/** The section that holds the words; front matter stands in none, so then the whole document. */
function locate(words: string, document: KnowledgeDocument): SourceRef {
  const section = document.sections.find(({ text }) => findQuote(words, text));
  return section?.source ?? document.source;
}

function distinct(citations: readonly Citation[]): Citation[] {
  const byPlace = new Map(
    citations.map((citation) => [JSON.stringify([citation.document, citation.source.line]), citation]),
  );
  return [...byPlace.values()];
}

/** Only ids that were shown lead to a step, so no word of the model gets in here. */
function listMitigation(ids: readonly string[], { exhibits }: DiagnosePrompt): MitigationStep[] {
  const wanted = [...new Set(ids.map((id) => id.trim().toUpperCase()))];
  const steps = wanted.flatMap((id) => {
    const exhibit = exhibits.get(id.split('.')[0] ?? '');
    const step = exhibit?.steps.get(id);
    return exhibit?.document && step ? [toMitigationStep(step, keyOf(exhibit.document))] : [];
  });
  return steps.slice(0, MAX_STEPS);
}
