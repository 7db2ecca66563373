import { z } from 'zod';
import { ModelFailureKind } from './model-failure.ts';

/** closed: it is asked; open: it cools down; half-open: the next request tries whether it answers again. */
export const CircuitState = z.enum(['closed', 'open', 'half-open']);
export type CircuitState = z.infer<typeof CircuitState>;

/** What may be used in one day (UTC); an absent limit is none. */
export const ModelBudget = z.object({
  maxTokens: z.number().optional(),
  /** In the currency of the configured prices. */
  maxCost: z.number().optional(),
});
export type ModelBudget = Readonly<z.infer<typeof ModelBudget>>;

/** How one endpoint of a chat model is, as this process sees it. */
export const EndpointState = z.object({
  name: z.string(),
  model: z.string(),
  state: CircuitState,
  /** Present while it is open. */
  coolUntil: z.iso.datetime().optional(),
  inFlight: z.int().min(0),
  /** Since midnight (UTC), by this process. */
  tokensToday: z.number().min(0),
  costToday: z.number().min(0),
  budget: ModelBudget,
  lastFailure: z.object({ at: z.iso.datetime(), kind: ModelFailureKind, reason: z.string() }).optional(),
});
export type EndpointState = Readonly<z.infer<typeof EndpointState>>;
