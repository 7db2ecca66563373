import { z } from 'zod';
import { Confidence } from './confidence.ts';
import { EngineName } from './engine.ts';
import { ScoreBreakdown } from './evidence.ts';
import { EmbeddingModel } from './generation.ts';
import { SourceRef } from './source.ts';
import { CausalEdge, LoadShape, Suspect, TraceWindows } from './trace.ts';

/** As much of an alert's text as tells one situation from another. */
export const MAX_SITUATION_TEXT = 2_000;

export const Risk = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof Risk>;

/** Points at words that were in evidence: `document` is the kind and id, `source` the lines. */
export const Citation = z.object({ document: z.string(), source: SourceRef });
export type Citation = Readonly<z.infer<typeof Citation>>;

export const RootCause = z.object({
  service: z.string().nullable(),
  /** Category of past incidents, or `unseen` when none of them fits. */
  category: z.string(),
  summary: z.string(),
});
export type RootCause = Readonly<z.infer<typeof RootCause>>;

/** One explanation among several, with what would tell it from the others. */
export const Hypothesis = z.object({
  ...RootCause.shape,
  /** Share of the vote, 0..1; over all hypotheses at most 1. */
  support: z.number().min(0).max(1),
  citations: z.array(Citation),
  /** What to look at to confirm or exclude it, quoted from evidence; null when no evidence says. */
  check: z.object({ text: z.string(), citation: Citation }).nullable(),
  /** What speaks for it among the signals, in words, loudest first; absent where precedents alone speak. */
  reasons: z.array(z.string()).optional(),
  /** The service on which its precedents were, when none was on this one. */
  seenAt: z.string().optional(),
});
export type Hypothesis = Readonly<z.infer<typeof Hypothesis>>;

/** One step, quoted from a stored runbook or precedent. Nothing here is invented. */
export const MitigationStep = z.object({
  step: z.string(),
  commands: z.array(z.string()),
  citation: Citation,
  risk: Risk,
  destructive: z.boolean(),
  reversible: z.boolean(),
  needsApproval: z.boolean(),
  /** The document that took the place of the cited one; absent where none has. */
  supersededBy: z.string().optional(),
});
export type MitigationStep = Readonly<z.infer<typeof MitigationStep>>;

export const Precedent = z.object({
  id: z.string(),
  title: z.string(),
  /** Orders; the best is near 1 whatever was found. */
  score: z.number().min(0).max(1),
  /** Calibrated chance that it answers; absent in what an older version stored. */
  relevance: z.number().min(0).max(1).optional(),
  scores: ScoreBreakdown,
  /** Ids of incidents that say nearly the same, or belong to the same outage; absent in what an older version stored. */
  alike: z.array(z.string()).optional(),
  category: z.string().nullable(),
  rootCause: z.object({ service: z.string().nullable(), summary: z.string() }).nullable(),
  /** What was done then, step by step. */
  mitigation: z.array(z.string()),
  date: z.string().nullable(),
  /** How long it took then, as its postmortem says it: `58m`. */
  duration: z.string().nullable(),
  source: SourceRef,
});
export type Precedent = Readonly<z.infer<typeof Precedent>>;

export const RunbookEvidence = z.object({
  id: z.string(),
  title: z.string(),
  /** Orders; the best is near 1 whatever was found. */
  score: z.number().min(0).max(1),
  /** Calibrated chance that it answers; absent in what an older version stored. */
  relevance: z.number().min(0).max(1).optional(),
  scores: ScoreBreakdown,
  excerpt: z.string(),
  source: SourceRef,
});
export type RunbookEvidence = Readonly<z.infer<typeof RunbookEvidence>>;

/** What an engine says; the pipeline adds evidence, confidence and the decision. */
export interface RootCausePrediction {
  readonly engine: EngineName;
  readonly rootCause: RootCause;
  readonly hypotheses: readonly Hypothesis[];
  /** Causes that act together with the root cause; absent where there is one. */
  readonly contributing?: readonly Hypothesis[];
  readonly mitigation: readonly MitigationStep[];
}

/** Why nothing was answered. Not knowing is not an error. */
export const AbstainReason = z.enum(['no-precedent', 'weak-evidence', 'low-confidence']);
export type AbstainReason = z.infer<typeof AbstainReason>;

/** What asking a chat model took. */
export const LlmUse = z.object({
  /** The one that gave the answer; all that are configured when none did. */
  model: z.string(),
  /** Of the words that were asked, `diagnose.v1`. */
  prompts: z.array(z.string()),
  calls: z.int().min(0),
  ms: z.number().min(0),
  /** Absent when the endpoint does not count. */
  tokens: z.object({ input: z.int().min(0), output: z.int().min(0) }).optional(),
  /** In the currency of the configured prices; absent where no price is. */
  cost: z.number().min(0).optional(),
});
export type LlmUse = Readonly<z.infer<typeof LlmUse>>;

const TimeRange = z.object({ from: z.iso.datetime(), to: z.iso.datetime() });

export const Provenance = z.object({
  generation: z.string(),
  knowledgeSha: z.string().nullable(),
  model: EmbeddingModel,
  /** Milliseconds per stage. */
  timings: z.record(z.string(), z.number()),
  /** What was tried and failed before this answer, when the LLM was asked. */
  attempts: z.array(z.object({ model: z.string(), reason: z.string() })).optional(),
  /** What the LLM took, all calls together; absent when none was asked. */
  llm: LlmUse.optional(),
  /** Which traces were asked for, when none came with the alert and a source of them is configured. */
  traces: z
    .object({ source: z.string(), services: z.array(z.string()), baseline: TimeRange, incident: TimeRange })
    .optional(),
  /** What could not be done for this answer, in words. */
  degraded: z.array(z.string()).optional(),
});
export type Provenance = Readonly<z.infer<typeof Provenance>>;

/** What was going on, without secrets and cut to size: how a later situation is recognised as similar. */
export const DiagnosedSituation = z.object({
  text: z.string().max(MAX_SITUATION_TEXT),
  alertNames: z.array(z.string()),
  services: z.array(z.string()),
  signals: z.array(z.string()),
});
export type DiagnosedSituation = Readonly<z.infer<typeof DiagnosedSituation>>;

export const Diagnosis = z.object({
  id: z.string(),
  kind: z.enum(['answered', 'abstained']),
  reason: AbstainReason.optional(),
  engine: EngineName,
  /** When abstained: category `unseen` and no service; the best leads stay in `hypotheses`. */
  rootCause: RootCause,
  hypotheses: z.array(Hypothesis),
  /** Causes beside the root cause that each need mending; absent when there is one cause. */
  contributing: z.array(Hypothesis).optional(),
  mitigation: z.array(MitigationStep),
  precedents: z.array(Precedent),
  runbooks: z.array(RunbookEvidence),
  suspects: z.array(Suspect),
  causalPath: z.array(CausalEdge),
  /** The trace digest in words; null when there were no traces. */
  digest: z.string().nullable(),
  /** Load and throughput of the windows; absent when there were none, and in what an older version wrote down. */
  shapes: z.array(LoadShape).optional(),
  /** What the digest looked at, and the keys under which it is kept; absent as `shapes` are. */
  windows: TraceWindows.optional(),
  confidence: Confidence,
  provenance: Provenance,
  /** Absent in what an older version wrote down. */
  situation: DiagnosedSituation.optional(),
  createdAt: z.iso.datetime(),
});
export type Diagnosis = Readonly<z.infer<typeof Diagnosis>>;
