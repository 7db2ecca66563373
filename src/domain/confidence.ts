import { z } from 'zod';

const unit = z.number().min(0).max(1);

/**
 * How far to trust a diagnosis, after PACE-LM (arXiv 2309.05833): is there evidence enough to judge (`coe`)?
 * how well is this cause supported (`rce`)? then calibrate on the team's own graded history.
 */
export const Confidence = z.object({
  coe: unit,
  rce: unit,
  /** Before calibration: an order, not a probability. */
  raw: unit,
  /** Probability that service and category are both right; null until there is history enough to measure it. */
  calibrated: unit.nullable(),
  service: unit.nullable(),
  category: unit.nullable(),
  /** Graded incidents the calibration rests on. */
  n: z.int().min(0),
  method: z.string(),
  /** Every feature that moved the numbers, in words, strongest first. */
  reasons: z.array(z.string()),
});
export type Confidence = Readonly<z.infer<typeof Confidence>>;
