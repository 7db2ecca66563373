import { z } from 'zod';
import { ModelCitation, verifyCitations } from '../diagnose/predict/llm/llm-answer-citations.ts';
import { toSummary } from '../diagnose/predict/llm/llm-answer-summary.ts';
import { findQuote } from '../diagnose/predict/llm/quote.ts';
import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import type { AskCitation, AskSentence } from '../domain/ask.ts';
import { keyOf } from '../domain/document.ts';
import { type Around, quoteStep } from './extract.ts';
import { placeOf, toLine } from './pieces.ts';
import type { ShownDocument } from './show-document.ts';

const MAX_ITEMS = 16;

/** A model leaves fields out, or writes null for them. */
export const ModelAnswer = z.object({
  answer: z
    .array(
      z.object({
        text: z.string().nullish(),
        citations: z.array(ModelCitation).nullish(),
        step: z.string().nullish(),
      }),
    )
    .max(64),
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/** Half of what a sentence says in telling words must be said where it is cited; the rest is how one says it. */
const MIN_SHARED = 0.5;

export type Shown = ReadonlyMap<string, ShownDocument>;

/** What of a model's answer the documents bear out; the rest is dropped without a word. */
export function keepBorneOut({ answer }: ModelAnswer, shown: Shown, around: Around): AskSentence[] {
  return answer.slice(0, MAX_ITEMS).flatMap(({ text, citations, step }): AskSentence[] => {
    if (step) return quoteById(step, shown, around);
    const said = toSummary(text ?? '');
    const cited = citeAll(citations ?? [], shown);
    return said !== '' && cited.length > 0 && isBorneOut(said, cited, shown) ? [{ text: said, citations: cited }] : [];
  });
}

function quoteById(id: string, shown: Shown, around: Around): AskSentence[] {
  const name = id.trim().toUpperCase();
  const exhibit = shown.get(name.split('.')[0] ?? '');
  const step = exhibit?.steps.get(name);
  return exhibit && step ? [quoteStep(step, exhibit.document, around)] : [];
}

function citeAll(citations: readonly ModelCitation[], shown: Shown): AskCitation[] {
  const cited = verifyCitations(citations, shown).flatMap(({ exhibit, words }) => {
    const document = shown.get(exhibit.id);
    const citation = document && locate(words, document);
    return citation ? [citation] : [];
  });
  return [...new Map(cited.map((citation) => [JSON.stringify(citation), citation])).values()];
}

/** The very lines that hold the words, in a section or, of what stands in a field, by its value. */
function locate(words: string, { document, facts, steps }: ShownDocument): AskCitation | undefined {
  const key = keyOf(document);
  for (const section of document.kind === 'service' ? [] : document.sections) {
    const found = findQuote(words, section.text);
    if (!found) continue;
    const at = section.text.indexOf(found.words);
    return { document: key, source: placeOf(section, at, found.words.length), quote: toLine(found.words) };
  }
  const step = [...steps.values()].find(({ text }) => findQuote(words, text));
  if (step) return { document: key, source: step.source, quote: step.text };
  const fact = facts.find(({ text, quote }) => words.includes(quote) || findQuote(words, text));
  return fact && { document: fact.document ?? key, source: fact.source, quote: fact.quote };
}

/** A quote that is real bears out only what it says: other numbers and other things are the model's own. */
function isBorneOut(said: string, cited: readonly AskCitation[], shown: Shown): boolean {
  const keys = new Set(cited.map(({ document }) => document));
  const texts = [...shown.values()].filter(({ document }) => keys.has(keyOf(document))).map(({ text }) => text);
  const held = new Set(tokenise(texts.join('\n')));
  const words = [...new Set(tokenise(said))];
  const numbers = words.filter((word) => /\p{N}/u.test(word));
  const shared = words.filter((word) => held.has(word)).length;
  return numbers.every((number) => held.has(number)) && shared >= words.length * MIN_SHARED;
}
