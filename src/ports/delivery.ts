import type { Delivery } from '../domain/delivery.ts';

export type NewDelivery = Pick<Delivery, 'id' | 'namespace' | 'destination' | 'event' | 'subject' | 'createdAt'>;

/** Messages that wait to be sent. Several processes may share it. Errors: `casebook-unavailable` (retryable). */
export interface Outbox extends AsyncDisposable {
  /** Keeps them to be sent from now on; an id that is known changes nothing. */
  enqueue(deliveries: readonly NewDelivery[], signal?: AbortSignal): Promise<void>;
  /**
   * Those that are due, for this sender until `until`: nobody else gets them before. `only` those to one destination, so
   * that a slow one holds no other.
   */
  claim(
    sender: string,
    limit: number,
    now: Date,
    until: Date,
    signal?: AbortSignal,
    only?: { readonly destination: string },
  ): Promise<Delivery[]>;
  /** One attempt is over: delivered, to be tried again at `nextAt`, or never again. One that is over stays as it ended. */
  settle(
    id: string,
    outcome:
      | { readonly status: 'delivered'; readonly at: Date }
      | { readonly status: 'waiting'; readonly nextAt: Date; readonly error: string }
      | { readonly status: 'dead'; readonly error: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /** The newest first. */
  listDeliveries(
    filter: { readonly status?: Delivery['status']; readonly namespace?: string; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<Delivery[]>;
  /** A dead one waits again, due at once and with no attempt made; false when it is not dead, or another namespace's. */
  revive(id: string, namespace: string | undefined, now: Date, signal?: AbortSignal): Promise<boolean>;
}

/** What a server said to a message: its status, and when it wants to be asked again. */
export interface PostReply {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/**
 * Posts a body to a configured address. Follows no redirect, and reads no more of the answer than it needs. Errors:
 * `destination-unavailable` (retryable) where no answer comes.
 */
export type Post = (
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
) => Promise<PostReply>;
