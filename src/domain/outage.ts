import { z } from 'zod';
import { Sender } from './occurrence.ts';

/** Why an occurrence counts as part of an outage. */
export const JoinReason = z.enum(['first', 'same-alert', 'topology', 'storm']);
export type JoinReason = z.infer<typeof JoinReason>;

/** One occurrence of an outage. */
export const OutageMember = z.object({
  occurrence: z.string(),
  sender: Sender,
  alertNames: z.array(z.string()),
  /** Those that are known; of alerts that name none of these, what their labels name. */
  services: z.array(z.string()),
  startedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().optional(),
  because: JoinReason,
  /** The same in words: `checkout calls payment, 1 call away`. */
  reason: z.string(),
});
export type OutageMember = Readonly<z.infer<typeof OutageMember>>;

/** The service that would explain most of what is alerting. */
export const CommonSuspect = z.object({
  service: z.string(),
  /** Share of all alerting services, in a topology or not, that are this one or call it, directly or through others, 0..1. */
  explains: z.number().min(0).max(1),
  reasons: z.array(z.string()),
});
export type CommonSuspect = Readonly<z.infer<typeof CommonSuspect>>;

/** Services that an outage touches. */
export const BlastRadius = z.object({
  /** That alert: those that are known, then those that only labels name. */
  alerting: z.array(z.string()),
  /** Those of `alerting` that no topology knows; absent when it knows all, or cannot be read. */
  unknown: z.array(z.string()).optional(),
  /** That do not alert and call one that does, directly or through others, nearest first. */
  exposed: z.array(z.object({ service: z.string(), hops: z.int().min(1) })),
});
export type BlastRadius = Readonly<z.infer<typeof BlastRadius>>;

/** Alerts that belong together by time and topology, whichever sender told them. */
export const Outage = z.object({
  id: z.string(),
  namespace: z.string(),
  status: z.enum(['open', 'resolved']),
  openedAt: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  lastJoinedAt: z.iso.datetime(),
  resolvedAt: z.iso.datetime().optional(),
  durationSeconds: z.number().min(0).optional(),
  /** All of them. */
  memberCount: z.int().min(1),
  alertCount: z.int().min(1),
  /** The first to arrive, at most 200. */
  members: z.array(OutageMember),
  blastRadius: BlastRadius,
  /** Null while no service is known to explain more than one. */
  commonSuspect: CommonSuspect.nullable(),
  /** All of it in a few sentences. */
  summary: z.string(),
  /** The newest diagnosis over all members; absent until there is one. */
  diagnosis: z.string().optional(),
  /** What could not be worked out, and why; absent when all could. */
  degraded: z.array(z.string()).optional(),
});
export type Outage = Readonly<z.infer<typeof Outage>>;

/** An outage without what is worked out from its members: one of many. */
export const OutageListing = Outage.omit({
  members: true,
  blastRadius: true,
  commonSuspect: true,
  summary: true,
  degraded: true,
});
export type OutageListing = Readonly<z.infer<typeof OutageListing>>;
