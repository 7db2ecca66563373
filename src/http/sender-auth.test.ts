import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IntakeSecrets, SenderConfig } from '../config/intake.ts';
import type { Sender } from '../domain/occurrence.ts';
import { LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import { authoriseSender } from './sender-auth.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const BODY = '{"event":{}}';
const SECRETS: IntakeSecrets = { anySender: ['for all'], bySender: new Map([['pagerduty', ['old', 'new']]]) };
const NONE: IntakeSecrets = { anySender: [], bySender: new Map() };

interface Attempt {
  readonly sender?: Sender;
  readonly headers?: Record<string, string>;
  readonly principal?: Principal;
  readonly secrets?: IntakeSecrets;
  readonly config?: SenderConfig;
  readonly body?: string;
}

function attempt({ sender = 'pagerduty', headers = {}, secrets = SECRETS, ...over }: Attempt) {
  const header = (name: string) => headers[name];
  const body = new TextEncoder().encode(over.body ?? BODY);
  const trust = { config: over.config, secrets, now: NOW };
  return authoriseSender({ sender, principal: over.principal, header, body }, trust);
}

const pagerDuty = (...keys: string[]) => ({
  'x-pagerduty-signature': keys.map((key) => `v1=${createHmac('sha256', key).update(BODY).digest('hex')}`).join(','),
});

function standard(secret: string, ageSeconds = 0, id = 'msg_1') {
  const timestamp = String(NOW.getTime() / 1_000 - ageSeconds);
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${BODY}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

const token = (over: Partial<Principal> = {}): Principal => ({
  name: 'pager',
  namespace: 'shop',
  scopes: ['intake'],
  ...over,
});

describe('a sender', () => {
  it.each<[string, Attempt]>([
    ['PagerDuty’s signature', { headers: pagerDuty('new') }],
    ['its second one, while the secret changes there', { headers: pagerDuty('unknown', 'new') }],
    ['the old secret, while it changes here', { headers: pagerDuty('old') }],
    ['a secret for all senders', { headers: pagerDuty('for all') }],
    ['Standard Webhooks', { headers: standard('new') }],
    ['the secret in the usual header', { headers: { 'x-precedent-secret': 'new' } }],
    ['the secret in a header of its own', { headers: { 'x-team': 'new' }, config: { header: 'x-team' } }],
    ['any one proof beside a signature that nobody asked for', { headers: { ...pagerDuty('?'), ...standard('new') } }],
    ['a secret for all, from another sender', { sender: 'grafana', headers: { 'x-precedent-secret': 'for all' } }],
  ])('is believed by %s', (_, given) => {
    expect(attempt(given)).toEqual({ name: given.sender ?? 'pagerduty', namespace: 'default' });
  });

  it.each<[string, Attempt]>([
    ['no proof', {}],
    ['another secret', { headers: pagerDuty('other') }],
    ['a signature over another body', { headers: pagerDuty('new'), body: `${BODY} ` }],
    [
      'a cut signature',
      { headers: { 'x-pagerduty-signature': pagerDuty('new')['x-pagerduty-signature'].slice(0, 40) } },
    ],
    ['a signature of another version', { headers: { 'x-pagerduty-signature': 'v2=abc' } }],
    ['an old message, sent again', { headers: standard('new', 301) }],
    ['a message of the future', { headers: standard('new', -301) }],
    ['a message without its id', { headers: { ...standard('new', 0, ''), 'webhook-id': '' } }],
    ['a wrong secret in the header', { headers: { 'x-precedent-secret': 'ne' } }],
    [
      'the secret in another header than the one agreed',
      { headers: { 'x-precedent-secret': 'new' }, config: { header: 'x-team' } },
    ],
    ['the secret of another sender', { sender: 'grafana', headers: { 'x-precedent-secret': 'new' } }],
    ['PagerDuty’s way of signing, by another sender', { sender: 'grafana', headers: pagerDuty('for all') }],
    [
      'a hundred signatures of which the last fits',
      { headers: pagerDuty(...Array.from({ length: 100 }, () => '?'), 'new') },
    ],
    ['an open service, once there are secrets', { principal: LOCAL_OPERATOR }],
    ['no secrets and no token', { secrets: NONE, headers: pagerDuty('new') }],
  ])('is refused with %s', (_, given) => {
    expect(() => attempt(given)).toThrow(expect.objectContaining({ code: 'unauthorised' }));
  });

  it('needs no more than a token for intake, and that says whose alerts they are', () => {
    expect(attempt({ principal: token() })).toEqual({ name: 'pager', namespace: 'shop' });
    expect(attempt({ principal: token({ namespace: '*' }), config: { namespace: 'web' } }).namespace).toBe('web');
    expect(attempt({ principal: token({ namespace: '*' }) }).namespace).toBe('default');
  });

  it('is told that its token is for other things', () => {
    expect(() => attempt({ principal: token({ scopes: ['read'] }) })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('proves by a secret whose alerts they are, where the configuration says', () => {
    expect(attempt({ headers: pagerDuty('new'), config: { namespace: 'shop' } }).namespace).toBe('shop');
  });

  it('may come in as anybody where nothing was set up', () => {
    expect(attempt({ secrets: NONE, principal: LOCAL_OPERATOR })).toEqual({ name: 'local', namespace: 'default' });
  });
});
