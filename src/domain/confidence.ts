import { z } from 'zod';

const unit = z.number().min(0).max(1);

/** How sure a diagnosis is of each thing that it names. */
const ByTarget = z.object({ service: unit, category: unit, both: unit });

/** What may be done with an answer: follow it, look into it, or neither. */
export const Decision = z.enum(['act', 'suggest', 'abstain']);
export type Decision = z.infer<typeof Decision>;

/**
 * How far to trust a diagnosis, after PACE-LM (arXiv 2309.05833): is there evidence enough to judge (`coe`)?
 * how well is this cause supported (`rce`)? then calibrate on the team's own graded history.
 */
export const Confidence = z.object({
  coe: unit,
  rce: unit,
  /** Before calibration: an order, not a probability. */
  raw: unit,
  /** What is calibrated: how well the service, the category and both are supported; absent in what an older version stored. */
  scores: ByTarget.optional(),
  /** How `scores` were made: those of another recipe mean something else. */
  recipe: z.string().optional(),
  /** Probability that service and category are both right; null until there is history enough to measure it. */
  calibrated: unit.nullable(),
  /** Probability that the service is right. */
  service: unit.nullable(),
  /** Probability that the category is right. */
  category: unit.nullable(),
  /** 95 % interval of `calibrated`: how often graded cases about as sure as this one were right. */
  interval: z.tuple([unit, unit]).optional(),
  /** Whether to act on it, at the risk that the settings allow; absent in what an older version stored. */
  decision: Decision.optional(),
  /** Graded incidents the calibration rests on. */
  n: z.int().min(0),
  /** `platt`, `beta`, `isotonic`, or `uncalibrated`. */
  method: z.string(),
  /** The calibration that was used; `isStale` when incidents have changed since. */
  calibration: z.object({ id: z.string(), fittedAt: z.iso.datetime(), isStale: z.boolean() }).optional(),
  /** Every feature that moved the numbers, in words, strongest first. */
  reasons: z.array(z.string()),
});
export type Confidence = Readonly<z.infer<typeof Confidence>>;
