import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Courier } from '../../courier/courier.ts';
import { Delivery } from '../../domain/delivery.ts';
import { principalOf } from '../principal.ts';
import { jsonAnswer, problems } from './answers.ts';

const NO_LIMIT = 'must be a whole number from 1 to 500';

export const DeliveryList = z.object({ deliveries: z.array(Delivery) });
export const RevivedDelivery = z.object({ id: z.string(), status: z.literal('waiting') });

const listDeliveries = createRoute({
  method: 'get',
  path: '/v1/deliveries',
  operationId: 'listDeliveries',
  tags: ['Deliveries'],
  summary: 'What was sent, what waits and what is given up',
  request: {
    query: z.object({
      status: Delivery.shape.status.clone().optional().openapi({ description: 'Only those; all without it.' }),
      limit: z.coerce
        .number(NO_LIMIT)
        .int(NO_LIMIT)
        .min(1, NO_LIMIT)
        .max(500, NO_LIMIT)
        .default(100)
        .openapi({ description: 'The newest so many.' }),
    }),
  },
  responses: {
    200: jsonAnswer('Deliveries, the newest first.', 'DeliveryList', DeliveryList),
    ...problems(400, 401, 500, 503),
  },
});

const retryDelivery = createRoute({
  method: 'post',
  path: '/v1/deliveries/{id}/retry',
  operationId: 'retryDelivery',
  tags: ['Deliveries'],
  summary: 'Try a dead delivery again',
  description: 'From its first attempt on, with the same `webhook-id`.',
  request: { params: z.object({ id: z.string().openapi({ description: 'Of a delivery that is dead.' }) }) },
  responses: {
    202: jsonAnswer('It is sent again.', 'RevivedDelivery', RevivedDelivery),
    ...problems(400, 401, 404, 500, 503),
  },
});

export const DELIVERY_ROUTES = [listDeliveries, retryDelivery];

export interface DeliveryParts {
  readonly courier: Pick<Courier, 'listDeliveries' | 'retryDelivery'>;
}

export function addDeliveryRoutes(api: OpenAPIHono, { courier }: DeliveryParts): void {
  api.openapi(listDeliveries, async (c) => {
    const deliveries = await courier.listDeliveries(principalOf(c), c.req.valid('query'));
    return c.json({ deliveries }, 200);
  });

  api.openapi(retryDelivery, async (c) => {
    const { id } = c.req.valid('param');
    await courier.retryDelivery(id, principalOf(c));
    return c.json({ id, status: 'waiting' as const }, 202);
  });
}
