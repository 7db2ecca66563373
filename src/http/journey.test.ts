import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTransformersEmbedder } from '../adapters/transformers-embedder.ts';
import { PROJECT_DIR } from '../config.ts';
import { type Citation, Diagnosis } from '../domain/diagnosis.ts';
import { SearchResponse } from '../domain/evidence.ts';
import type { SourceRef } from '../domain/source.ts';
import { TraceDigest } from '../domain/trace.ts';
import { postJson, type Served, serve } from './__fixtures__/serve.ts';

const readExample = (path: string): unknown => JSON.parse(readFileSync(join(PROJECT_DIR, 'examples', path), 'utf8'));
const TRACES = { baseline: readExample('traces/normal.json'), incident: readExample('traces/spiked.json') };

let served: Served;
beforeAll(async () => {
  // What is known from what is not, only the real model can tell.
  const model = join(PROJECT_DIR, 'models', 'runbook-embed-small');
  served = await serve({}, { embedder: createTransformersEmbedder({ model, cacheDir: join(tmpdir(), 'no-cache') }) });
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

async function diagnose(alert: unknown, traces?: unknown): Promise<Diagnosis> {
  const response = await postJson(`${served.url}/v1/diagnoses`, { alert, traces });
  expect(response.status).toBe(200);
  return Diagnosis.parse(await response.json());
}

test('the traces name the pre-processor, not the service in front of it', async () => {
  const response = await postJson(`${served.url}/v1/traces/digest`, TRACES);
  const digest = TraceDigest.parse(await response.json());
  expect(digest.suspects[0]?.service).toBe('pre-processor');
  expect(digest.text.split(/\s+/).length).toBeLessThanOrEqual(140);
});

test('a slow pre-processor with its traces is answered with cause, mitigation and precedents', async () => {
  const diagnosis = await diagnose(readExample('alerts/pre-processor-latency.json'), TRACES);
  expect(diagnosis).toMatchObject({ kind: 'answered', engine: 'precedent', rootCause: { service: 'pre-processor' } });
  expect(diagnosis.suspects[0]?.service).toBe('pre-processor');
  expect(diagnosis.mitigation).not.toEqual([]);
  expect(diagnosis.precedents).not.toEqual([]);
  expect(diagnosis.runbooks[0]?.id).toMatch(/^pre-processor\//);
  expect(diagnosis.confidence.calibrated).toBeNull();
  expect(diagnosis.confidence.reasons.join(' ')).toContain('uncalibrated');
});

test('a runbook of the alert itself comes first, group or single alert', async () => {
  const backlog = await diagnose(readExample('alerts/ensemble-queue-backlog.json'));
  expect(backlog.runbooks[0]?.id).toBe('ensemble/EnsembleQueueBacklog');
  const memory = await diagnose(readExample('alerts/inference-oom.json'));
  expect(memory.runbooks[0]?.id).toBe('inference-server/InferenceServerOOMKilled');
});

test('an alert nobody has seen before is no error: the service abstains and says why', async () => {
  const diagnosis = await diagnose(readExample('alerts/unknown-disk-firmware.json'));
  expect(diagnosis).toMatchObject({ kind: 'abstained', rootCause: { service: null, category: 'unseen' } });
  expect(diagnosis.reason).toMatch(/no-precedent|weak-evidence/);
});

test('every citation is a line of a file that exists', async () => {
  const diagnosis = await diagnose(readExample('alerts/pre-processor-latency.json'), TRACES);
  const citations: Citation[] = [
    ...diagnosis.mitigation.map(({ citation }) => citation),
    ...diagnosis.hypotheses.flatMap((hypothesis) => hypothesis.citations),
  ];
  const sources = [...citations, ...diagnosis.precedents, ...diagnosis.runbooks].map(({ source }) => source);
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) expectToExist(source);
});

test('what a diagnosis points at can be read over the same API', async () => {
  const { precedents, runbooks } = await diagnose(readExample('alerts/pre-processor-latency.json'));
  for (const { id } of precedents) expect((await fetch(`${served.url}/v1/incidents/${id}`)).status).toBe(200);
  for (const { id } of runbooks) expect((await fetch(`${served.url}/v1/runbooks/${id}`)).status).toBe(200);
});

test('the same alert, asked as a search, finds the same runbook', async () => {
  const alert = readExample('alerts/ensemble-queue-backlog.json');
  const response = await postJson(`${served.url}/v1/search`, { alert, kinds: ['runbook'] });
  const { results } = SearchResponse.parse(await response.json());
  expect(results[0]?.id).toBe('ensemble/EnsembleQueueBacklog');
});

function expectToExist({ path, line, endLine }: SourceRef): void {
  const file = join(PROJECT_DIR, path);
  expect(existsSync(file), path).toBe(true);
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(line).toBeLessThanOrEqual(endLine);
  expect(lines.length, path).toBeGreaterThanOrEqual(endLine);
}
