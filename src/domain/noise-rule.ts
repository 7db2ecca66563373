import { z } from 'zod';

/** What a sentence may grow to: more than anyone reads at a glance, and a bound on what an alert costs. */
export const NOISE_BOUNDS = { sentence: 2_000, tests: 20, values: 50, value: 200, depth: 4 } as const;

/** What a test looks at. The first five are names for what most alerts carry. */
export const NoiseField = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['alert', 'severity', 'namespace', 'service', 'sender']) }),
  z.object({ kind: z.enum(['label', 'annotation']), name: z.string().min(1).max(NOISE_BOUNDS.value) }),
]);
export type NoiseField = Readonly<z.infer<typeof NoiseField>>;

export const NoiseVerb = z.enum([
  'is',
  'is not',
  'is one of',
  'is none of',
  'contains',
  'starts with',
  'ends with',
  'is missing',
  'is present',
]);
export type NoiseVerb = z.infer<typeof NoiseVerb>;

const Value = z.string().min(1).max(NOISE_BOUNDS.value);

/** `the namespace is one of staging, dev`. One value, but for the lists; none for `missing` and `present`. */
export const NoiseTest = z.object({
  kind: z.literal('test'),
  field: NoiseField,
  verb: NoiseVerb,
  values: z.array(Value).max(NOISE_BOUNDS.values),
});
export type NoiseTest = Readonly<z.infer<typeof NoiseTest>>;

/** A tree of tests. Of two conditions inside one another, one is `all` and the other `any`. */
export type NoiseCondition =
  | NoiseTest
  | { readonly kind: 'all' | 'any'; readonly conditions: readonly NoiseCondition[] };

export const NoiseCondition: z.ZodType<NoiseCondition> = z.lazy(() =>
  z.union([
    NoiseTest,
    z.object({
      kind: z.enum(['all', 'any']),
      conditions: z.array(NoiseCondition).min(2).max(NOISE_BOUNDS.tests),
    }),
  ]),
);

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:00');

/** A rule as a sentence says it. There is one thing that a rule can do. */
export const NoiseSentence = z.object({
  action: z.literal('filter'),
  when: NoiseCondition,
  unless: NoiseCondition.optional(),
  /** UTC; from the first to just before the second, over midnight where the second is the earlier. */
  between: z.object({ from: TimeOfDay, to: TimeOfDay }).optional(),
  /** The last day on which it holds, UTC. */
  until: z.iso.date().optional(),
});
export type NoiseSentence = Readonly<z.infer<typeof NoiseSentence>>;

/** `expired`: it is enabled, and its last day is over. */
export const NoiseRuleState = z.enum(['enabled', 'disabled', 'expired']);
export type NoiseRuleState = z.infer<typeof NoiseRuleState>;

/** A rule as a file beside the runbooks has it. */
export interface NoiseRule {
  readonly name: string;
  /** As its author wrote it. */
  readonly say: string;
  readonly sentence: NoiseSentence;
  readonly enabled: boolean;
  /** Why nobody need be told. */
  readonly reason: string;
  readonly owner?: string;
  /** The last day on which it holds, UTC: the earlier of the file's and the sentence's. */
  readonly until?: string;
  readonly draftedBy?: string;
  readonly reviewedBy?: string;
  readonly path: string;
  readonly line: number;
}

export function stateOf({ enabled, until }: Pick<NoiseRule, 'enabled' | 'until'>, at: Date): NoiseRuleState {
  if (!enabled) return 'disabled';
  return until !== undefined && until < at.toISOString().slice(0, 10) ? 'expired' : 'enabled';
}
