import type { InStatement, Row } from '@libsql/client';
import { Delivery } from '../domain/delivery.ts';
import type { NewDelivery, Outbox } from '../ports/delivery.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';

/** Messages to be sent, in the casebook's database, which several replicas share. */
export function createLibsqlOutbox(place: LibsqlOptions | LibsqlConnection): Outbox {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  const execute = (statement: InStatement, signal?: AbortSignal) =>
    connection.call((client) => client.execute(statement), { signal });
  return {
    async enqueue(deliveries, signal) {
      await execute(enqueue(deliveries), signal);
    },
    async claim(sender, limit, now, until, signal, only) {
      if (!signal?.aborted && connection.isUnwritten()) return [];
      const { rows } = await execute(claim(sender, limit, now, until, only?.destination), signal);
      // What a statement returns has no order of its own.
      return rows.toSorted(byDueTime).map(toDelivery);
    },
    async settle(id, outcome, signal) {
      await execute(settle(id, outcome), signal);
    },
    async listDeliveries(filter, signal) {
      if (!signal?.aborted && connection.isUnwritten()) return [];
      return (await execute(listDeliveries(filter), signal)).rows.map(toDelivery);
    },
    async revive(id, namespace, now, signal) {
      return (await execute(revive(id, namespace, now), signal)).rowsAffected > 0;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function enqueue(deliveries: readonly NewDelivery[]): InStatement {
  const rows = deliveries.map(({ id, namespace, destination, event, subject, createdAt }) => {
    const moment = new Date(createdAt).toISOString();
    return [id, namespace, destination, event, subject, moment];
  });
  return {
    sql: `INSERT INTO deliveries (id, namespace, destination, event, subject, created_at, next_at)
          SELECT n.value ->> 0, n.value ->> 1, n.value ->> 2, n.value ->> 3, n.value ->> 4, n.value ->> 5, n.value ->> 5
          FROM json_each(?) AS n WHERE true ORDER BY n.key
          ON CONFLICT (id) DO NOTHING`,
    args: [JSON.stringify(rows)],
  };
}

/** One statement finds and takes them, so no other sender gets the same. */
function claim(sender: string, limit: number, now: Date, until: Date, destination: string | undefined): InStatement {
  const moment = now.toISOString();
  return {
    sql: `UPDATE deliveries SET sender = ?, held_until = ?, attempts = attempts + 1
          WHERE number IN (
            SELECT number FROM deliveries
            WHERE status = 'waiting' AND next_at <= ? AND (held_until IS NULL OR held_until <= ?)
              ${destination === undefined ? '' : 'AND destination = ?'}
            ORDER BY next_at, number LIMIT ?)
          RETURNING *`,
    args: [sender, until.toISOString(), moment, moment, ...(destination === undefined ? [] : [destination]), limit],
  };
}

function settle(id: string, outcome: Parameters<Outbox['settle']>[1]): InStatement {
  const nextAt = outcome.status === 'waiting' ? outcome.nextAt.toISOString() : null;
  const deliveredAt = outcome.status === 'delivered' ? outcome.at.toISOString() : null;
  const error = outcome.status === 'delivered' ? null : outcome.error;
  return {
    sql: `UPDATE deliveries SET status = ?, next_at = ?, delivered_at = ?, last_error = ?,
            sender = NULL, held_until = NULL
          WHERE id = ? AND status = 'waiting'`,
    args: [outcome.status, nextAt, deliveredAt, error, id],
  };
}

function listDeliveries({ status, namespace, limit }: Parameters<Outbox['listDeliveries']>[0]): InStatement {
  const wanted = [status && 'status = ?', namespace !== undefined && 'namespace = ?'].filter(Boolean);
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.join(' AND ')}`;
  return {
    sql: `SELECT * FROM deliveries ${where} ORDER BY created_at DESC, number DESC LIMIT ?`,
    args: [...(status === undefined ? [] : [status]), ...(namespace === undefined ? [] : [namespace]), limit],
  };
}

/** It begins anew, with as many attempts as a new one has. */
function revive(id: string, namespace: string | undefined, now: Date): InStatement {
  return {
    sql: `UPDATE deliveries SET status = 'waiting', attempts = 0, next_at = ?
          WHERE id = ? AND status = 'dead' AND namespace = coalesce(?, namespace)`,
    args: [now.toISOString(), id, namespace ?? null],
  };
}

function byDueTime(a: Row, b: Row): number {
  const order = String(a['next_at']).localeCompare(String(b['next_at']));
  return order === 0 ? Number(a['number']) - Number(b['number']) : order;
}

function toDelivery(row: Row): Delivery {
  const { id, namespace, destination, event, subject, status, attempts } = row;
  const { next_at: nextAt, delivered_at: deliveredAt, last_error: lastError } = row;
  return Delivery.parse({
    id,
    namespace,
    destination,
    event,
    subject,
    status,
    attempts,
    createdAt: row['created_at'],
    ...(nextAt === null ? {} : { nextAt }),
    ...(deliveredAt === null ? {} : { deliveredAt }),
    ...(lastError === null ? {} : { lastError }),
  });
}
