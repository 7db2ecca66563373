import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFixture } from '../intake/__fixtures__/deliveries.ts';
import { AlertMap } from '../intake/alert-map.ts';
import { type ServedIntake, serveIntake } from './__fixtures__/serve-intake.ts';

const map = AlertMap.parse({
  alerts: '$.events',
  alertname: '$.check.name',
  status: '$.check.state',
  labels: '$.target',
  annotations: { summary: '$.notes.summary' },
  startsAt: '$.since',
  endsAt: '$.until',
  fingerprint: '$.key',
  groupKey: '$..service',
});

let served: ServedIntake;
beforeAll(async () => {
  served = await serveIntake({ config: { requestsPerMinute: 1_000_000, senders: { generic: { map } } } });
});
afterAll(() => served[Symbol.asyncDispose]());

/** Each sender with a delivery of its own, and what it is sent as. */
const SAMPLES = [
  ['alertmanager', 'alertmanager', {}],
  ['grafana', 'grafana', {}],
  ['grafana', 'grafana-legacy', {}],
  ['pagerduty', 'pagerduty', {}],
  ['opsgenie', 'opsgenie', {}],
  ['datadog', 'datadog', {}],
  ['cloudevents', 'cloudevents', { 'content-type': 'application/cloudevents+json' }],
  ['cloudevents', 'cloudevents', { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 's', 'ce-type': 'a.resolved' }],
  ['generic', 'generic', {}],
] as const;

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.constantFrom<unknown>(
    '',
    'x'.repeat(30_000),
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2026-03-01T10:00:00+14:00',
    1e300,
    -1,
    1_772_359_200_000_000_000,
    '$ALERT_ID',
    '\ud800\u0000',
    Object.fromEntries([['__proto__', 1]]),
    Object.fromEntries(['constructor', 'toString', 'length'].map((name) => [name, name])),
    Array.from({ length: 300 }, () => ({ labels: { a: 1 } })),
  ),
);

interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'repeat' | 'add';
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'repeat', 'add'),
  value: odd,
});

type Place = readonly [holder: Record<string, unknown>, key: string];

function listPlaces(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  // An array is an object whose keys are its places.
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): Place[] => [[holder, key], ...listPlaces(holder[key])]);
}

/** The sample with one field after the other changed, somewhere. */
function mutate(sample: object, changes: readonly Change[]): unknown {
  const root: Record<string, unknown> = { body: structuredClone(sample) };
  for (const { at, how, value: drawn } of changes) {
    // A later change must not reach into what other runs draw, or a value comes to hold itself.
    const value = structuredClone(drawn);
    const places = listPlaces(root);
    const [holder, key] = places[at % places.length] ?? [root, 'body'];
    if (how === 'replace') holder[key] = value;
    else if (how === 'remove' && holder !== root) Reflect.deleteProperty(holder, key);
    else if (how === 'repeat') holder[key] = [holder[key], structuredClone(holder[key])];
    else holder[`more${at % 7}`] = value;
  }
  return root['body'];
}

async function send(sender: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const response = await fetch(`${served.url}/v1/intake/${sender}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  const isWell = response.ok ? !isProblem : isProblem && response.status >= 400 && response.status < 500;
  expect(isWell, `${response.status} ${text.slice(0, 1_000)}`).toBe(true);
  return response.status;
}

describe.each(SAMPLES)('POST /v1/intake/%s, fuzzed from %s', (sender, fixture, headers) => {
  it('answers 2xx or a problem of the caller’s own, and still understands most of it', async () => {
    const sample = readFixture(fixture);
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const status = await send(sender, JSON.stringify(mutate(sample, changes)) ?? '', headers);
        if (status === 202) understood++;
      }),
      { numRuns: 60 },
    );
    expect(understood, 'hardly any delivery got past the schema').toBeGreaterThan(15);
  });

  it('answers so whatever bytes come', async () => {
    const sample = Buffer.from(JSON.stringify(readFixture(fixture)));
    const cut = fc.record({ from: fc.nat(sample.length), bytes: fc.uint8Array({ maxLength: 20 }) });
    const encoding = fc.constantFrom('identity', 'identity', 'gzip', 'br');
    await fc.assert(
      fc.asyncProperty(cut, encoding, async ({ from, bytes }, encoding) => {
        const body = Buffer.concat([sample.subarray(0, from), bytes, sample.subarray(from + bytes.length)]);
        await send(sender, new Uint8Array(body), { ...headers, 'content-encoding': encoding });
      }),
      { numRuns: 20 },
    );
  });
});

describe('what is handed in from all of that', () => {
  it('is bounded, and has all by which alerts are told from others', () => {
    const alerts = served.accepted.flatMap(({ groups }) => groups.flatMap((group) => [...group.alerts]));
    expect(alerts.length).toBeGreaterThan(200);
    for (const { labels, annotations, fingerprint, startsAt, endsAt } of alerts) {
      expect(fingerprint?.length).toBeGreaterThan(0);
      expect(fingerprint?.length).toBeLessThanOrEqual(200);
      for (const moment of [startsAt, endsAt ?? startsAt]) expect(new Date(moment ?? '').toISOString()).toBe(moment);
      for (const value of Object.values(labels)) expect(value.length).toBeLessThanOrEqual(4_096);
      for (const value of Object.values(annotations)) expect(value.length).toBeLessThanOrEqual(20_000);
    }
    for (const { groups } of served.accepted) {
      for (const { alerts, groupKey } of groups) {
        expect(alerts.length).toBeLessThanOrEqual(1_000);
        expect(groupKey.length).toBeLessThanOrEqual(200);
      }
    }
  });
});

describe('signatures', () => {
  it('let nobody in who does not know the secret, whatever is sent as one', async () => {
    await using guarded = await serveIntake({
      tokens: {},
      secrets: { anySender: ['secret'], bySender: new Map() },
      now: () => new Date('2026-03-01T10:00:00Z'),
    });
    const body = JSON.stringify(readFixture('pagerduty'));
    const right = createHmac('sha256', 'secret').update(body).digest('hex');
    const word = fc.oneof(
      fc.stringMatching(/^[\x21-\x7e]{0,80}$/),
      fc.nat(63).map((at) => `v1=${right.slice(0, at)}`),
      fc.nat(62).map((at) => `v1=${right.slice(0, at)}${right[at] === '0' ? '1' : '0'}${right.slice(at + 1)}`),
    );
    const names = [
      'x-pagerduty-signature',
      'webhook-signature',
      'webhook-id',
      'webhook-timestamp',
      'x-precedent-secret',
    ];
    const headers = fc.record(Object.fromEntries(names.map((name) => [name, word])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(headers, async (given) => {
        const response = await fetch(`${guarded.url}/v1/intake/pagerduty`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...given },
          body,
        });
        expect(response.status).toBe(401);
      }),
      { numRuns: 60 },
    );
    expect(guarded.accepted).toEqual([]);
  });
});
