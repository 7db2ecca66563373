import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkSlackSignature } from './slack-signature.ts';

/** The example of Slack's own documentation, "Verifying requests from Slack". */
const PUBLISHED = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: '1531420618',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};

type Sent = Partial<typeof PUBLISHED> & { readonly secrets?: readonly string[]; readonly now?: number };

function check(sent: Sent): void {
  const { secret, timestamp, body, signature, secrets = [secret], now = 1_531_420_700 } = { ...PUBLISHED, ...sent };
  const headers = new Map([
    ['x-slack-request-timestamp', timestamp],
    ['x-slack-signature', signature],
  ]);
  checkSlackSignature((name) => headers.get(name), Buffer.from(body), secrets, new Date(now * 1_000));
}

describe('a signature of Slack', () => {
  it('that Slack publishes as an example fits', () => {
    expect(() => check({})).not.toThrow();
  });

  it('fits any of several secrets, so that one may be changed', () => {
    expect(() => check({ secrets: ['new', PUBLISHED.secret, 'other'] })).not.toThrow();
  });

  it.each([
    ['another body', { body: `${PUBLISHED.body}&text=x` }, 'fits none of SLACK_SIGNING_SECRETS'],
    ['another secret', { secrets: ['other'] }, 'fits none of SLACK_SIGNING_SECRETS'],
    ['another moment', { timestamp: '1531420619' }, 'fits none of SLACK_SIGNING_SECRETS'],
    ['a signature cut short', { signature: PUBLISHED.signature.slice(0, -1) }, 'fits none'],
    ['no signature', { signature: '' }, 'it is not signed'],
    ['no timestamp', { timestamp: '' }, 'it is not signed'],
    ['five minutes and a second later', { now: 1_531_420_919 }, 'not of the last 300 s'],
    ['five minutes and a second too early', { now: 1_531_420_317 }, 'not of the last 300 s'],
    ['no secret at all', { secrets: [] }, 'SLACK_SIGNING_SECRETS is not set'],
  ] as const)('does not with %s, and says why', (_what, sent, why) => {
    expect(() => check(sent)).toThrow(why);
    expect(() => check(sent)).toThrow(expect.objectContaining({ code: 'unauthorised' }));
  });

  it.each(['NaN', '1e9', '-1531420618', ' 1531420618', '0x5b47a00a'])('does not with the timestamp %j', (timestamp) => {
    const signature = `v0=${createHmac('sha256', PUBLISHED.secret).update(`v0:${timestamp}:${PUBLISHED.body}`).digest('hex')}`;
    expect(() => check({ timestamp, signature })).toThrow('refused');
  });
});
