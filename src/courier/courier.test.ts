import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, describe, expect, it } from 'vitest';
import { createFetchPost } from '../adapters/fetch-post.ts';
import { createLibsqlOutbox } from '../adapters/libsql-outbox.ts';
import type { Tidings } from '../deliver/telling.ts';
import type { CallbackDestination } from '../domain/callback.ts';
import { PrecedentError } from '../domain/errors.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import type { Outbox } from '../ports.ts';
import { startCallbackReceiver } from '../testing/callback-receiver.ts';
import { createMemoryOutbox } from '../testing/memory-outbox.ts';
import { buildPromotable } from '../testing/promotable-builder.ts';
import { type CourierParts, createCourier } from './courier.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const OPS: CallbackDestination = { name: 'ops', format: 'diagnosis', on: ['diagnosis.done'] };
const START = Date.parse('2026-03-01T10:00:00Z');

function tidings(subject: string, namespace = 'default'): Tidings {
  return { event: 'diagnosis.done', subject, namespace, senders: ['grafana'] };
}

/** A courier whose clock stands until a test moves it; it looks into its outbox every 5 ms. */
function open(
  urls: Readonly<Record<string, string>>,
  over: Partial<CourierParts> = {},
  outbox: Outbox = createMemoryOutbox(),
) {
  const clock = { ms: START };
  const failures: string[] = [];
  const now = () => new Date(clock.ms);
  const courier = createCourier({
    destinations: Object.keys(urls).map((name) => ({ ...OPS, name })),
    access: new Map(Object.entries(urls).map(([name, url]) => [name, { url, secrets: [SECRET] }])),
    outbox,
    // Signed by the clock of the wall, as receivers judge signatures by theirs.
    post: (url, { body, headers }, signal) => createFetchPost({ now })(url, { body, headers }, signal),
    read: async ({ subject }) => ({ kind: 'answer', answer: buildPromotable({ id: subject }), occurrences: [] }),
    now,
    newId: () => 'this-process',
    random: () => 0.5,
    onFailure: (what) => failures.push(what),
    pollMs: 5,
    ...over,
  });
  const list = (status?: 'waiting' | 'delivered' | 'dead') =>
    courier.listDeliveries(LOCAL_OPERATOR, { status, limit: 100 });
  async function settled(status: 'waiting' | 'delivered' | 'dead', attempts: number) {
    for (let tries = 0; tries < 400; tries++) {
      // One that is on its way waits too, and is due.
      const [found] = (await list(status)).filter(
        (one) => one.attempts === attempts && Date.parse(one.nextAt ?? '9999-01-01') > clock.ms,
      );
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`nothing is ${status} after ${attempts} attempts: ${JSON.stringify(await list())}`);
  }
  return { courier, clock, failures, outbox, list, settled };
}

describe('the courier', () => {
  it('asks in Slack for verdicts on what Slack may judge, and on nothing of another team', async () => {
    await using receiver = await startCallbackReceiver();
    const destinations = [{ ...OPS, name: 'ops', format: 'slack' as const }];
    const { courier } = open({ ops: receiver.url }, { destinations, slackNamespace: 'default' });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('ours'), tidings('theirs', 'team-b')]);
    await receiver.arrived(2);
    const asking = receiver.received.filter(({ body }) => body.includes('verdict.confirmed'));
    expect(asking.map(({ body }) => body.includes('`ours`'))).toEqual([true]);
  });

  it('delivers what is enqueued, signed so that the official library accepts it', async () => {
    await using receiver = await startCallbackReceiver();
    const { courier, settled } = open({ ops: receiver.url }, { now: () => new Date() });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    const { id } = await settled('delivered', 1);
    const [message] = receiver.received;
    const headers = Object.fromEntries(
      Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(SECRET).verify(message?.body ?? '', headers)).toMatchObject({
      type: 'diagnosis.done',
      data: { id: 'd1', diagnosis: { id: 'd1', kind: 'answered' } },
    });
    expect(headers['webhook-id']).toBe(id);
  });

  it('tells the same only once, whoever says it and how often', async () => {
    await using receiver = await startCallbackReceiver();
    const { courier, settled, list } = open({ ops: receiver.url });
    await using _ = courier;
    await courier.enqueue([tidings('d1'), tidings('d1')]);
    courier.start();
    await settled('delivered', 1);
    await courier.enqueue([tidings('d1')]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(receiver.received).toHaveLength(1);
    expect(await list()).toHaveLength(1);
  });

  it('tries again what failed, later each time, until it is taken', async () => {
    await using receiver = await startCallbackReceiver((at, response) => {
      if (at < 2) response.writeHead(at === 0 ? 503 : 404).end();
    });
    const { courier, clock, settled } = open({ ops: receiver.url });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    const first = await settled('waiting', 1);
    expect(first).toMatchObject({ lastError: 'it answered 503', nextAt: new Date(START + 5_000).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(receiver.received).toHaveLength(1);
    clock.ms += 5_000;
    const second = await settled('waiting', 2);
    expect(second).toMatchObject({ lastError: 'it answered 404', nextAt: new Date(START + 35_000).toISOString() });
    clock.ms += 30_000;
    expect(await settled('delivered', 3)).toMatchObject({ deliveredAt: new Date(START + 35_000).toISOString() });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('leaves a receiver alone for as long as it asks', async () => {
    await using receiver = await startCallbackReceiver((_at, response) => {
      response.writeHead(429, { 'retry-after': '90' }).end();
    });
    const { courier, settled } = open({ ops: receiver.url });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    expect((await settled('waiting', 1)).nextAt).toBe(new Date(START + 90_000).toISOString());
  });

  it('gives up after the last attempt, and begins anew when somebody asks for it', async () => {
    let isMended = false;
    await using receiver = await startCallbackReceiver((_at, response) => {
      if (!isMended) response.writeHead(500).end();
    });
    const { courier, clock, settled } = open({ ops: receiver.url });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    for (let attempt = 1; attempt < 10; attempt++) {
      await settled('waiting', attempt);
      clock.ms += 30 * 3_600_000;
    }
    const dead = await settled('dead', 10);
    expect(dead.lastError).toBe('it answered 500; given up after 10 attempts');
    isMended = true;
    const stranger = { name: 'b', namespace: 'team-b', scopes: ['admin' as const] };
    await expect(courier.retryDelivery(dead.id, stranger)).rejects.toMatchObject({ code: 'not-found' });
    await courier.retryDelivery(dead.id, LOCAL_OPERATOR);
    await settled('delivered', 1);
    await expect(courier.retryDelivery(dead.id, LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('sends no more to who answers 410, and tells nothing of what is no more', async () => {
    await using receiver = await startCallbackReceiver((_at, response) => response.writeHead(410).end() && undefined);
    const { courier, settled } = open({ ops: receiver.url });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    expect((await settled('dead', 1)).lastError).toBe('it wants no more of these (410)');
    const gone = open(
      { ops: receiver.url },
      {
        read: async () => Promise.reject(new PrecedentError('not-found', 'there is no diagnosis d2')),
      },
    );
    await using __ = gone.courier;
    gone.courier.start();
    await gone.courier.enqueue([tidings('d2')]);
    expect((await gone.settled('dead', 1)).lastError).toBe('there is nothing to tell of any more');
    expect(receiver.received).toHaveLength(1);
  });

  it('lets no destination wait for a slow one, and troubles none with more than two at once', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using slow = await startCallbackReceiver(() => released);
    await using quick = await startCallbackReceiver();
    const { courier } = open({ slow: slow.url, quick: quick.url });
    await using _ = courier;
    courier.start();
    await courier.enqueue(Array.from({ length: 20 }, (_, at) => tidings(`d${at}`)));
    await quick.arrived(20);
    expect(slow.received).toHaveLength(2);
    release();
    await slow.arrived(20);
  });

  it('goes on when its outbox is back, and complains once', async () => {
    await using receiver = await startCallbackReceiver();
    const outbox = createMemoryOutbox();
    let isAway = true;
    const claim: Outbox['claim'] = async (...call) => {
      if (isAway) throw new PrecedentError('casebook-unavailable', 'the casebook is away');
      return outbox.claim(...call);
    };
    const { courier, failures, settled } = open({ ops: receiver.url }, {}, { ...outbox, claim });
    await using _ = courier;
    courier.start();
    await courier.enqueue([tidings('d1')]);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(failures).toEqual(['claim deliveries']);
    isAway = false;
    await settled('delivered', 1);
  });

  it('lets what is on its way arrive when it is closed', async () => {
    await using receiver = await startCallbackReceiver(() => new Promise((resolve) => setTimeout(resolve, 60)));
    const { courier, list } = open({ ops: receiver.url });
    courier.start();
    await courier.enqueue([tidings('d1')]);
    await receiver.arrived(1);
    await courier[Symbol.asyncDispose]();
    expect(await list('delivered')).toHaveLength(1);
  });

  it('shows each team its own', async () => {
    const { courier } = open({ ops: 'http://127.0.0.1:1/' });
    await using _ = courier;
    await courier.enqueue([tidings('d1', 'team-a'), tidings('d2', 'team-b')]);
    const seen = await courier.listDeliveries({ name: 'a', namespace: 'team-a', scopes: ['admin'] }, { limit: 10 });
    expect(seen.map(({ subject }) => subject)).toEqual(['d1']);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'precedent-courier-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['in memory', () => createMemoryOutbox()],
  ['over libSQL', () => createLibsqlOutbox({ url: `file:${join(folder, `${performance.now()}.db`)}` })],
])('several couriers of one outbox %s', (_name, create) => {
  it('sends again, under the same id, what a process sent that died before it could write so down', async () => {
    await using receiver = await startCallbackReceiver();
    await using outbox = create();
    const dying = open({ ops: receiver.url }, {}, { ...outbox, settle: () => Promise.reject(new Error('killed')) });
    dying.courier.start();
    await dying.courier.enqueue([tidings('d1')]);
    await receiver.arrived(1);
    await dying.courier[Symbol.asyncDispose]();
    const next = open({ ops: receiver.url }, {}, outbox);
    await using _ = next.courier;
    next.courier.start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(receiver.received).toHaveLength(1);
    next.clock.ms += 60_000;
    await next.settled('delivered', 2);
    const [first, second] = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(first).toMatch(/^msg_/);
    expect(second).toBe(first);
  });

  it('never sends one message from two processes at once', async () => {
    await using receiver = await startCallbackReceiver();
    await using outbox = create();
    const [one, other] = [open({ ops: receiver.url }, {}, outbox), open({ ops: receiver.url }, {}, outbox)];
    await using _ = one.courier;
    await using __ = other.courier;
    one.courier.start();
    other.courier.start();
    const many = Array.from({ length: 30 }, (_, at) => tidings(`d${at}`));
    await Promise.all([one.courier.enqueue(many), other.courier.enqueue(many)]);
    await receiver.arrived(30);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(receiver.received).toHaveLength(30);
  });
});
