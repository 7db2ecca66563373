import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Diagnosis } from '../domain/diagnosis.ts';
import { TraceDigest } from '../domain/trace.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { postJson, readProblem, type Served, serve } from './__fixtures__/serve.ts';
import { zstdFrame } from './__fixtures__/zstd.ts';

const MAX_BODY_BYTES = 2_000_000;
const START_US = Date.parse('2026-03-01T10:00:00Z') * 1_000;

/** A second of `web` that calls `db`, which takes `ownMs`; a long tag makes it as large as one likes. */
function traceOf(at: number, ownMs: number, ballast = '') {
  const traceID = at.toString(16).padStart(32, '0');
  const span = (id: number, processID: string, operationName: string, ms: number, parent?: string) => ({
    traceID,
    spanID: (at * 2 + id).toString(16).padStart(16, '0'),
    operationName,
    references: parent ? [{ refType: 'CHILD_OF', traceID, spanID: parent }] : [],
    startTime: START_US + at * 1_000_000,
    duration: ms * 1_000,
    processID,
    tags: [
      { key: 'span.kind', type: 'string', value: 'server' },
      { key: 'ballast', type: 'string', value: ballast },
    ],
  });
  const root = span(0, 'p1', 'GET /cart', ownMs + 10);
  return {
    traceID,
    spans: [root, span(1, 'p2', 'SELECT cart', ownMs, root.spanID)],
    processes: { p1: { serviceName: 'web' }, p2: { serviceName: 'db' } },
  };
}

const windowOf = (from: number, ownMs: number, count = 60) => ({
  data: Array.from({ length: count }, (_, at) => traceOf(from + at, ownMs + (at % 5))),
});
const WINDOWS = { baseline: windowOf(0, 20), incident: windowOf(600, 400) };
const ALERT = { labels: { alertname: 'CartSlow', service: 'web' } };

const RUNBOOK = '# CartSlow\n\n## Meaning\n\nThe cart is slow.\n\n## Mitigation\n\n- Scale the database out\n';

let knowledge: KnowledgeFolder;
let served: Served;
beforeAll(async () => {
  knowledge = await createKnowledgeFolder({ 'runbooks/web/CartSlow.md': RUNBOOK });
  served = await serveKnowledge();
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await knowledge[Symbol.asyncDispose]();
});

async function serveKnowledge(): Promise<Served> {
  const started = await serve({ KNOWLEDGE_DIR: knowledge.path, MAX_BODY_BYTES: String(MAX_BODY_BYTES) });
  await started.app.ingest();
  return started;
}

const digestUrl = () => `${served.url}/v1/traces/digest`;
const JSON_TYPE = { 'content-type': 'application/json' };
const postBytes = (url: string, body: Uint8Array<ArrayBuffer>, encoding: string) =>
  fetch(url, { method: 'POST', headers: { ...JSON_TYPE, 'content-encoding': encoding }, body });

/** A body with `bytes` of ballast that is too large for anything to be told of it at once. */
const large = (body: object, bytes = 600_000) => ({ ...body, ballast: 'x'.repeat(bytes) });

describe('POST /v1/traces/digest', () => {
  const text = JSON.stringify(WINDOWS);

  it.each([
    ['gzip', new Uint8Array(gzipSync(text))],
    ['x-gzip', new Uint8Array(gzipSync(text))],
    ['zstd', zstdFrame(text)],
    ['zstd', zstdFrame(JSON.stringify(large(WINDOWS)))],
    ['identity', new Uint8Array(Buffer.from(JSON.stringify(large(WINDOWS))))],
  ])('answers a %s body as it answers the same one unpacked', async (encoding, bytes) => {
    const plain = await postJson(digestUrl(), WINDOWS);
    const packed = await postBytes(digestUrl(), bytes, encoding);
    expect(packed.status).toBe(200);
    const digest = TraceDigest.parse(await packed.json());
    expect(digest).toEqual(TraceDigest.parse(await plain.json()));
    expect(digest.suspects[0]?.service).toBe('db');
  });

  it('refuses every other encoding and says which ones it takes', async () => {
    const response = await postBytes(digestUrl(), new Uint8Array(8), 'br');
    expect(response.headers.get('accept-encoding')).toBe('gzip, zstd');
    expect(await readProblem(response)).toMatchObject({ status: 415, detail: expect.stringContaining('gzip or zstd') });
  });

  it.each([
    ['that is cut off', zstdFrame(text).subarray(0, 500)],
    ['that is none', new Uint8Array(Buffer.from(text))],
    ['with one byte changed in its head', zstdFrame(text).map((byte, at) => (at === 4 ? 0xff : byte))],
  ])('refuses zstd %s as bad input', async (_what, bytes) => {
    const response = await postBytes(digestUrl(), bytes, 'zstd');
    expect(await readProblem(response)).toMatchObject({ status: 400, type: 'urn:precedent:problem:input-invalid' });
  });

  it.each([
    ['sent', 'identity', new Uint8Array(Buffer.from(JSON.stringify(large(WINDOWS, MAX_BODY_BYTES))))],
    ['unpacked from gzip', 'gzip', new Uint8Array(gzipSync(JSON.stringify(large(WINDOWS, MAX_BODY_BYTES))))],
  ])('refuses more bytes than it may take, %s', async (_what, encoding, bytes) => {
    const response = await postBytes(digestUrl(), bytes, encoding);
    expect(await readProblem(response)).toMatchObject({ status: 413, type: 'urn:precedent:problem:input-too-large' });
  });

  it.each([{}, large({})])('names a missing incident window, whatever the size of the rest', async (more) => {
    const response = await postJson(digestUrl(), { baseline: WINDOWS.baseline, ...more });
    expect(await readProblem(response)).toMatchObject({ errors: [{ path: 'incident', message: 'is needed' }] });
  });

  it.each([{}, large({})])('names a moment that is none, whatever the size of the rest', async (more) => {
    const response = await postJson(digestUrl(), { ...WINDOWS, ...more, asOf: 'yesterday' });
    expect(await readProblem(response)).toMatchObject({ status: 400, errors: [{ path: 'asOf' }] });
  });

  it('looks only at what had ended by `asOf`', async () => {
    const asOf = new Date((START_US + 630_000_000) / 1_000).toISOString();
    const digest = TraceDigest.parse(await (await postJson(digestUrl(), { ...WINDOWS, asOf })).json());
    expect(digest.windows?.incident.spans).toBe(60);
    expect(digest.windows?.baseline?.spans).toBe(120);
  });

  it('gives back its thread when a caller breaks off in the middle of a body', async () => {
    const before = served.failures.length;
    for (let at = 0; at < 5; at++) {
      const leaving = new AbortController();
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from(JSON.stringify(large(WINDOWS)).slice(0, -1))),
      });
      const sending = fetch(digestUrl(), {
        method: 'POST',
        headers: JSON_TYPE,
        body,
        duplex: 'half',
        signal: leaving.signal,
      });
      setTimeout(() => leaving.abort(), 50);
      await expect(sending).rejects.toThrow();
    }
    expect((await postJson(digestUrl(), WINDOWS)).status).toBe(200);
    expect(served.failures.slice(before).filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('reads what several callers send at the same time without mixing it', async () => {
    const services = ['db', 'orders', 'stock', 'mail'];
    const found = await Promise.all(
      services.map(async (service) => {
        const body = JSON.stringify(large(WINDOWS)).replaceAll('"db"', `"${service}"`);
        const response = await fetch(digestUrl(), { method: 'POST', headers: JSON_TYPE, body });
        return TraceDigest.parse(await response.json()).suspects[0]?.service;
      }),
    );
    expect(found).toEqual(services);
  });
});

describe('POST /v1/diagnoses', () => {
  const diagnosisUrl = () => `${served.url}/v1/diagnoses`;

  it.each([{}, large({})])('takes the windows into account, whatever the size of the rest', async (more) => {
    const response = await postJson(diagnosisUrl(), { alert: ALERT, traces: WINDOWS, ...more });
    expect(response.status).toBe(200);
    const { suspects } = Diagnosis.parse(await response.json());
    expect(suspects[0]?.service).toBe('db');
  });

  it('answers a large request that has no traces', async () => {
    const alerts = Array.from({ length: 200 }, (_, at) => ({
      labels: { ...ALERT.labels, pod: `${'web-'.repeat(400)}${at}` },
    }));
    expect(JSON.stringify({ alerts }).length).toBeGreaterThan(256 * 1024);
    expect((await postJson(diagnosisUrl(), { alerts })).status).toBe(200);
  });

  it.each([{}, large({})])('names every mistake beside the windows, whatever the size of the rest', async (more) => {
    const body = { alert: { labels: { service: [] } }, traces: WINDOWS, options: { k: 0 }, ...more };
    const { errors } = await readProblem(await postJson(diagnosisUrl(), body));
    expect(errors).toMatchObject([{ path: 'alert.labels.service' }, { path: 'options.k' }]);
  });

  it('depends on no thread when the alert comes alone', async () => {
    await using alone = await serveKnowledge();
    await alone.app.traces[Symbol.asyncDispose]();
    expect((await postJson(`${alone.url}/v1/diagnoses`, { alert: ALERT })).status).toBe(200);
    expect((await postJson(`${alone.url}/v1/diagnoses`, { alert: ALERT, traces: WINDOWS })).status).toBe(503);
  });
});

describe('a body much larger than what is made of it', () => {
  const TRACES = 6_000;
  const BALLAST = 'x'.repeat(5_000);
  const MAX_GROWTH = 250_000_000;

  async function* bodyText(): AsyncGenerator<Uint8Array> {
    for (const [window, from, ownMs] of [
      ['baseline', 0, 20],
      ['incident', 10_000, 400],
    ] as const) {
      yield Buffer.from(`${window === 'baseline' ? '{' : ','}"${window}":{"data":[`);
      for (let at = 0; at < TRACES / 2; at++)
        yield Buffer.from(`${at === 0 ? '' : ','}${JSON.stringify(traceOf(from + at, ownMs + (at % 5), BALLAST))}`);
      yield Buffer.from(']}');
    }
    yield Buffer.from('}');
  }

  it('streams: memory does not grow with it, and the event loop goes on', async () => {
    await using big = await serve({ MAX_BODY_BYTES: '100000000', SNAPSHOT_DAYS: '0' });
    await postJson(`${big.url}/v1/traces/digest`, WINDOWS);
    const before = process.memoryUsage.rss();
    let peak = before;
    let ticks = 0;
    const watching = setInterval(() => {
      ticks++;
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const body = ReadableStream.from(bodyText());
    const response = await fetch(`${big.url}/v1/traces/digest`, {
      method: 'POST',
      headers: JSON_TYPE,
      body,
      duplex: 'half',
    });
    clearInterval(watching);
    expect(response.status).toBe(200);
    const digest = TraceDigest.parse(await response.json());
    expect(digest.suspects[0]?.service).toBe('db');
    expect(digest.windows?.incident.spans).toBe(TRACES);
    expect(peak - before).toBeLessThan(MAX_GROWTH);
    expect(ticks).toBeGreaterThan(5);
  });
});
