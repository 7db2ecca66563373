import { z } from 'zod';
import { KnowledgeProblem } from './ingest-report.ts';
import { NoiseRuleState } from './noise-rule.ts';

/** A noise rule as it is told of. */
export const ListedNoiseRule = z.object({
  name: z.string(),
  state: NoiseRuleState,
  /** As it was understood: the one way in which all rules of this meaning are said. */
  words: z.string(),
  reason: z.string(),
  owner: z.string().optional(),
  /** The last day on which it holds, UTC. */
  until: z.iso.date().optional(),
  draftedBy: z.string().optional(),
  reviewedBy: z.string().optional(),
  path: z.string(),
  line: z.int().min(1),
  /** What it hid since `since`. */
  filtered: z.object({
    alerts: z.int().min(0),
    occurrences: z.int().min(0),
    lastAt: z.iso.datetime().optional(),
  }),
});
export type ListedNoiseRule = Readonly<z.infer<typeof ListedNoiseRule>>;

export const NoiseRuleList = z.object({
  rules: z.array(ListedNoiseRule),
  /** What keeps a rule from being one. */
  problems: z.array(KnowledgeProblem),
  /** Since when what was filtered is counted; nearer than was asked where too much came in. */
  since: z.iso.datetime(),
});
export type NoiseRuleList = Readonly<z.infer<typeof NoiseRuleList>>;
