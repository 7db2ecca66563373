import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { readProblem, type Served, serve } from './__fixtures__/serve.ts';
import { AuditPage } from './routes/audit.ts';

const OPERATOR = 'Bearer operator';
const STARTS = '2026-03-31T12:00:00Z';
const ALERT = { labels: { alertname: 'QueueBacklog', service: 'orders' }, annotations: {}, startsAt: STARTS };
const GROUP = {
  ...{ version: '4', groupKey: '{}:{alertname="QueueBacklog"}', status: 'firing', receiver: 'precedent' },
  ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: '' },
  alerts: [{ ...ALERT, status: 'firing', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'f1' }],
};
const RUNBOOK =
  '# QueueBacklog\n\n## Meaning\n\nOrders wait in the queue.\n\n## Mitigation\n\n1. Restart the workers.\n';
const WithId = z.looseObject({ id: z.string() });

let knowledge: KnowledgeFolder;
let served: Served;
let teamA: string;
let teamB: string;
/** What team A has: a diagnosis, an occurrence, a token, a conversation. */
const own = { diagnosis: '', occurrence: '', token: '', conversation: '' };

function ask(method: string, path: string, authorization: string, body?: unknown): Promise<Response> {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return fetch(served.url + path, { method, headers: { authorization, ...type }, ...json });
}

async function admit(namespace: string): Promise<{ id: string; bearer: string }> {
  const response = await ask('POST', '/v1/tokens', OPERATOR, { name: namespace, scopes: ['admin'], namespace });
  const { id, token } = z.object({ id: z.string(), token: z.string() }).parse(await response.json());
  return { id, bearer: `Bearer ${token}` };
}

beforeAll(async () => {
  knowledge = await createKnowledgeFolder({ 'runbooks/orders/QueueBacklog.md': RUNBOOK });
  served = await serve({ API_TOKENS: 'operator', KNOWLEDGE_DIR: knowledge.path });
  await served.app.ingest();
  const [a, b] = [await admit('team-a'), await admit('team-b')];
  [teamA, teamB, own.token] = [a.bearer, b.bearer, a.id];
  own.diagnosis = WithId.parse(await (await ask('POST', '/v1/diagnoses', teamA, { alert: ALERT })).json()).id;
  const received = await ask('POST', '/v1/intake/alertmanager', teamA, GROUP);
  own.occurrence = received.headers.get('location')?.split('/').at(-1) ?? '';
  const asked = await ask('POST', '/v1/ask', teamA, { question: 'What did we do last time the queue backed up?' });
  own.conversation = z.looseObject({ conversation: z.string() }).parse(await asked.json()).conversation;
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await knowledge[Symbol.asyncDispose]();
});

describe('what belongs to one team', () => {
  const places = () =>
    [own.diagnosis, own.occurrence].flatMap((id) => {
      const path = `/v1/diagnoses/${id}`;
      return [
        ['GET', path, undefined],
        ['GET', `${path}?format=annotation`, undefined],
        ['GET', `${path}/events`, undefined],
        ['GET', `${path}/postmortem`, undefined],
        ['GET', `${path}/verdict`, undefined],
        ['POST', `${path}/verdict`, { verdict: 'rejected', by: 'somebody' }],
        ['DELETE', `${path}/verdict?by=somebody`, undefined],
      ] as const;
    });

  it('is there for this team and for the operator', async () => {
    expect(own).toEqual(
      Object.fromEntries(Object.keys(own).map((name) => [name, expect.stringMatching(/^[\w-]{8,}$/)])),
    );
    for (const who of [teamA, OPERATOR]) {
      expect((await ask('GET', `/v1/diagnoses/${own.diagnosis}`, who)).status).toBe(200);
      expect((await ask('GET', `/v1/diagnoses/${own.occurrence}`, who)).status).toBeLessThan(300);
    }
  });

  it('is not there for another, in the very words for what never was', async () => {
    for (const [method, path, body] of places()) {
      const problem = await readProblem(await ask(method, path, teamB, body));
      expect([problem['status'], problem['type']], `${method} ${path}`).toEqual([
        404,
        'urn:precedent:problem:not-found',
      ]);
      const never = path.replaceAll(own.diagnosis, 'never').replaceAll(own.occurrence, 'never');
      const { detail } = await readProblem(await ask(method, never, teamB, body));
      expect(String(problem['detail']).replace(own.diagnosis, 'never').replace(own.occurrence, 'never')).toBe(detail);
    }
    const verdicts = await (await ask('GET', `/v1/diagnoses/${own.diagnosis}/verdict`, teamA)).text();
    expect(verdicts).not.toContain('somebody');
  });

  it('is in no list of another', async () => {
    const lists = ['/v1/outages', '/v1/deliveries', '/v1/tokens', '/v1/audit', '/v1/noise-rules'];
    for (const path of lists) {
      const response = await ask('GET', path, teamB);
      expect(response.status, path).toBe(200);
      const text = await response.text();
      for (const [what, id] of Object.entries(own)) expect(text, `${what} in ${path}`).not.toContain(id);
    }
    expect(await (await ask('GET', '/v1/tokens', teamA)).text()).toContain(own.token);
  });

  it('cannot be gone on with by another', async () => {
    const { conversation } = own;
    const question = 'And before that?';
    expect((await ask('POST', '/v1/ask', teamB, { question, conversation })).status).toBe(404);
    expect((await ask('POST', '/v1/ask', teamA, { question, conversation })).status).toBe(200);
    expect((await ask('DELETE', `/v1/tokens/${own.token}`, teamB)).status).toBe(404);
  });

  it('is judged by its own people, which the audit log has', async () => {
    const path = `/v1/diagnoses/${own.diagnosis}/verdict`;
    expect((await ask('POST', path, teamA, { verdict: 'confirmed', by: 'ana' })).status).toBe(200);
    const { entries } = AuditPage.parse(await (await ask('GET', '/v1/audit?limit=1', teamA)).json());
    expect(entries).toMatchObject([
      { who: `token:team-a#${own.token}`, action: 'verdict.give', target: own.diagnosis },
    ]);
    expect(await (await ask('GET', '/v1/audit', teamB)).text()).not.toContain(own.diagnosis);
  });

  it('is told apart from the same alerts of another', async () => {
    const received = await ask('POST', '/v1/intake/alertmanager', teamB, GROUP);
    const other = received.headers.get('location')?.split('/').at(-1);
    expect(other).not.toBe(own.occurrence);
    expect((await ask('GET', `/v1/diagnoses/${other}`, teamA)).status).toBe(404);
  });
});
