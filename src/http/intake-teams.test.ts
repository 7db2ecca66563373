import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import type { Team } from './__fixtures__/alert-team.ts';
import { readProblem } from './__fixtures__/serve.ts';
import { type AlertService, serveAlerts } from './__fixtures__/serve-alerts.ts';

let served: AlertService;
beforeAll(async () => {
  served = await serveAlerts();
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  expect(served.failures).toEqual([]);
});

const statusOf = async (team: Team, method: string, path: string, body?: unknown) =>
  (await team.ask(method, path, body)).status;

describe('the alerts of one team', () => {
  it('are answered for it alone, alone and in an outage', async () => {
    const [ours, theirs] = [await served.team('team-a'), await served.team('team-b')];
    const first = await ours.post(ours.fires('checkout'));
    const second = await ours.post(ours.fires('payment'));
    const response = await ours.ask('GET', second.location, undefined, { prefer: 'wait=20' });
    const { id, occurrence } = DiagnosisAnswer.parse(await response.json());
    const outage = `/v1/outages/${occurrence?.outage}`;
    expect(await statusOf(ours, 'GET', outage)).toBe(200);

    const rejected = { verdict: 'rejected', by: 'somebody' };
    for (const path of [first.location, second.location, `/v1/diagnoses/${id}`]) {
      for (const part of ['', '?format=annotation', '/events', '/postmortem', '/verdict'])
        expect(await statusOf(theirs, 'GET', path + part), path + part).toBe(404);
      expect(await statusOf(theirs, 'POST', `${path}/verdict`, rejected)).toBe(404);
    }
    expect(await statusOf(theirs, 'GET', outage)).toBe(404);
    expect(await (await theirs.ask('GET', '/v1/outages')).json()).toEqual({ outages: [] });
  });

  it('make no outage with those of another, and lend it no answer', async () => {
    const ours = await served.team('team-c');
    const read = async (team: Team, location: string) => {
      const response = await team.ask('GET', location, undefined, { prefer: 'wait=20' });
      return DiagnosisAnswer.parse(await response.json());
    };
    const own = await ours.post(ours.fires('checkout'));
    await read(ours, own.location);
    for (const [namespace, service] of [
      ['team-d', 'checkout'],
      ['team-h', 'payment'],
    ] as const) {
      const theirs = await served.team(namespace);
      const { id, location } = await theirs.post(theirs.fires(service));
      const answer = await read(theirs, location);
      expect(answer).toMatchObject({ id, occurrence: { because: 'own', namespace } });
      expect(answer).not.toHaveProperty('reused');
      expect(await (await theirs.ask('GET', '/v1/outages')).json()).toEqual({ outages: [] });
    }
    expect((await read(ours, own.location)).occurrence).not.toHaveProperty('outage');
  });
});

describe('a token', () => {
  it('that may hand in alerts may not read what became of them', async () => {
    const sender = await served.team('team-e', ['intake']);
    const reader = await served.team('team-e', ['read']);
    const { location } = await sender.post(sender.fires('orders'));
    const problem = await readProblem(await sender.ask('GET', location));
    expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining('read') });
    for (const path of [`${location}/events`, '/v1/outages', '/v1/search?query=orders', '/v1/deliveries'])
      expect(await statusOf(sender, 'GET', path), path).toBe(403);
    expect(await statusOf(sender, 'POST', '/v1/ask', { question: 'What happened to orders?' })).toBe(403);

    expect((await reader.ask('GET', location, undefined, { prefer: 'wait=20' })).status).toBe(200);
    await expect(reader.post(reader.fires('orders'))).rejects.toThrow('403');
    expect(await statusOf(reader, 'POST', `${location}/verdict`, { verdict: 'confirmed', by: 'somebody' })).toBe(403);
  });

  it('that may read may ask, and ask again in the same conversation', async () => {
    const reader = await served.team('team-f', ['read']);
    const question = 'What did we do last time orders waited in the queue?';
    const asked = await reader.ask('POST', '/v1/ask', { question });
    expect(asked.status).toBe(200);
    const answer = (await asked.json()) as { conversation: string };
    expect(JSON.stringify(answer)).toContain('orders-wait');
    const { conversation } = answer;
    expect(await statusOf(reader, 'POST', '/v1/ask', { question: 'And before that?', conversation })).toBe(200);
  });

  it('that may read lets a model use the tools', async () => {
    const { bearer } = await served.team('team-g', ['read']);
    const connect = async (authorization: string) => {
      const client = new Client({ name: 'test', version: '1' });
      const requestInit = { headers: { authorization } };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`), { requestInit }));
      return client;
    };
    const client = await connect(bearer);
    const { structuredContent } = await client.callTool({
      name: 'service_impact',
      arguments: { service: 'payment' },
    });
    expect(JSON.stringify(structuredContent)).toContain('checkout');
    await client.close();
    const { bearer: sender } = await served.team('team-g', ['intake']);
    await expect(connect(sender)).rejects.toThrow();
    await expect(connect('Bearer nobody')).rejects.toThrow();
  });
});
