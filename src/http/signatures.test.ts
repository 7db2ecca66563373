import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isHexSignature, isSharedSecret, isStandardWebhook } from './signatures.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a hex signature', () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  const published = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const secret = "It's a Secret to Everybody";

  it('of the published example is right', () => {
    expect(isHexSignature(published, bytes('Hello, World!'), [secret])).toBe(true);
  });

  it('is right with any of the active secrets, in any case', () => {
    expect(isHexSignature(published.toUpperCase(), bytes('Hello, World!'), ['old', secret, 'next'])).toBe(true);
  });

  it.each([
    ['another body', published, 'Hello, World?', [secret]],
    ['another secret', published, 'Hello, World!', ['secret']],
    ['no secret at all', published, 'Hello, World!', []],
    ['a cut signature', published.slice(0, 10), 'Hello, World!', [secret]],
    ['an empty signature', '', 'Hello, World!', [secret]],
  ])('of %s is wrong', (_, signature, body, secrets) => {
    expect(isHexSignature(signature, bytes(body), secrets)).toBe(false);
  });
});

describe('a shared secret', () => {
  it('is one of the active ones, whole', () => {
    expect(isSharedSecret('next', ['now', 'next'])).toBe(true);
    expect(isSharedSecret('nex', ['now', 'next'])).toBe(false);
    expect(isSharedSecret('', [])).toBe(false);
  });
});

describe('a Standard Webhook', () => {
  const now = new Date('2026-03-01T10:00:00Z');
  const key = Buffer.from('thirty-two bytes of secret stuff');
  const secret = `whsec_${key.toString('base64')}`;
  const timestamp = String(now.getTime() / 1_000);
  const signatureOf = (body: string, at = timestamp, id = 'msg_1') =>
    `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
  const message = (fields: object = {}) => ({
    id: 'msg_1',
    timestamp,
    signature: signatureOf('{}'),
    body: bytes('{}'),
    ...fields,
  });

  it('is right by its id, its time and its body', () => {
    expect(isStandardWebhook(message(), [secret], now)).toBe(true);
  });

  it('is right when one of several signatures fits one of several secrets', () => {
    const signature = `v1,AAAA v1a,BBBB ${signatureOf('{}')}`;
    expect(isStandardWebhook(message({ signature }), ['old', secret], now)).toBe(true);
  });

  it.each([
    ['another body', { body: bytes('{ }') }],
    ['another id', { id: 'msg_2' }],
    ['a signature of no known version', { signature: signatureOf('{}').replace('v1,', 'v2,') }],
    ['a time that is no number', { timestamp: 'now' }],
    ['a time six minutes ago', ageing(-360)],
    ['a time six minutes ahead', ageing(360)],
  ])('with %s is wrong', (_, fields) => {
    expect(isStandardWebhook(message(fields), [secret], now)).toBe(false);
  });

  it('is never right by a secret that holds nothing, whose key is no secret', () => {
    const signature = `v1,${createHmac('sha256', '').update(`msg_1.${timestamp}.{}`).digest('base64')}`;
    expect(isStandardWebhook(message({ signature }), ['whsec_', 'whsec_*', ''], now)).toBe(false);
  });

  function ageing(seconds: number) {
    const at = String(Number(timestamp) + seconds);
    return { timestamp: at, signature: signatureOf('{}', at) };
  }
});
