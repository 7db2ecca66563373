import { z } from 'zod';
import { DocumentKind } from '../domain/document.ts';

const DocumentRef = z.object({ kind: DocumentKind, id: z.string(), path: z.string(), line: z.int().min(1) });
export type DocumentRef = Readonly<z.infer<typeof DocumentRef>>;

/** One document of an answer: `id` alone, because kinds share no ids in what is asked here. */
const Ranked = z.object({ kind: DocumentKind, id: z.string(), score: z.number().min(0).max(1) });
export type Ranked = Readonly<z.infer<typeof Ranked>>;

/** What is asked of both sides. `alert`: as it is sent. `words`: the same without name and links. `incident`: its symptoms. */
export const QuestionKind = z.enum(['alert', 'words', 'incident']);

/** One question, and what each side answers. */
export const ComparedQuestion = z.object({
  kind: QuestionKind,
  /** Alert name, or the incident's id. */
  subject: z.string(),
  /** Where the alert or the incident is written. */
  path: z.string().optional(),
  line: z.int().min(1).optional(),
  /** Runbooks that are right for it, by name or link; empty when nobody can say. */
  expected: z.array(z.string()),
  before: z.array(Ranked),
  after: z.array(Ranked),
  /** 1-based rank of the first expected runbook; absent when it is not among the first ten. */
  rankBefore: z.int().min(1).optional(),
  rankAfter: z.int().min(1).optional(),
  /** `better` and `worse` by the rank of what is expected; `changed` when the first three are others. */
  verdict: z.enum(['better', 'worse', 'changed', 'same']),
});
export type ComparedQuestion = Readonly<z.infer<typeof ComparedQuestion>>;

/** What a change of the knowledge does to the answers. Questions that are answered the same are only counted. */
export const Comparison = z.object({
  /** Commit that the working tree is compared with. */
  base: z.string(),
  documents: z.object({ added: z.array(DocumentRef), removed: z.array(DocumentRef), changed: z.array(DocumentRef) }),
  counts: z.object({ asked: z.int(), better: z.int(), worse: z.int(), changed: z.int(), same: z.int() }),
  questions: z.array(ComparedQuestion),
});
export type Comparison = Readonly<z.infer<typeof Comparison>>;
