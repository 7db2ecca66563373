import { describe, expect, it } from 'vitest';
import { deliveriesCommand } from '../../cli/deliveries.ts';
import { createCourier } from '../../courier/courier.ts';
import { isPrecedentError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import { createMemoryOutbox } from '../../testing/memory-outbox.ts';
import { mount } from '../__fixtures__/mount.ts';
import { readProblem } from '../__fixtures__/serve.ts';
import { addDeliveryRoutes } from './deliveries.ts';

const NOW = new Date('2026-03-01T10:00:00Z');

/** An outbox with one delivery that waits, one that was delivered, and one that is dead: that of team-b. */
async function openCourier() {
  const outbox = createMemoryOutbox();
  const about = { destination: 'ops', event: 'diagnosis.done' as const, createdAt: NOW.toISOString() };
  await outbox.enqueue([
    { ...about, id: 'msg_1', subject: 'd1', namespace: 'team-a' },
    { ...about, id: 'msg_2', subject: 'd2', namespace: 'team-a' },
    { ...about, id: 'msg_3', subject: 'd3\u001b[2J', namespace: 'team-b' },
  ]);
  await outbox.claim('us', 10, NOW, NOW);
  await outbox.settle('msg_2', { status: 'delivered', at: NOW });
  await outbox.settle('msg_3', { status: 'dead', error: 'it answered 500; given up after 10 attempts' });
  return createCourier({
    destinations: [],
    access: new Map(),
    outbox,
    post: () => Promise.reject(new Error('nothing is sent here')),
    read: () => Promise.reject(new Error('nothing is sent here')),
    now: () => NOW,
    newId: () => 'us',
    random: () => 0.5,
    onFailure: () => {},
  });
}

const open = async (principal?: Principal) => {
  const courier = await openCourier();
  return mount((api) => addDeliveryRoutes(api, { courier }), principal);
};

const idsIn = async (response: Response) => {
  const { deliveries } = (await response.json()) as { deliveries: { id: string }[] };
  return deliveries.map(({ id }) => id).sort();
};

describe('deliveries over HTTP', () => {
  it('are listed, all of them or those of one kind', async () => {
    await using served = await open();
    expect(await idsIn(await fetch(`${served.url}/v1/deliveries`))).toEqual(['msg_1', 'msg_2', 'msg_3']);
    const dead = await fetch(`${served.url}/v1/deliveries?status=dead`);
    expect(await dead.json()).toMatchObject({
      deliveries: [{ id: 'msg_3', attempts: 1, lastError: expect.any(String) }],
    });
    expect(await idsIn(await fetch(`${served.url}/v1/deliveries?limit=2`))).toHaveLength(2);
    for (const wrong of ['limit=0', 'limit=501', 'limit=x', 'status=lost'])
      expect((await readProblem(await fetch(`${served.url}/v1/deliveries?${wrong}`)))['status']).toBe(400);
  });

  it('that are dead are sent again by whoever asks, once', async () => {
    await using served = await open();
    const retry = () => fetch(`${served.url}/v1/deliveries/msg_3/retry`, { method: 'POST' });
    const first = await retry();
    expect([first.status, await first.json()]).toEqual([202, { id: 'msg_3', status: 'waiting' }]);
    expect((await readProblem(await retry()))['status']).toBe(404);
  });

  it('of another team are neither seen nor touched', async () => {
    await using served = await open({ name: 'a', namespace: 'team-a', scopes: ['admin'] });
    expect(await idsIn(await fetch(`${served.url}/v1/deliveries`))).toEqual(['msg_1', 'msg_2']);
    const retry = await fetch(`${served.url}/v1/deliveries/msg_3/retry`, { method: 'POST' });
    expect((await readProblem(retry))['status']).toBe(404);
  });
});

describe('precedent deliveries', () => {
  async function run(options: Parameters<typeof deliveriesCommand>[1]) {
    await using courier = await openCourier();
    let text = '';
    const code = await deliveriesCommand(courier, options, { write: (more) => (text += more) });
    return { code, text };
  }

  it('shows what was sent, what waits and what is given up, with the reason', async () => {
    const { code, text } = await run({});
    expect(code).toBe(0);
    expect(text).toMatch(/dead.*ops.*diagnosis\.done d3/);
    expect(text).toContain('it answered 500; given up after 10 attempts');
    expect(text).not.toContain('\u001b[2J');
    expect(text).toMatch(/msg_1 · since 2026-03-01 10:00:00Z · 1 attempt, next/);
  });

  it('shows the dead alone, as JSON for machines', async () => {
    expect(JSON.parse((await run({ dead: true, json: true })).text).deliveries).toMatchObject([{ id: 'msg_3' }]);
  });

  it('tries a dead one again, and says when there is none such', async () => {
    expect(await run({ retry: 'msg_3' })).toMatchObject({ code: 0, text: expect.stringContaining('msg_3 waits') });
    await expect(run({ retry: 'msg_2' })).rejects.toSatisfy((error) => isPrecedentError(error, 'not-found'));
  });
});
