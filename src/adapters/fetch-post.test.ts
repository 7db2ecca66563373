import { describe, expect, it } from 'vitest';
import { startCallbackReceiver } from '../testing/callback-receiver.ts';
import { createFetchPost } from './fetch-post.ts';

const now = () => new Date('2026-03-01T10:00:00Z');
const post = createFetchPost({ now });
const message = { headers: { 'webhook-id': 'msg_1' }, body: '{"a":"ü"}' };
const never = new AbortController().signal;

describe('posting a message', () => {
  it('sends the body and the headers as they are, and says what was answered', async () => {
    await using receiver = await startCallbackReceiver();
    expect(await post(receiver.url, message, never)).toEqual({ status: 204 });
    const [got] = receiver.received;
    expect(got).toMatchObject({ path: '/hook', body: message.body });
    expect(got?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'msg_1' });
  });

  it('tells when to try again, in seconds or as a date', async () => {
    const dates = ['7', 'Sun, 01 Mar 2026 10:01:00 GMT'];
    await using receiver = await startCallbackReceiver((at, response) => {
      const retryAfter = dates[at] ?? '0';
      response.sendDate = false;
      response.writeHead(429, { 'retry-after': retryAfter }).end('slower');
    });
    expect(await post(receiver.url, message, never)).toEqual({ status: 429, retryAfterSeconds: 7 });
    expect(await post(receiver.url, message, never)).toEqual({ status: 429, retryAfterSeconds: 60 });
  });

  it('follows no redirect', async () => {
    await using elsewhere = await startCallbackReceiver();
    await using receiver = await startCallbackReceiver((_at, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    expect(await post(receiver.url, message, never)).toEqual({ status: 307 });
    expect(elsewhere.received).toEqual([]);
  });

  it('reads no endless answer', async () => {
    await using receiver = await startCallbackReceiver((_at, response) => {
      response.writeHead(200);
      const writing = setInterval(() => response.write('x'.repeat(65_536)), 1);
      return new Promise((resolve) => response.once('close', () => resolve(clearInterval(writing))));
    });
    expect(await post(receiver.url, message, never)).toEqual({ status: 200 });
  });

  it('waits no longer than it may, and names the host alone where none answers', async () => {
    await using silent = await startCallbackReceiver(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
    const { host } = new URL(silent.url);
    const hasty = createFetchPost({ now, timeoutMs: 200 });
    await expect(hasty(`${silent.url}?key=canary`, message, never)).rejects.toMatchObject({
      code: 'destination-unavailable',
      isRetryable: true,
      message: `${host} did not answer: it took longer than 0.2 s`,
    });
    await expect(post('http://127.0.0.1:1/canary', message, never)).rejects.toThrow(
      /^127\.0\.0\.1:1 did not answer: (?!.*canary)/,
    );
  });

  it('is cut short by whoever wants it no more', async () => {
    await using silent = await startCallbackReceiver(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
    const leaving = new AbortController();
    const posting = post(silent.url, message, leaving.signal);
    await silent.arrived(1);
    leaving.abort();
    await expect(posting).rejects.toMatchObject({ code: 'destination-unavailable' });
  });
});
