import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProblem, type Served, serve } from './__fixtures__/serve.ts';

const MAX_BODY_BYTES = 4_096;
const POSTS = ['/v1/search', '/v1/traces/digest', '/v1/diagnoses'] as const;

let served: Served;
beforeAll(async () => {
  served = await serve({ MAX_BODY_BYTES: String(MAX_BODY_BYTES) });
});
afterAll(() => served[Symbol.asyncDispose]());

interface BadBody {
  readonly what: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly type: string;
  readonly detail: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GZIP = { ...JSON_TYPE, 'content-encoding': 'gzip' };

const BAD_BODIES: readonly BadBody[] = [
  { what: 'malformed JSON', body: '{"alert": }', status: 400, type: 'input-invalid', detail: 'line 1, column 11' },
  { what: 'cut off JSON', body: '{"alert": {', status: 400, type: 'input-invalid', detail: 'ends too early' },
  { what: 'an empty body', body: '', status: 400, type: 'input-invalid', detail: 'the body is empty' },
  { what: 'null', body: 'null', status: 400, type: 'input-invalid', detail: '(body)' },
  { what: 'an array', body: '[]', status: 400, type: 'input-invalid', detail: '(body)' },
  { what: 'a string', body: '"alert"', status: 400, type: 'input-invalid', detail: '(body)' },
  { what: 'an empty object', body: '{}', status: 400, type: 'input-invalid', detail: 'needed' },
  {
    what: 'JSON nested too deep',
    body: `{"a":${'['.repeat(1_500)}${']'.repeat(1_500)}}`,
    status: 400,
    type: 'input-invalid',
    detail: 'nested deeper than 200',
  },
  {
    what: 'text that is not UTF-8',
    body: new Uint8Array([0x22, 0xc3, 0x22]),
    status: 400,
    type: 'input-invalid',
    detail: 'UTF-8',
  },
  {
    what: 'a body over the limit',
    body: JSON.stringify({ query: 'x'.repeat(MAX_BODY_BYTES) }),
    status: 413,
    type: 'input-too-large',
    detail: 'larger than 4096 bytes',
  },
  {
    what: 'a gzip bomb',
    body: new Uint8Array(gzipSync(Buffer.alloc(50_000_000 / 100, ' '))),
    headers: GZIP,
    status: 413,
    type: 'input-too-large',
    detail: 'larger than 4096 bytes',
  },
  {
    what: 'gzip that is none',
    body: 'not gzip',
    headers: GZIP,
    status: 400,
    type: 'input-invalid',
    detail: 'cannot be inflated',
  },
  {
    what: 'gzip cut off',
    body: new Uint8Array(gzipSync('{"query":"latency"}').subarray(0, 20)),
    headers: GZIP,
    status: 400,
    type: 'input-invalid',
    detail: 'cannot be inflated',
  },
  {
    what: 'an unknown encoding',
    body: '{}',
    headers: { ...JSON_TYPE, 'content-encoding': 'br' },
    status: 415,
    type: 'media-type-unsupported',
    detail: 'gzip',
  },
  {
    what: 'a form',
    body: 'q=latency',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    type: 'media-type-unsupported',
    detail: 'application/json',
  },
  {
    what: 'another charset',
    body: '{}',
    headers: { 'content-type': 'application/json; charset=utf-16' },
    status: 415,
    type: 'media-type-unsupported',
    detail: 'UTF-8',
  },
  {
    what: 'no content type',
    body: new Uint8Array([0x7b, 0x7d]),
    headers: {},
    status: 415,
    type: 'media-type-unsupported',
    detail: 'application/json',
  },
];

describe.each(POSTS)('POST %s', (path) => {
  test.each(BAD_BODIES)('$what is a $status that says what to mend', async (bad) => {
    const response = await fetch(`${served.url}${path}`, {
      method: 'POST',
      headers: bad.headers ?? JSON_TYPE,
      body: bad.body,
    });
    expect(await readProblem(response)).toMatchObject({
      type: `urn:precedent:problem:${bad.type}`,
      status: bad.status,
      instance: path,
      title: expect.any(String),
      detail: expect.stringContaining(bad.detail),
    });
    expect(response.status).toBe(bad.status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a chunked body is cut off at the limit, although it never said how long it is', async () => {
    const { status, body } = await postChunks(`${served.url}${path}`, 'x'.repeat(1_000), 100);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:precedent:problem:input-too-large' });
  });

  test('a declared length over the limit is refused before a byte of it is read', async () => {
    const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99999\r\n\r\n`;
    expect(await exchange(head)).toMatch(/^HTTP\/1.1 413 /);
  });

  test('a wrong method says which ones are allowed', async () => {
    const response = await fetch(`${served.url}${path}`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toContain('POST');
    expect(await readProblem(response)).toMatchObject({ type: 'urn:precedent:problem:method-not-allowed' });
  });
});

test.each([
  ['/v1/search', { query: 5, k: 0, kinds: ['poem'] }, ['query', 'kinds[0]', 'k']],
  ['/v1/search', { query: '   ' }, ['query']],
  ['/v1/search', { signals: ['one two'] }, ['signals[0]']],
  ['/v1/search', { query: 'x', asOf: 'yesterday' }, ['asOf']],
  ['/v1/traces/digest', { baseline: {} }, ['incident']],
  ['/v1/diagnoses', { alert: {} }, ['alert']],
  ['/v1/diagnoses', { alert: { labels: { a: [1] } }, options: { k: 999 } }, ['alert.labels.a', 'options.k']],
  ['/v1/diagnoses', { alerts: [] }, ['alerts']],
])('%s %j names every mistake by its path', async (path, body, paths) => {
  const response = await fetch(`${served.url}${path}`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(body),
  });
  const { errors } = await readProblem(response);
  expect(errors).toEqual(paths.map((path) => ({ path, message: expect.any(String) })));
});

test.each([
  ['q=', 'q'],
  ['', 'q'],
  ['q=a&q=b', 'q'],
  ['q=a&k=many', 'k'],
  ['q=a&k=0', 'k'],
  ['q=a&kinds=poem', 'kinds[0]'],
])('GET /v1/search?%s names the parameter', async (query, path) => {
  const response = await fetch(`${served.url}/v1/search?${query}`);
  expect(await readProblem(response)).toMatchObject({ status: 400, errors: [{ path, message: expect.any(String) }] });
});

test.each([5, 'text', {}, { data: 'no list' }, { spans: [] }])('traces %j are of no known format', async (incident) => {
  const response = await fetch(`${served.url}/v1/traces/digest`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ incident }),
  });
  const { status, type } = await readProblem(response);
  expect(status).toBe(400);
  expect(type).toMatch(/trace-(format-unknown|invalid)$/);
});

test.each([
  ['/nowhere', 404],
  ['/v1/search/', 404],
  ['/v1/diagnoses/unknown', 404],
  ['/v1/%zz', 404],
])('GET %s is %i', async (path, status) => {
  expect(await readProblem(await fetch(`${served.url}${path}`))).toMatchObject({ status, instance: path });
});

test.each([
  ['GET / HTTP/1.1\r\nhost: a b\r\n\r\n', 400],
  ['GET /%5c\\ HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
  ['this is not HTTP\r\n\r\n', 400],
  [`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%j is a problem too', async (text, status) => {
  const answer = await exchange(text);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).toContain('application/problem+json');
});

test('a caller that goes away in the middle of its body disturbs nobody', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1', () => {
      socket.write(
        'POST /v1/search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{',
      );
      setTimeout(() => socket.destroy(), 50);
    });
    socket.on('close', () => resolve());
  });
  expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  expect(served.failures.filter(({ status }) => status >= 500)).toEqual([]);
});

/** Sends `chunk` up to `count` times without a content length, until the server answers. */
function postChunks(url: string, chunk: string, count: number): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers: JSON_TYPE }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    outgoing.on('error', reject);
    for (let sent = 0; sent < count; sent++) outgoing.write(chunk);
    outgoing.end();
  });
}

/** What the server answers to these bytes, up to when it closes or pauses. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (part: string) => {
      answer += part;
      if (answer.endsWith('}')) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
