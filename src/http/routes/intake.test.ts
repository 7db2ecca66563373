import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../../domain/errors.ts';
import { Sender } from '../../domain/occurrence.ts';
import { readFixture } from '../../intake/__fixtures__/deliveries.ts';
import { AlertMap } from '../../intake/alert-map.ts';
import { postJson, readProblem } from '../__fixtures__/serve.ts';
import { type ServedIntake, serveIntake } from '../__fixtures__/serve-intake.ts';
import { IntakeAnswer } from './intake.ts';

const post = ({ url }: ServedIntake, sender: string, body: unknown, headers: Record<string, string> = {}) =>
  postJson(`${url}/v1/intake/${sender}`, body, headers);

/** What a head is answered whose body does not come. */
function headOf(url: string, headers: Record<string, string>): Promise<number | 'waits' | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, ({ statusCode }) => {
      resolve(statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.setTimeout(300, () => {
      resolve('waits');
      sent.destroy();
    });
    sent.flushHeaders();
  });
}

const answerOf = async (response: Response) => IntakeAnswer.parse(await response.json());

describe('POST /v1/intake/{sender}', () => {
  it.each(Sender.options)('keeps what %s posts and says where its diagnosis will be', async (sender) => {
    await using served = await serveIntake();
    const body = sender === 'generic' ? readFixture('alertmanager') : readFixture(sender);
    const response = await post(served, sender, body);
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('/v1/diagnoses/o1');
    expect(await answerOf(response)).toMatchObject({
      status: 'accepted',
      groups: [{ outcome: 'new', occurrence: 'o1', location: '/v1/diagnoses/o1' }],
    });
    expect(served.accepted).toEqual([
      { from: { namespace: 'default', sender }, groups: [expect.objectContaining({ alerts: expect.any(Array) })] },
    ]);
  });

  it('says of the same delivery, sent again, that it is known, and where', async () => {
    await using served = await serveIntake();
    await post(served, 'pagerduty', readFixture('pagerduty'));
    const again = await post(served, 'pagerduty', readFixture('pagerduty'));
    expect(again.headers.get('location')).toBe('/v1/diagnoses/o1');
    expect((await answerOf(again)).status).toBe('duplicate');
  });

  it('points to what is new before what goes on, and tells the most of several groups', async () => {
    const outcomes = ['duplicate', 'joined', 'new'] as const;
    await using served = await serveIntake({
      accept: async (groups) => groups.map((_, at) => ({ occurrence: `a/${at}`, outcome: outcomes[at] ?? 'filtered' })),
    });
    const event = readFixture('cloudevents');
    const batch = ['a', 'b', 'c'].map((subject) => ({ ...event, subject, id: subject }));
    const response = await post(served, 'cloudevents', batch, { 'content-type': 'application/cloudevents-batch+json' });
    expect(response.headers.get('location')).toBe('/v1/diagnoses/a%2F2');
    expect((await answerOf(response)).status).toBe('accepted');
  });

  it.each([
    ['resolved', { occurrence: 'o1', outcome: 'resolved' }],
    ['filtered', { occurrence: 'o1', outcome: 'filtered' }],
    ['ignored', { outcome: 'unknown' }],
  ] as const)('answers %s when that is all that came of it', async (status, outcome) => {
    await using served = await serveIntake({ accept: async (groups) => groups.map(() => outcome) });
    const response = await post(served, 'alertmanager', readFixture('alertmanager'));
    expect([response.status, (await answerOf(response)).status]).toEqual([202, status]);
    expect(response.headers.has('location')).toBe(status !== 'ignored');
  });

  it('takes what is no alert, says why, and hands nothing in', async () => {
    await using served = await serveIntake();
    const response = await post(served, 'opsgenie', { ...readFixture('opsgenie'), action: 'Acknowledge' });
    expect(response.status).toBe(202);
    expect(await answerOf(response)).toMatchObject({ status: 'ignored', why: expect.stringContaining('Acknowledge') });
    expect(served.accepted).toEqual([]);
  });

  it('reads the generic sender by the configured map', async () => {
    const map = AlertMap.parse({ alerts: '$.events', alertname: '$.check.name' });
    await using served = await serveIntake({ config: { requestsPerMinute: 60, senders: { generic: { map } } } });
    await post(served, 'generic', readFixture('generic'));
    expect(served.accepted[0]?.groups.map(({ alerts }) => alerts[0]?.labels['alertname'])).toEqual([
      'orders_lag',
      'db_replication',
    ]);
  });

  it('takes CloudEvents in headers, with text as their data', async () => {
    await using served = await serveIntake();
    const response = await fetch(`${served.url}/v1/intake/cloudevents`, {
      method: 'POST',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': '1',
        'ce-source': 'q',
        'ce-type': 'full',
        'content-type': 'text/plain',
      },
      body: 'the queue is full',
    });
    expect(response.status).toBe(202);
    expect(served.accepted[0]?.groups[0]?.alerts[0]).toMatchObject({
      labels: { alertname: 'full' },
      annotations: { description: 'the queue is full' },
    });
  });

  it('checks a signature over the bytes as they were sent, compressed or not', async () => {
    await using served = await serveIntake({
      tokens: {},
      secrets: { anySender: [], bySender: new Map([['pagerduty', ['s']]]) },
    });
    const body = gzipSync(JSON.stringify(readFixture('pagerduty')));
    const signature = (bytes: Uint8Array) => `v1=${createHmac('sha256', 's').update(bytes).digest('hex')}`;
    const send = (given: string) =>
      fetch(`${served.url}/v1/intake/pagerduty`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-encoding': 'gzip',
          'x-pagerduty-signature': given,
        },
        body,
      });
    expect((await send(signature(body))).status).toBe(202);
    const refused = await send(signature(Buffer.from(JSON.stringify(readFixture('pagerduty')))));
    expect(await readProblem(refused)).toMatchObject({ status: 401, detail: expect.stringContaining('pagerduty') });
    expect(served.accepted).toHaveLength(1);
  });

  it('waits for no body of whoever brings neither a token nor a proof', async () => {
    const secrets = { anySender: ['a secret'], bySender: new Map() };
    await using guarded = await serveIntake({ tokens: {}, secrets });
    await using open = await serveIntake({ secrets });
    const promise = (served: ServedIntake, headers: Record<string, string> = {}) =>
      headOf(`${served.url}/v1/intake/generic`, {
        'content-type': 'application/json',
        'content-length': '9',
        ...headers,
      });
    expect(await Promise.all([guarded, open].map((served) => promise(served)))).toEqual([401, 401]);
    expect(await promise(guarded, { 'x-precedent-secret': 'a secret' })).toBe('waits');
  });

  it.each([
    ['as it is', {}, (text: string) => text],
    ['inflated', { 'content-encoding': 'gzip' }, (text: string) => gzipSync(text)],
  ])(
    'takes no delivery over 4 MiB, %s, where other bodies may be larger, and says what its sender can do',
    async (_, headers, write) => {
      await using served = await serveIntake({ maxBodyBytes: 16_777_216 });
      const send = (length: number) =>
        fetch(`${served.url}/v1/intake/alertmanager`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: write(JSON.stringify({ ...readFixture('alertmanager'), ignored: 'x'.repeat(length) })),
        });
      expect((await send(4_100_000)).status).toBe(202);
      const detail = expect.stringContaining('let the sender group its alerts');
      expect(await readProblem(await send(4_194_304))).toMatchObject({ status: 413, detail });
    },
  );

  it('bounds what those who proved nothing yet may fill its memory with, and keeps nobody out who is known', async () => {
    const secrets = { anySender: ['a secret'], bySender: new Map() };
    await using served = await serveIntake({ tokens: {}, secrets, maxHeldBytes: 100_000 });
    const url = `${served.url}/v1/intake/generic`;
    const unproven = { 'content-type': 'application/json', 'webhook-signature': 'v1,bm90aGluZw==' };
    const idle = Array.from({ length: 3 }, () => request(url, { method: 'POST', headers: unproven }));
    for (const one of idle) one.on('error', () => {}).write('x'.repeat(30_000));
    const send = (headers: Record<string, string>) =>
      post(served, 'generic', { ...readFixture('alertmanager'), ignored: 'x'.repeat(20_000) }, headers);
    await expect.poll(async () => (await send(unproven)).status).toBe(503);
    const refused = await send(unproven);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await readProblem(refused)).toMatchObject({ type: 'urn:precedent:problem:overloaded' });
    expect((await send({ 'x-precedent-secret': 'a secret' })).status).toBe(202);
    for (const one of idle) one.destroy();
    await expect.poll(async () => (await send(unproven)).status).toBe(401);
  });

  it('keeps a team’s alerts where its token belongs', async () => {
    const token = (scopes: readonly ('intake' | 'read')[]) => ({ name: 'shop', namespace: 'shop', scopes });
    await using served = await serveIntake({ tokens: { in: token(['intake']), out: token(['read']) } });
    const bearer = (name: string) => ({ authorization: `Bearer ${name}` });
    const statuses = await Promise.all(
      ['in', 'out', 'wrong'].map(
        async (name) => (await post(served, 'grafana', readFixture('grafana'), bearer(name))).status,
      ),
    );
    expect(statuses).toEqual([202, 403, 401]);
    expect(served.accepted.map(({ from }) => from)).toEqual([{ namespace: 'shop', sender: 'grafana' }]);
  });

  it.each([
    ['pagerduty', 429],
    ['alertmanager', 503],
    ['grafana', 503],
  ])('slows %s down with %i, which is what it repeats', async (sender, status) => {
    await using served = await serveIntake({
      config: { requestsPerMinute: 6_000, senders: { [sender]: { requestsPerMinute: 1 } } },
    });
    expect((await post(served, sender, readFixture(sender))).status).toBe(202);
    const response = await post(served, sender, readFixture(sender));
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await readProblem(response)).toMatchObject({ status, detail: expect.stringContaining('send again in') });
    expect(served.accepted).toHaveLength(1);
  });

  it('answers 503, which every sender repeats, while alerts cannot be kept', async () => {
    const away = new PrecedentError('casebook-unavailable', 'the casebook does not answer');
    await using served = await serveIntake({ accept: () => Promise.reject(away) });
    const response = await post(served, 'alertmanager', readFixture('alertmanager'));
    expect(await readProblem(response)).toMatchObject({ status: 503 });
  });

  it('names the senders to whoever posts to another', async () => {
    await using served = await serveIntake();
    const problem = await readProblem(await post(served, 'nagios', {}));
    expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining('alertmanager, grafana, pagerduty') });
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'payload=1', 415],
    ['text from a sender of JSON', 'text/plain', '{}', 415],
    ['no JSON', 'application/json', '{"alerts": [', 400],
    ['nothing', 'application/json', '', 400],
    ['too much', 'application/json', JSON.stringify({ x: 'x'.repeat(2_000_000) }), 413],
  ])('refuses %s', async (_, type, body, status) => {
    await using served = await serveIntake();
    const response = await fetch(`${served.url}/v1/intake/alertmanager`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect((await readProblem(response))['status']).toBe(status);
  });
});
