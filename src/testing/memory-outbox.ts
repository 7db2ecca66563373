import type { Delivery } from '../domain/delivery.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Outbox } from '../ports/delivery.ts';

interface Row {
  delivery: Delivery;
  /** No other sender gets it before. */
  heldUntil: number;
}

/** The outbox in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryOutbox(): Outbox {
  const rows = new Map<string, Row>();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  return {
    async enqueue(deliveries, signal) {
      enter(signal);
      for (const one of deliveries) {
        const delivery: Delivery = { ...one, status: 'waiting', attempts: 0, nextAt: one.createdAt };
        if (!rows.has(one.id)) rows.set(one.id, { delivery, heldUntil: 0 });
      }
    },
    async claim(_sender, limit, now, until, signal, only) {
      enter(signal);
      const due = [...rows.values()]
        .filter(({ delivery, heldUntil }) => isDue(delivery, now) && heldUntil <= now.getTime())
        .filter(({ delivery: { destination } }) => (only?.destination ?? destination) === destination)
        .sort((a, b) => Date.parse(a.delivery.nextAt ?? '') - Date.parse(b.delivery.nextAt ?? ''));
      return due.slice(0, limit).map((row) => {
        row.heldUntil = until.getTime();
        row.delivery = { ...row.delivery, attempts: row.delivery.attempts + 1 };
        return { ...row.delivery };
      });
    },
    async settle(id, outcome, signal) {
      enter(signal);
      const row = rows.get(id);
      if (row?.delivery.status !== 'waiting') return;
      row.heldUntil = 0;
      row.delivery = settled(row.delivery, outcome);
    },
    async listDeliveries({ status, namespace, limit }, signal) {
      enter(signal);
      return [...rows.values()]
        .map(({ delivery }) => ({ ...delivery }))
        .filter((one) => (status ?? one.status) === one.status && (namespace ?? one.namespace) === one.namespace)
        .reverse()
        .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
        .slice(0, limit);
    },
    async revive(id, namespace, now, signal) {
      enter(signal);
      const row = rows.get(id);
      if (row?.delivery.status !== 'dead' || (namespace ?? row.delivery.namespace) !== row.delivery.namespace)
        return false;
      row.delivery = { ...row.delivery, status: 'waiting', attempts: 0, nextAt: now.toISOString() };
      return true;
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}

function isDue({ status, nextAt }: Delivery, now: Date): boolean {
  return status === 'waiting' && nextAt !== undefined && Date.parse(nextAt) <= now.getTime();
}

function settled({ nextAt: _, lastError: __, ...rest }: Delivery, outcome: Parameters<Outbox['settle']>[1]): Delivery {
  switch (outcome.status) {
    case 'delivered':
      return { ...rest, status: 'delivered', deliveredAt: outcome.at.toISOString() };
    case 'waiting':
      return { ...rest, nextAt: outcome.nextAt.toISOString(), lastError: outcome.error };
    case 'dead':
      return { ...rest, status: 'dead', lastError: outcome.error };
  }
}
