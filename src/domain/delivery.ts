import { z } from 'zod';

/** What somebody wants to be told. */
export const DeliveryEvent = z.enum(['diagnosis.done', 'diagnosis.failed', 'occurrence.resolved', 'outage.opened']);
export type DeliveryEvent = z.infer<typeof DeliveryEvent>;

/** One message to one destination: kept until it is delivered, or nobody will try again. */
export const Delivery = z.object({
  /** The same for every attempt (`webhook-id`). */
  id: z.string(),
  namespace: z.string(),
  /** The configured name. */
  destination: z.string(),
  event: DeliveryEvent,
  /** What it is about: an occurrence, a diagnosis or an outage. */
  subject: z.string(),
  status: z.enum(['waiting', 'delivered', 'dead']),
  attempts: z.int().min(0),
  createdAt: z.iso.datetime(),
  /** When it is tried next; absent once it is delivered or dead. */
  nextAt: z.iso.datetime().optional(),
  deliveredAt: z.iso.datetime().optional(),
  /** Why the last attempt failed; absent when it did not. */
  lastError: z.string().optional(),
});
export type Delivery = Readonly<z.infer<typeof Delivery>>;
