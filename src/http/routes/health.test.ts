import { expect, test } from 'vitest';
import { PrecedentError } from '../../domain/errors.ts';
import { createKnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { createMemoryCasebook } from '../../testing/memory-casebook.ts';
import { readProblem, serve } from '../__fixtures__/serve.ts';
import { Readiness } from './health.ts';

test('a process without knowledge lives, is not ready, and says what is missing', async () => {
  await using served = await serve();
  expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ status: 'ok' });
  const response = await fetch(`${served.url}/readyz`);
  expect(response.status).toBe(503);
  const { checks, detail } = await readProblem(response);
  expect(detail).toMatch(/^knowledge: /);
  expect(checks).toContainEqual({ name: 'casebook', ok: true, detail: expect.any(String) });
  expect(checks).toContainEqual({ name: 'knowledge', ok: false, detail: expect.stringContaining('index-empty') });
});

test('it is ready once something has been ingested', async () => {
  await using served = await serve();
  await served.app.ingest();
  const response = await fetch(`${served.url}/readyz`);
  expect(response.status).toBe(200);
  expect(Readiness.parse(await response.json()).checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['index', 'embedder', 'casebook', 'knowledge', 'reranker', 'traces', 'llm']),
  );
});

test('it stays ready when its sources are gone: what was published is still there to answer from', async () => {
  await using folder = await createKnowledgeFolder({ 'runbooks/High.md': '# High\n\nSlow.\n' });
  await using served = await serve({ KNOWLEDGE_DIR: folder.path });
  await served.app.ingest();
  await folder.remove('.');
  const response = await fetch(`${served.url}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('head no commit');
  expect(await (await fetch(`${served.url}/v1/status`)).json()).toMatchObject({ documents: 1 });
});

test('a dependency that is away is named', async () => {
  const away = () => Promise.reject(new PrecedentError('casebook-unavailable', 'the disk is full'));
  await using served = await serve({}, { casebook: { ...createMemoryCasebook(), ping: away } });
  const { checks } = await readProblem(await fetch(`${served.url}/readyz`));
  expect(checks).toContainEqual({ name: 'casebook', ok: false, detail: 'casebook-unavailable: the disk is full' });
});
