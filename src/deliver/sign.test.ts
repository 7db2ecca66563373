import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signMessage } from './sign.ts';

const secret = () => `whsec_${randomBytes(24).toString('base64')}`;
const message = { id: 'msg_1', at: new Date(), body: '{"type":"diagnosis.done","data":"ü"}' };

describe('a signed message', () => {
  it('is accepted by the official library', () => {
    const known = secret();
    expect(new Webhook(known).verify(message.body, { ...signMessage(message, [known]) })).toEqual(
      JSON.parse(message.body),
    );
    const text = 'not base64 but long enough to sign';
    expect(
      new Webhook(text, { format: 'raw' }).verify(message.body, { ...signMessage(message, [text]) }),
    ).toBeDefined();
  });

  it('is accepted by whoever knows one of the secrets, the old one or the new one', () => {
    const [old, young] = [secret(), secret()];
    const headers = { ...signMessage(message, [young, old]) };
    for (const known of [old, young]) expect(() => new Webhook(known).verify(message.body, headers)).not.toThrow();
    expect(() => new Webhook(secret()).verify(message.body, headers)).toThrow();
    expect(() => new Webhook(old).verify(`${message.body} `, headers)).toThrow();
  });

  it('is what the specification gives as its example', () => {
    const at = new Date(1_614_265_330_000);
    const body = '{"test": 2432232314}';
    expect(
      signMessage({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at, body }, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('has no signature where there is no secret, and its id all the same', () => {
    expect(Object.keys(signMessage(message, []))).toEqual(['webhook-id', 'webhook-timestamp']);
  });
});
