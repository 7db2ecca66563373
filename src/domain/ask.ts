import { z } from 'zod';
import { Citation, LlmUse, Risk } from './diagnosis.ts';
import { DocumentKind } from './document.ts';
import { EngineName } from './engine.ts';
import { Answerable } from './evidence.ts';
import { EmbeddingModel } from './generation.ts';
import { SearchRequest } from './request.ts';
import { SourceRef } from './source.ts';

/** A question is a sentence or two: what is longer is an alert or a log, and has routes of its own. */
export const MAX_QUESTION = 2_000;

const { kinds, services, asOf } = SearchRequest.shape;

export const AskRequest = z.object({
  question: z.string().trim().min(1, 'a question is needed').max(MAX_QUESTION),
  /** Of an earlier answer: then the question may go on from there. */
  conversation: z.string().min(1).max(100).optional(),
  /** Documents to look at. */
  k: z.int().min(1).max(20).default(5),
  kinds,
  services,
  asOf,
});
export type AskRequest = Readonly<z.infer<typeof AskRequest>>;

/** A citation with the words that stand in its lines. */
export const AskCitation = Citation.extend({ quote: z.string() });
export type AskCitation = Readonly<z.infer<typeof AskCitation>>;

export const AskSentence = z.object({
  text: z.string(),
  citations: z.array(AskCitation).min(1),
  /** Verbatim, as the cited document has them. */
  commands: z.array(z.string()).optional(),
  /** Where it tells something to do: what that risks, as in a diagnosis' mitigation. */
  risk: Risk.optional(),
  destructive: z.boolean().optional(),
  reversible: z.boolean().optional(),
  needsApproval: z.boolean().optional(),
  /** The document that took the place of the cited one. */
  supersededBy: z.string().optional(),
});
export type AskSentence = Readonly<z.infer<typeof AskSentence>>;

export const AskSource = z.object({
  kind: DocumentKind,
  id: z.string(),
  title: z.string(),
  /** Orders; of a document that the conversation is about already it is 1. */
  score: z.number().min(0).max(1),
  source: SourceRef,
});
export type AskSource = Readonly<z.infer<typeof AskSource>>;

/** Why a question is not answered. Not knowing is not an error. */
export const AskRefusal = z.enum(['off-topic', 'no-subject', 'no-earlier', 'not-said']);
export type AskRefusal = z.infer<typeof AskRefusal>;

export const AskProvenance = z.object({
  generation: z.string(),
  model: EmbeddingModel,
  /** Milliseconds per stage. */
  timings: z.record(z.string(), z.number()),
  attempts: z.array(z.object({ model: z.string(), reason: z.string() })).optional(),
  llm: LlmUse.optional(),
  degraded: z.array(z.string()).optional(),
});
export type AskProvenance = Readonly<z.infer<typeof AskProvenance>>;

export const AskAnswer = z.object({
  /** To go on with; absent when it could not be kept. */
  conversation: z.string().optional(),
  kind: z.enum(['answered', 'refused']),
  reason: AskRefusal.optional(),
  engine: EngineName,
  /** The sentences as plain text; `[2]` points to the second of `sources`. */
  text: z.string(),
  sentences: z.array(AskSentence),
  sources: z.array(AskSource),
  answerable: Answerable,
  provenance: AskProvenance,
});
export type AskAnswer = Readonly<z.infer<typeof AskAnswer>>;
