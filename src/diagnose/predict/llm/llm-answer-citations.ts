import { z } from 'zod';
import type { Citation, Hypothesis } from '../../../domain/diagnosis.ts';
import { type KnowledgeDocument, keyOf } from '../../../domain/document.ts';
import type { SourceRef } from '../../../domain/source.ts';
import { neutralise } from '../../../llm/fence.ts';
import { isVerified } from '../unverified.ts';
import type { Exhibit } from './exhibits.ts';
import { findQuote } from './quote.ts';

const MAX_CITATIONS = 8;

export const ModelCitation = z.object({
  id: z.string(),
  quote: z.string().transform((quote) => quote.slice(0, 1_000)),
});
export type ModelCitation = z.infer<typeof ModelCitation>;

/** What was shown, by id. */
export type Shown = ReadonlyMap<string, Exhibit>;

export interface VerifiedCitation {
  readonly exhibit: Exhibit;
  /** The words of the evidence, not those of the model. */
  readonly words: string;
}

/** Those of blocks that were shown, whose quotes stand in them. */
export function verifyCitations(citations: readonly ModelCitation[], shown: Shown): VerifiedCitation[] {
  return citations.slice(0, MAX_CITATIONS).flatMap(({ id, quote }) => {
    const exhibit = shown.get(id.trim().toUpperCase());
    const found = exhibit && findQuote(quote, exhibit.text);
    return found ? [{ exhibit, words: found.words }] : [];
  });
}

/** Alert, traces and topology bear a claim out as well, but are no documents that a citation could point into. */
export function cite(verified: readonly VerifiedCitation[]): Citation[] {
  return distinct(
    verified.flatMap(({ exhibit: { document }, words }) =>
      document ? [{ document: keyOf(document), source: locate(words, document) }] : [],
    ),
  );
}

/**
 * Something to look at is what a stored document, reviewed and not replaced, says in a section of its own, in that
 * section's words.
 */
export function toCheck(
  check: ModelCitation,
  { exhibits, superseded }: { readonly exhibits: Shown; readonly superseded: ReadonlyMap<string, string> },
): Hypothesis['check'] {
  const [verified] = verifyCitations([check], exhibits);
  const document = verified?.exhibit.document;
  if (!verified || !document || !isVerified(document) || superseded.has(keyOf(document))) return null;
  for (const { text, source } of document.sections) {
    const found = findQuote(verified.words, text);
    if (found) return { text: neutralise(found.words), citation: { document: keyOf(document), source } };
  }
  return null;
}

export function distinct(citations: readonly Citation[]): Citation[] {
  const byPlace = new Map(
    citations.map((citation) => [JSON.stringify([citation.document, citation.source.line]), citation]),
  );
  return [...byPlace.values()];
}

/** The section that holds the words; front matter stands in none, so then the whole document. */
function locate(words: string, document: KnowledgeDocument): SourceRef {
  const section = document.sections.find(({ text }) => findQuote(words, text));
  return section?.source ?? document.source;
}
