import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Alarm, createAlarm } from '../alarm.ts';
import { buildCallback, type Told } from '../deliver/callback.ts';
import { type AttemptResult, decideNextStep, type NextStep } from '../deliver/retry-schedule.ts';
import { signMessage } from '../deliver/sign.ts';
import { deliveryIdOf, type Tidings, wants } from '../deliver/telling.ts';
import type { CallbackAccess, CallbackDestination } from '../domain/callback.ts';
import type { Delivery, DeliveryEvent } from '../domain/delivery.ts';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import { EVERY_NAMESPACE, type Principal } from '../domain/principal.ts';
import { createTellOnce } from '../intake-desk/tell-once.ts';
import type { Clock, Outbox, Post } from '../ports.ts';

/**
 * Tells configured destinations what they want to know, at least once each, in no particular order. What is enqueued
 * outlives the process, and several processes may share the work.
 */
export interface Courier extends AsyncDisposable {
  /** Kept when this resolves. The same tidings again change nothing. */
  enqueue(tidings: readonly Tidings[]): Promise<void>;
  /** Whether any destination does: where none does, nobody need look for tidings. */
  isWanted(event: DeliveryEvent): boolean;
  /** Begins to send. */
  start(): void;
  /** The newest first, of what the viewer may see. */
  listDeliveries(viewer: Principal, filter: DeliveryFilter): Promise<Delivery[]>;
  /** Tries a dead one again, from its first attempt on; throws `not-found` where there is none such. */
  retryDelivery(id: string, viewer: Principal): Promise<void>;
}

export interface DeliveryFilter {
  readonly status?: Delivery['status'] | undefined;
  readonly limit: number;
}

export interface CourierParts {
  readonly destinations: readonly CallbackDestination[];
  /** By the name of the destination. */
  readonly access: ReadonlyMap<string, CallbackAccess>;
  /** Where people reach this service; absent: links are paths. */
  readonly publicUrl?: string | undefined;
  /** Of which verdicts are taken from Slack; absent: of none. */
  readonly slackNamespace?: string | undefined;
  readonly outbox: Outbox;
  readonly post: Post;
  /** What there is to tell, as it is now; throws `not-found` when it is no more. */
  readonly read: (delivery: Delivery) => Promise<Told>;
  readonly now: Clock;
  readonly newId: () => string;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onFailure: (what: string, error: unknown) => void;
  /** How often the outbox is looked into when nobody rings. */
  readonly pollMs?: number;
}

/** Messages on their way to one destination at once. Each destination has its own, so none waits for another. */
const AT_ONCE = 2;

/** Shorter than any pause before a message is tried again. */
const POLL_MS = 5_000;

/** Longer than an attempt may take: after that its process is gone, and another one sends the message. */
const LEASE_MS = 60_000;

/**
 * What answers alerts is enqueued just before it is written down, so that a crash in between loses no message: whoever reads
 * in that moment looks again.
 */
const EARLY_LOOKS = 8;
const EARLY_MS = 250;

/** What is on its way when the process stops has so long to arrive. */
const GRACE_MS = 3_000;

export function createCourier(parts: CourierParts): Courier {
  const { destinations, outbox, now, pollMs = POLL_MS } = parts;
  const sender = parts.newId();
  const stopping = new AbortController();
  const cutting = new AbortController();
  // Each destination listens to both, and each message on its way.
  setMaxListeners(0, stopping.signal, cutting.signal);
  const alarms = new Map(destinations.map(({ name }) => [name, createAlarm()] as const));
  const routes: Promise<void>[] = [];
  const claiming = createTellOnce((error) => parts.onFailure('claim deliveries', error));

  async function claim(destination: string, limit: number): Promise<Delivery[]> {
    try {
      const until = new Date(now().getTime() + LEASE_MS);
      const claimed = await outbox.claim(sender, limit, now(), until, stopping.signal, { destination });
      claiming.worked();
      return claimed;
    } catch (error) {
      if (!stopping.signal.aborted) claiming.failed(error);
      return [];
    }
  }

  /** One destination's messages, until the process stops. */
  async function serve(destination: CallbackDestination, access: CallbackAccess, alarm: Alarm): Promise<void> {
    const underway = new Set<Promise<void>>();
    while (!stopping.signal.aborted) {
      const free = AT_ONCE - underway.size;
      const claimed = free > 0 ? await claim(destination.name, free) : [];
      for (const delivery of claimed) {
        const task = send(delivery, destination, access).finally(() => {
          underway.delete(task);
          alarm.ring();
        });
        underway.add(task);
      }
      if (claimed.length === 0) await alarm.sleep(pollMs, stopping.signal);
    }
    await Promise.all(underway);
  }

  async function send(delivery: Delivery, destination: CallbackDestination, access: CallbackAccess): Promise<void> {
    try {
      const step = await attempt(delivery, destination, access);
      // Cut short by the end of this process: another one has it when the lease is over.
      if (!cutting.signal.aborted) await settle(delivery.id, step);
    } catch (error) {
      parts.onFailure('settle delivery', error);
    }
  }

  async function attempt(
    delivery: Delivery,
    { format }: CallbackDestination,
    { url, secrets }: CallbackAccess,
  ): Promise<NextStep> {
    let result: AttemptResult;
    try {
      const canJudge = delivery.namespace === parts.slackNamespace;
      const told = await readSettled(delivery);
      const body = buildCallback(format, delivery, told, parts.publicUrl, canJudge);
      const headers = signMessage({ id: delivery.id, at: now(), body }, secrets);
      result = await parts.post(url, { headers, body }, cutting.signal);
    } catch (error) {
      if (isPrecedentError(error, 'not-found')) return { kind: 'dead', error: 'there is nothing to tell of any more' };
      if (!isPrecedentError(error)) parts.onFailure('send delivery', error);
      result = { failure: isPrecedentError(error) ? messageOf(error) : 'it could not be sent: the log says why' };
    }
    return decideNextStep(result, delivery.attempts, parts.random());
  }

  async function readSettled(delivery: Delivery): Promise<Told> {
    for (let looks = 1; ; looks++) {
      try {
        return await parts.read(delivery);
      } catch (error) {
        if (looks >= EARLY_LOOKS || !isPrecedentError(error, 'diagnosis-not-done')) throw error;
        await sleep(EARLY_MS, undefined, { signal: cutting.signal });
      }
    }
  }

  async function settle(id: string, step: NextStep): Promise<void> {
    const at = now();
    if (step.kind === 'delivered') return outbox.settle(id, { status: 'delivered', at });
    if (step.kind === 'dead') return outbox.settle(id, { status: 'dead', error: step.error });
    const nextAt = new Date(at.getTime() + step.afterSeconds * 1_000);
    return outbox.settle(id, { status: 'waiting', nextAt, error: step.error });
  }

  return {
    async enqueue(tidings) {
      const createdAt = now().toISOString();
      const deliveries = destinations.flatMap((destination) =>
        tidings
          .filter((one) => wants(destination, one))
          .map((one) => {
            const { event, subject, namespace } = one;
            const { name } = destination;
            return { id: deliveryIdOf(name, one), namespace, destination: name, event, subject, createdAt };
          }),
      );
      if (deliveries.length === 0) return;
      await outbox.enqueue(deliveries);
      for (const { destination } of deliveries) alarms.get(destination)?.ring();
    },

    isWanted: (event) => destinations.some(({ on }) => on.includes(event)),

    start() {
      if (routes.length > 0) return;
      for (const destination of destinations) {
        const access = parts.access.get(destination.name);
        const alarm = alarms.get(destination.name);
        if (access && alarm) routes.push(serve(destination, access, alarm));
      }
    },

    listDeliveries: (viewer, { status, limit }) =>
      outbox.listDeliveries({ ...filterOf(viewer), ...(status ? { status } : {}), limit }),

    async retryDelivery(id, viewer) {
      if (!(await outbox.revive(id, filterOf(viewer).namespace, now())))
        throw new PrecedentError('not-found', `there is no dead delivery ${id}`);
      for (const alarm of alarms.values()) alarm.ring();
    },

    async [Symbol.asyncDispose]() {
      stopping.abort();
      const timer = setTimeout(() => cutting.abort(), GRACE_MS);
      await Promise.allSettled(routes);
      clearTimeout(timer);
    },
  };
}

function filterOf({ namespace }: Principal): { readonly namespace?: string } {
  return namespace === EVERY_NAMESPACE ? {} : { namespace };
}
