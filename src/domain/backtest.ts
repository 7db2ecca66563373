import { z } from 'zod';
import { CalibrationQuality, CalibrationTarget, GradedCase } from './calibration.ts';
import { EngineName } from './engine.ts';

const unit = z.number().min(0).max(1);
const Cause = z.object({ service: z.string().nullable(), category: z.string().nullable() });

/** One incident of the past, asked as if it happened again: what was said, and what it was. */
export const BacktestCase = z.object({
  incident: z.string(),
  title: z.string(),
  /** The day it happened; null for an incident without a date, which was asked against all others. */
  date: z.iso.date().nullable(),
  truth: Cause,
  said: Cause,
  /** What the best hypothesis named, which is what `scores` are of; absent in what an older version stored. */
  best: Cause.optional(),
  kind: z.enum(['answered', 'abstained']),
  /** 1 when the best hypothesis is right, 2 the second …; null when none is, or when the truth does not say. */
  ranks: z.object({ service: z.int().nullable(), category: z.int().nullable(), both: z.int().nullable() }),
  /** Rank of the first precedent with the same category and service; null when none was found. */
  precedentRank: z.int().nullable(),
  /** Whether an incident of this category had happened before: otherwise `unseen` is the right answer. */
  isKnownCategory: z.boolean(),
  /** Raw scores of the answer, as calibration takes them. */
  scores: z.object({ service: unit, category: unit, both: unit }),
  /** How many incidents could be known then. */
  known: z.int().min(0),
});
export type BacktestCase = Readonly<z.infer<typeof BacktestCase>>;

/** What makes two runs the same: then the one goes on where the other stopped. */
export const BacktestKey = z.object({
  engine: EngineName,
  recipe: z.string(),
  generation: z.string(),
  /** Hash of the incidents and of the settings that decide answers. */
  incidents: z.string(),
});
export type BacktestKey = Readonly<z.infer<typeof BacktestKey>>;

/** Why an incident was not asked. */
export const SkippedIncident = z.object({
  incident: z.string(),
  reason: z.enum(['no-cause', 'no-symptoms', 'superseded', 'draft', 'nothing-before', 'failed']),
  /** With `failed`: in words. */
  detail: z.string().optional(),
});
export type SkippedIncident = Readonly<z.infer<typeof SkippedIncident>>;

/** A share of `n` cases with its 95 % interval (Clopper–Pearson); null of nothing. */
export const Share = z.object({ n: z.int().min(0), value: unit.nullable(), interval: z.tuple([unit, unit]) });
export type Share = Readonly<z.infer<typeof Share>>;

/** "Would it have found it?": the right cause among the first 1, 3 and 5. */
export const FoundShares = z.object({ top1: Share, top3: Share, top5: Share });
export type FoundShares = Readonly<z.infer<typeof FoundShares>>;

export const ReliabilityBin = z.object({ from: unit, to: unit, n: z.int(), confidence: unit, accuracy: unit });
export type ReliabilityBin = Readonly<z.infer<typeof ReliabilityBin>>;

export const CoveragePoint = z.object({ coverage: unit, risk: unit, threshold: unit });
export type CoveragePoint = Readonly<z.infer<typeof CoveragePoint>>;

/** How far confidences can be believed, on cases that took no part in the fit. */
export const JudgedTarget = z.object({
  target: CalibrationTarget,
  /** `later`: fitted on the older part, judged on the newer; `left-out`: each case judged by a fit without it. */
  split: z.enum(['later', 'left-out']),
  n: z.int().min(0),
  quality: CalibrationQuality,
  bins: z.array(ReliabilityBin),
  coverage: z.array(CoveragePoint),
  /** The lowest confidence at which the risk stays within bounds; null when no history shows it. */
  thresholds: z.object({ act: unit.nullable(), suggest: unit.nullable() }),
  cases: z.array(GradedCase),
});
export type JudgedTarget = Readonly<z.infer<typeof JudgedTarget>>;

const FoundByGroup = z.object({ name: z.string(), found: FoundShares, precedent: FoundShares });

export const BacktestReport = z.object({
  id: z.string(),
  engine: EngineName,
  recipe: z.string(),
  generation: z.string(),
  ranAt: z.iso.datetime(),
  /** True when the incidents served now are not those that were asked. */
  isStale: z.boolean(),
  asked: z.int().min(0),
  skipped: z.array(SkippedIncident),
  /** The right service, category, both, and a precedent of the same cause, among the first. */
  found: z.object({ service: FoundShares, category: FoundShares, both: FoundShares, precedent: FoundShares }),
  byCategory: z.array(FoundByGroup),
  /** By the month of the incident, `2026-03`. */
  byMonth: z.array(FoundByGroup),
  /** Of incidents whose category had never happened before, how many were called `unseen`; and of those called so, how many were. */
  unseen: z.object({ recall: Share, precision: Share }),
  /** Headline first: by time where dates allow, then left out. */
  confidence: z.array(JudgedTarget),
  /** In words, what must be known to read this: too few cases, undated incidents, another generation. */
  notes: z.array(z.string()),
  cases: z.array(BacktestCase),
});
export type BacktestReport = Readonly<z.infer<typeof BacktestReport>>;

/** An incident that was asked, or why it was not. */
export type BacktestOutcome =
  | { readonly kind: 'asked'; readonly case: BacktestCase }
  | { readonly kind: 'skipped'; readonly skipped: SkippedIncident };
