import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProblem, type Served, serve } from '../__fixtures__/serve.ts';
import { IncidentAnswer, RunbookAnswer, TopologyAnswer } from './knowledge.ts';

const INCIDENT = '2024/2024-10-22-pre-processor-slow-until-restart';
const RUNBOOK = 'ensemble/EnsembleQueueBacklog';

let served: Served;
beforeAll(async () => {
  served = await serve();
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

const read = async (path: string): Promise<unknown> => (await fetch(`${served.url}${path}`)).json();

test.each([INCIDENT, encodeURIComponent(INCIDENT)])('GET /v1/incidents/%s is the incident', async (id) => {
  const incident = IncidentAnswer.parse(await read(`/v1/incidents/${id}`));
  expect(incident).toMatchObject({ kind: 'incident', id: INCIDENT });
  expect(incident.source.path).toBe(`incidents/${INCIDENT}.md`);
});

test.each([RUNBOOK, encodeURIComponent(RUNBOOK)])('GET /v1/runbooks/%s is the runbook', async (id) => {
  const runbook = RunbookAnswer.parse(await read(`/v1/runbooks/${id}`));
  expect(runbook).toMatchObject({ kind: 'runbook', id: RUNBOOK });
  expect(runbook).not.toHaveProperty('chunks');
});

test.each([
  `/v1/incidents/${RUNBOOK}`,
  '/v1/runbooks/none',
  '/v1/incidents/__proto__',
  '/v1/runbooks/a%2F..%2F..%2Fetc',
])('GET %s is not found, and says of what', async (path) => {
  const problem = await readProblem(await fetch(`${served.url}${path}`));
  expect(problem).toMatchObject({ status: 404, type: 'urn:precedent:problem:not-found' });
  expect(problem['detail']).toMatch(/there is no (?:incident|runbook) /);
});

test('the topology names every service and every call, and who knows of it', async () => {
  const { services, edges } = TopologyAnswer.parse(await read('/v1/topology'));
  const names = services.map(({ name }) => name);
  expect(names).toContain('pre-processor');
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
  expect(edges).toContainEqual({
    from: 'web-server',
    to: 'pre-processor',
    kind: 'sync',
    provenance: [{ by: 'declared', source: { path: 'topology/object-classification.yaml', line: 33 } }],
  });
});
