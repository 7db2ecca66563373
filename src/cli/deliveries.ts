import type { Courier } from '../courier/courier.ts';
import type { Delivery } from '../domain/delivery.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { type CommandContext, EXIT } from './context.ts';
import { formatSecond, paint, plain, wrap } from './render.ts';

export interface DeliveriesOptions {
  readonly dead?: boolean;
  readonly retry?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

const SHOWN = 50;

/** `precedent deliveries`: what was sent, what waits and what is given up; with `--retry`, tries a dead one again. */
export async function deliveriesCommand(
  courier: Pick<Courier, 'listDeliveries' | 'retryDelivery'>,
  { dead, retry, limit = SHOWN, json }: DeliveriesOptions,
  context: Pick<CommandContext, 'write'>,
): Promise<number> {
  if (retry !== undefined) {
    await courier.retryDelivery(retry, LOCAL_OPERATOR);
    context.write(
      json ? `${JSON.stringify({ id: retry, status: 'waiting' })}\n` : `${retry} waits: a running service sends it.\n`,
    );
    return EXIT.done;
  }
  const deliveries = await courier.listDeliveries(LOCAL_OPERATOR, { limit, ...(dead ? { status: 'dead' } : {}) });
  context.write(json ? `${JSON.stringify({ deliveries })}\n` : renderDeliveries(plain(deliveries), dead === true));
  return deliveries.length === 0 ? EXIT.nothing : EXIT.done;
}

function renderDeliveries(deliveries: readonly Delivery[], onlyDead: boolean): string {
  if (deliveries.length === 0) return onlyDead ? 'No delivery is dead.\n' : 'Nothing was to be delivered yet.\n';
  return deliveries.map(renderDelivery).join('');
}

const MARKS: Readonly<Record<Delivery['status'], string>> = {
  delivered: paint.good('✔ delivered'),
  waiting: '… waiting',
  dead: paint.danger('✘ dead'),
};

function renderDelivery(delivery: Delivery): string {
  const { id, destination, event, subject, status, attempts, createdAt, nextAt, deliveredAt, lastError } = delivery;
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const when = deliveredAt ?? nextAt;
  const then = when === undefined ? '' : `, ${status === 'waiting' ? 'next' : 'at'} ${formatSecond(when)}`;
  return [
    `${MARKS[status]}  ${paint.title(destination)} ${event} ${subject}\n`,
    `     ${paint.quiet(`${id} · since ${formatSecond(createdAt)} · ${tries}${then}`)}\n`,
    lastError === undefined || status === 'delivered' ? '' : wrap(lastError, 5),
  ].join('');
}
