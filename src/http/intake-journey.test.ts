import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { DiagnosisVerdicts } from '../domain/feedback.ts';
import { Outage } from '../domain/outage.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../testing/callback-receiver.ts';
import { createHashEmbedder } from '../testing/hash-embedder.ts';
import type { Team } from './__fixtures__/alert-team.ts';
import { readProblem } from './__fixtures__/serve.ts';
import { type AlertService, serveAlerts } from './__fixtures__/serve-alerts.ts';

const KEY = Buffer.from('a secret of the receiver of callbacks');
const WAIT = { prefer: 'wait=20' };

const embedder = createHashEmbedder();
/** What whoever looks something up waits for. */
let held = Promise.resolve();

let receiver: CallbackReceiver;
let served: AlertService;
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  const callbacks = [
    'callbacks:',
    `  - { name: ops, url: "${receiver.url}", secretEnv: OPS_SECRET, namespaces: [told], on: [diagnosis.done, occurrence.resolved] }`,
  ];
  served = await serveAlerts({
    env: { OPS_SECRET: `whsec_${KEY.toString('base64')}`, PUBLIC_URL: 'https://precedent.example.com' },
    file: callbacks.join('\n'),
    ports: { embedder: { ...embedder, embed: (...args) => held.then(() => embedder.embed(...args)) } },
  });
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  expect(served.failures).toEqual([]);
});

async function read(team: Team, location: string): Promise<DiagnosisAnswer> {
  const response = await team.ask('GET', location, undefined, WAIT);
  expect(response.status).toBe(200);
  return DiagnosisAnswer.parse(await response.json());
}

async function judge(team: Team, id: string, verdict: string): Promise<DiagnosisVerdicts> {
  const response = await team.ask('POST', `/v1/diagnoses/${id}/verdict`, { verdict, by: 'somebody on call' });
  expect(response.status).toBe(200);
  return DiagnosisVerdicts.parse(await response.json());
}

it('an alert is accepted at once, waited for, told about again only when something has changed, and closed', async () => {
  const team = await served.team('alone');
  const alert = team.fires('orders');
  const accepted = await team.post(alert);
  expect(accepted).toMatchObject({ status: 'accepted', location: expect.stringMatching(/^\/v1\/diagnoses\/[\w-]+$/) });

  const first = await team.ask('GET', accepted.location, undefined, WAIT);
  expect([first.status, first.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
  const answer = DiagnosisAnswer.parse(await first.json());
  expect(answer).toMatchObject({ id: accepted.id, occurrence: { status: 'answered', because: 'own' } });
  expect(answer.precedents[0]?.id).toContain('orders-wait');
  expect(answer.reused).toBeUndefined();

  const known = { 'if-none-match': first.headers.get('etag') ?? '' };
  expect((await team.ask('GET', accepted.location, undefined, known)).status).toBe(304);
  expect(await team.post(alert)).toMatchObject({ status: 'duplicate', location: accepted.location });
  expect((await team.ask('GET', accepted.location, undefined, known)).status).toBe(304);

  served.passes(12);
  expect(await team.post(alert, 'resolved')).toMatchObject({ status: 'resolved', location: accepted.location });
  const closed = await team.ask('GET', accepted.location, undefined, known);
  expect(closed.status).toBe(200);
  const { occurrence } = DiagnosisAnswer.parse(await closed.json());
  expect(Math.round((occurrence?.durationSeconds ?? 0) / 60)).toBe(12);
  const annotation = await team.ask('GET', `${accepted.location}?format=annotation`);
  expect(await annotation.text()).toContain(`https://precedent.example.com${accepted.location}`);
});

it('the same situation again gets the answer that is known, with its age, until somebody rejects it', async () => {
  const team = await served.team('again');
  const firing = async () => {
    const alert = team.fires('orders');
    const { id, location } = await team.post(alert);
    const answer = await read(team, location);
    await team.post(alert, 'resolved');
    served.passes(20);
    return { id, answer };
  };
  const first = await firing();
  const second = await firing();
  expect(second.id).not.toBe(first.id);
  expect(second.answer).toMatchObject({
    id: first.id,
    occurrence: { id: second.id, because: 'identical' },
    reused: { because: 'identical', diagnosis: first.id, text: 'answered 20 minutes before, for the same situation' },
  });
  expect(Math.round((second.answer.reused?.ageSeconds ?? 0) / 60)).toBe(20);

  await judge(team, second.id, 'rejected');
  const verdicts = await team.ask('GET', `/v1/diagnoses/${first.id}/verdict`);
  expect(DiagnosisVerdicts.parse(await verdicts.json())).toMatchObject({ verdicts: [{ verdict: 'rejected' }] });
  const third = await firing();
  expect(third.answer).toMatchObject({ id: third.id, occurrence: { because: 'own' } });
  expect(third.answer.reused).toBeUndefined();
});

it('whoever watches sees the stages, then the answer', async () => {
  const team = await served.team('watching');
  let goOn = () => {};
  held = new Promise((resolve) => {
    goOn = resolve;
  });
  const { id, location } = await team.post(team.fires('orders', 'OrdersWatched'));
  const stream = await team.ask('GET', `${location}/events`);
  goOn();
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  const events = (await stream.text()).split('\n\n').flatMap((text) => {
    const said = (field: string) => new RegExp(`^${field}: (.*)$`, 'm').exec(text)?.[1] ?? '';
    return said('event') === '' ? [] : [{ event: said('event'), data: JSON.parse(said('data')) as unknown }];
  });
  const stages = events.flatMap(({ event, data }) => (event === 'stage' ? [data] : []));
  expect(stages).toContainEqual({ stage: 'retrieve', state: 'begun' });
  expect(stages).toContainEqual({ stage: 'score', state: 'done', ms: expect.any(Number) });
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { id, occurrence: { id, status: 'answered' } } });
});

it('services that call one another and alert together are one outage, with one answer', async () => {
  const team = await served.team('together');
  const alerts = [team.fires('payment'), team.fires('web')];
  const payment = await team.post(alerts[0] ?? expect.fail());
  // Alone it is answered alone; only the second alert shows that it is part of something larger.
  expect((await read(team, payment.location)).occurrence).toMatchObject({ because: 'own' });
  const web = await team.post(alerts[1] ?? expect.fail());
  const answer = await read(team, web.location);
  expect(answer).toMatchObject({ reused: { because: 'outage', diagnosis: answer.id }, occurrence: { id: web.id } });
  const id = answer.occurrence?.outage ?? '';
  const founder = async () => (await read(team, payment.location)).occurrence;
  await expect
    .poll(founder, { timeout: 10_000 })
    .toMatchObject({ outage: id, diagnosis: answer.id, because: 'outage' });

  const outage = await outageOf(team, id);
  expect(outage).toMatchObject({ status: 'open', memberCount: 2, commonSuspect: { service: 'payment', explains: 1 } });
  expect(outage.diagnosis).toBe(answer.id);
  expect(outage.members.map(({ occurrence }) => occurrence)).toEqual([payment.id, web.id]);
  expect(outage.blastRadius).toMatchObject({ alerting: expect.arrayContaining(['payment', 'web']) });
  expect(outage.blastRadius.exposed.map(({ service }) => service)).toEqual(
    expect.arrayContaining(['checkout', 'mobile']),
  );
  expect(outage.summary).toContain('payment');

  for (const alert of alerts) await team.post(alert, 'resolved');
  expect(await outageOf(team, id)).toMatchObject({ status: 'resolved', durationSeconds: expect.any(Number) });
  const listed = await (await team.ask('GET', '/v1/outages')).text();
  expect(listed).toContain(id);
});

async function outageOf(team: Team, id: string): Promise<Outage> {
  return Outage.parse(await (await team.ask('GET', `/v1/outages/${id}`)).json());
}

it('what a noise rule filters is kept and not diagnosed', async () => {
  const team = await served.team('noisy');
  const alert = team.fires('rehearsal');
  const filtered = await team.post(alert);
  expect(filtered.status).toBe('filtered');
  const problem = await readProblem(await team.ask('GET', filtered.location, undefined, WAIT));
  expect(problem).toMatchObject({ status: 409, type: 'urn:precedent:problem:filtered' });
  expect(problem['detail']).toContain('rehearsals');
  const stream = await team.ask('GET', `${filtered.location}/events`);
  expect(await stream.text()).toContain('event: failed');
  expect(
    (await team.ask('POST', `/v1/diagnoses/${filtered.id}/verdict`, { verdict: 'rejected', by: 'x' })).status,
  ).toBe(409);
});

it('a callback tells of the answer and of the end, signed so that its receiver can believe it', async () => {
  const team = await served.team('told');
  const alert = team.fires('orders');
  const { id, location } = await team.post(alert);
  await receiver.arrived(1);
  await team.post(alert, 'resolved');
  await receiver.arrived(2);
  const bodies = receiver.received.map(({ headers, body }) => {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`);
    return JSON.parse(body) as unknown;
  });
  const link = `https://precedent.example.com${location}`;
  expect(bodies).toMatchObject([
    { type: 'diagnosis.done', data: { id, link, diagnosis: { id } } },
    { type: 'occurrence.resolved', data: { occurrence: { id, durationSeconds: expect.any(Number) } } },
  ]);
  await expect
    .poll(async () => await (await team.ask('GET', '/v1/deliveries')).json(), { timeout: 10_000 })
    .toMatchObject({
      deliveries: [{ status: 'delivered' }, { status: 'delivered' }],
    });
});
