import { z } from 'zod';
import { DeliveryEvent } from './delivery.ts';
import { Sender } from './occurrence.ts';
import { Namespace } from './principal.ts';

/** What a destination understands: everything there is, a note of plain text, or what Slack's incoming webhooks take. */
export const CallbackFormat = z.enum(['diagnosis', 'annotation', 'slack']);
export type CallbackFormat = z.infer<typeof CallbackFormat>;

/** Where to tell of something. Its address and its secrets are kept apart, for both may let somebody in. */
export const CallbackDestination = z.object({
  name: z.string(),
  format: CallbackFormat,
  on: z.array(DeliveryEvent),
  /** Absent: whatever the namespace. */
  namespaces: z.array(Namespace).optional(),
  /** Absent: whoever told of the alerts, and also where nobody did. */
  senders: z.array(Sender).optional(),
});
export type CallbackDestination = Readonly<z.infer<typeof CallbackDestination>>;

/** How a destination is reached. */
export interface CallbackAccess {
  readonly url: string;
  /** All of them sign, so that a receiver may change from one to another; without any nothing is signed. */
  readonly secrets: readonly string[];
}
