import { z } from 'zod';
import { EngineName } from './engine.ts';

/** What of a diagnosis can be right by itself, and so has a confidence of its own. */
export const CalibrationTarget = z.enum(['service', 'category', 'both']);
export type CalibrationTarget = z.infer<typeof CalibrationTarget>;
export const CALIBRATION_TARGETS = CalibrationTarget.options;

/** Fewer graded cases than this calibrate nothing, and what has many numbers needs many more. */
export const CASES_NEEDED = { any: 30, record: 100, isotonic: 500 } as const;

const chance = z.number().min(0).max(1);

/** One graded case: what was said of it, 0..1, and whether it was so. */
export const GradedCase = z.object({
  score: chance,
  isRight: z.boolean(),
  /** What was named, when a record of what is named is to be kept. */
  answer: z.string().optional(),
});
export type GradedCase = Readonly<z.infer<typeof GradedCase>>;

/** A straight line over the score's log-odds (Platt 1999). */
export const PlattCurve = z.object({ method: z.literal('platt'), offset: z.number(), slope: z.number().min(0) });
export type PlattCurve = Readonly<z.infer<typeof PlattCurve>>;

/** Log-odds are `offset + low · ln s − high · ln(1 − s)` (Kull, Silva Filho and Flach 2017). */
export const BetaCurve = z.object({
  method: z.literal('beta'),
  offset: z.number(),
  low: z.number().min(0),
  high: z.number().min(0),
});
export type BetaCurve = Readonly<z.infer<typeof BetaCurve>>;

/** Steps that only rise, by score; between two of them the line is straight. */
export const IsotonicCurve = z.object({
  method: z.literal('isotonic'),
  steps: z.array(z.object({ score: z.number(), chance })).min(1),
});
export type IsotonicCurve = Readonly<z.infer<typeof IsotonicCurve>>;

/** Turns a raw score into a chance; never falls where the score rises. */
export const CalibrationCurve = z.discriminatedUnion('method', [PlattCurve, BetaCurve, IsotonicCurve]);
export type CalibrationCurve = Readonly<z.infer<typeof CalibrationCurve>>;

/** How good the curve is, each case judged by a curve that was fitted without it. */
export const CalibrationQuality = z.object({
  brier: z.number(),
  /** Against always saying the base rate: 1 is perfect, 0 no better; null when all cases are right or all wrong. */
  brierSkill: z.number().nullable(),
  /** Expected calibration error over five bins of about equal size, 0..1. */
  ece: z.number(),
  /** 95 %, from samples of these cases; from 0 on where a perfectly calibrated model would show as much. */
  eceInterval: z.tuple([z.number(), z.number()]),
  /** What a perfectly calibrated model would show on as many cases: its median, and what it exceeds once in twenty. */
  eceNull: z.object({ median: z.number(), p95: z.number() }),
  /** Chance that a right case has the higher confidence than a wrong one; null without one of each. */
  auroc: z.number().nullable(),
  /** Share that was right. */
  baseRate: chance,
});
export type CalibrationQuality = Readonly<z.infer<typeof CalibrationQuality>>;

/**
 * How often each answer was right when it was named, against what the curve had promised of it: an engine has answers that
 * it falls back on. `offset` is added to the chance's log-odds.
 */
export const AnswerRecord = z.object({
  answers: z.array(z.object({ answer: z.string(), offset: z.number(), n: z.int().min(1), right: z.int().min(0) })),
});
export type AnswerRecord = Readonly<z.infer<typeof AnswerRecord>>;

export const TargetCalibration = z.object({
  curve: CalibrationCurve,
  /** Absent where there are too few cases to tell answers apart, and where it would make chances worse. */
  record: AnswerRecord.optional(),
  quality: CalibrationQuality,
  /**
   * The graded cases. `score` is the chance by this curve: for all that goes by order, such as thresholds, for leaving a
   * case out moves it against its outcome. `heldOut` is the chance by a curve without the case: for how far chances hold.
   * With a record both are held out: offsets that have seen an outcome would put it where it belongs.
   */
  cases: z.array(GradedCase.extend({ heldOut: chance })),
});
export type TargetCalibration = Readonly<z.infer<typeof TargetCalibration>>;

/** One fit on a team's own history. Records are kept; the newest of an engine counts. */
export const Calibration = z.object({
  id: z.string(),
  engine: EngineName,
  /** How raw scores were made: chances of another recipe mean something else. */
  recipe: z.string(),
  fittedAt: z.iso.datetime(),
  /** The generation whose incidents were asked. */
  generation: z.string(),
  /** Hash of the incidents that were asked: unchanged incidents leave a calibration fresh, whatever else was published. */
  incidents: z.string(),
  /** Cases by where they came from. */
  graded: z.object({ backtest: z.int().min(0), verdicts: z.int().min(0) }),
  /** Null for a target with fewer than 30 cases. */
  targets: z.object({
    service: TargetCalibration.nullable(),
    category: TargetCalibration.nullable(),
    both: TargetCalibration.nullable(),
  }),
});
export type Calibration = Readonly<z.infer<typeof Calibration>>;
