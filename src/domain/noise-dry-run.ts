import { z } from 'zod';

/** Why something that a rule would have hidden counts as an incident. */
export const IncidentReason = z.enum(['verdict', 'outage', 'postmortem']);
export type IncidentReason = z.infer<typeof IncidentReason>;

/** An occurrence that a rule would have hidden, and that somebody had to work on. */
export const HiddenIncident = z.object({
  occurrence: z.string(),
  alertNames: z.array(z.string()),
  receivedAt: z.iso.datetime(),
  because: IncidentReason,
  /** The same in words. */
  reason: z.string(),
  diagnosis: z.string().optional(),
  outage: z.string().optional(),
  /** The postmortem's id and path. */
  incident: z.object({ id: z.string(), path: z.string() }).optional(),
});
export type HiddenIncident = Readonly<z.infer<typeof HiddenIncident>>;

/**
 * - `safe`: nothing of what it would have hidden became an incident;
 * - `hides-incidents`: something did;
 * - `hides-nothing`: nothing of the time looked at fits it, which says nothing of it;
 * - `no-history`: no alert was received in that time.
 */
export const DryRunOutcome = z.enum(['safe', 'hides-incidents', 'hides-nothing', 'no-history']);
export type DryRunOutcome = z.infer<typeof DryRunOutcome>;

/** What a rule would have done, had it been there all the time. */
export const NoiseDryRun = z.object({
  /** The rule in words, as it was understood. */
  words: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  outcome: DryRunOutcome,
  /** What was looked at; not all of that time where there was too much of it. */
  history: z.object({ alerts: z.int().min(0), occurrences: z.int().min(0), isComplete: z.boolean() }),
  hidden: z.object({
    /** Of those occurrences. */
    alerts: z.int().min(0),
    /** All of whose alerts it fits: only these are hidden. */
    occurrences: z.int().min(0),
    /** Diagnoses that nobody else would have needed. */
    diagnoses: z.int().min(0),
    /** The same by name, the most frequent first, at most 20 names. */
    byAlert: z.array(z.object({ alertName: z.string(), alerts: z.int().min(1) })),
  }),
  /** All of them. */
  incidentCount: z.int().min(0),
  /** The newest, at most 50. */
  incidents: z.array(HiddenIncident),
});
export type NoiseDryRun = Readonly<z.infer<typeof NoiseDryRun>>;
