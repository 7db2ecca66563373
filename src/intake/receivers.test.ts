import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { DEFAULT_SECRET_HEADER, readIntake } from '../config/intake.ts';
import { Sender } from '../domain/occurrence.ts';
import { alertOf, buildContext, groupsOf } from './__fixtures__/deliveries.ts';
import { readDatadog } from './datadog.ts';
import { readGeneric } from './generic.ts';
import { readPagerDuty } from './pagerduty.ts';

const FOLDER = fileURLToPath(new URL('../../examples/receivers/', import.meta.url));
const FILES = readdirSync(FOLDER);
const textOf = (file: string) => readFileSync(`${FOLDER}${file}`, 'utf8');
const read = (file: string): unknown => (file.endsWith('.json') ? JSON.parse(textOf(file)) : parseYaml(textOf(file)));

/** Every text in a snippet, with the name it stands under. */
function listTexts(node: unknown, name = ''): (readonly [name: string, text: string])[] {
  if (typeof node === 'string') return [[name, node]];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => listTexts(value, Array.isArray(node) ? name : key));
}

const env = Object.fromEntries(
  [...textOf('precedent.yaml').matchAll(/secretEnv: (\w+)/g)].map(([, name]) => [name, 'a secret of ours']),
);
const listed = readIntake(Object(read('precedent.yaml'))['intake'], env);

describe('the receiver snippets', () => {
  it.each(FILES.filter((file) => /\.(?:json|ya?ml)$/.test(file)))(
    '%s can be read, and posts to a sender that there is',
    (file) => {
      const urls = listTexts(read(file)).flatMap(([, text]) => (text.includes('/v1/') ? [text] : []));
      for (const url of urls) {
        const { protocol, pathname } = new URL(url);
        expect(protocol).toBe('https:');
        expect(Sender.options.map((sender) => `/v1/intake/${sender}`)).toContain(pathname);
      }
    },
  );

  it('are there for every sender', () => {
    const texts = FILES.map(textOf).join('\n');
    for (const sender of Sender.options) expect(texts).toContain(`/v1/intake/${sender}`);
  });

  it('send the secret in the header that is looked at, and hold no secret themselves', () => {
    const headers = [
      ...FILES.map(textOf)
        .join('\n')
        .matchAll(/\b(X-Precedent-[\w-]+)/gi),
    ].map(([, name = '']) => name);
    expect(headers.length).toBeGreaterThan(2);
    for (const name of headers) expect(name.toLowerCase()).toBe(DEFAULT_SECRET_HEADER);
  });

  it('ask for resolved alerts, too', () => {
    expect(textOf('alertmanager.yml')).toContain('send_resolved: true');
    expect(textOf('grafana.yaml')).toContain('disableResolveMessage: false');
    expect(Object(read('opsgenie.json'))['alertActions']).toEqual(['create', 'close', 'delete']);
  });

  it('subscribe to the events of PagerDuty that the mapper acts on, and to all of them', () => {
    const { events } = Object(Object(read('pagerduty.json'))['webhook_subscription']);
    const data = { id: 'Q1', title: 'Web answers 5xx', created_at: '2026-03-01T10:00:00Z' };
    for (const event_type of events)
      expect(readPagerDuty({ event: { event_type, data } }, buildContext()).kind, event_type).toBe('alerts');
    expect(events).toHaveLength(3);
  });

  it('configure senders without a mistake, and name a secret for each that has no token', () => {
    expect(listed.problems).toEqual([]);
    expect([...listed.secrets.keys()]).toEqual(['pagerduty', 'opsgenie', 'datadog', 'cloudevents', 'generic']);
    for (const name of Object.keys(env)) expect(FILES.map(textOf).join('\n')).toContain(name);
  });

  it('map the sample of the generic sender', () => {
    const map = listed.senders.generic?.map;
    const reception = readGeneric(read('generic.json'), buildContext(map ? { map } : {}));
    expect(groupsOf(reception)[0]?.groupKey).toBe('db');
    expect(alertOf(reception)).toEqual({
      status: 'firing',
      fingerprint: '4711',
      startsAt: '2026-03-01T10:00:00.000Z',
      labels: { alertname: 'DiskAlmostFull', service: 'db', host: 'db-1', severity: 'high', site: 'north' },
      annotations: { summary: '93 % of /var are in use' },
      generatorURL: 'https://monitor.example.com/problems/4711',
    });
  });
});

describe('the Datadog payload', () => {
  const VALUES: Readonly<Record<string, string>> = {
    ALERT_TITLE: '[Triggered on {host:db-1}] Disk of the database fills up',
    ALERT_TRANSITION: 'Triggered',
    ALERT_ID: '81234',
    ALERT_CYCLE_KEY: '5500000000001',
    ALERT_SCOPE: 'host:db-1',
    HOSTNAME: 'db-1',
    TAGS: 'service:db,env:prod',
    TEXT_ONLY_MSG: 'It is "93 %" full.\nSee the runbook.',
    DATE: '1772359200000',
  };

  /** As Datadog does: a variable by its value inside the JSON text, one without a value by its name. */
  const fill = (values: Readonly<Record<string, string>>): unknown =>
    JSON.parse(
      textOf('datadog-payload.json').replace(/\$([A-Z_]+)/g, (name, key) =>
        key in values ? JSON.stringify(values[key]).slice(1, -1) : name,
      ),
    );

  it('filled in as Datadog does, is an alert', () => {
    const alert = alertOf(readDatadog(fill(VALUES), buildContext()));
    expect(alert).toMatchObject({
      status: 'firing',
      fingerprint: '5500000000001',
      startsAt: '2026-03-01T10:00:00.000Z',
      labels: { alertname: 'Disk of the database fills up', service: 'db', env: 'prod', host: 'db-1' },
      annotations: { description: 'It is "93 %" full.\nSee the runbook.' },
    });
    expect(JSON.stringify(alert)).not.toContain('$');
  });

  it('recovers what it told of', () => {
    const recovered = { ...VALUES, ALERT_TRANSITION: 'Recovered', DATE: '1772360100000' };
    expect(alertOf(readDatadog(fill(recovered), buildContext()))).toMatchObject({
      status: 'resolved',
      fingerprint: '5500000000001',
    });
  });

  it('has a use for each of its fields', () => {
    const all = Object.values(Object(read('datadog-payload.json'))).map((variable) => String(variable).slice(1));
    const filled = Object.fromEntries(
      all.map((name) => [name, name === 'LINK' ? 'https://x.example.com' : `v-${name}`]),
    );
    const alert = alertOf(readDatadog(fill({ ...filled, ...VALUES }), buildContext()));
    const told = JSON.stringify([alert, groupsOf(readDatadog(fill({ ...filled, ...VALUES }), buildContext()))]);
    for (const name of ['ALERT_METRIC', 'ALERT_PRIORITY', 'ALERT_QUERY', 'ALERT_STATUS', 'AGGREG_KEY'])
      expect(told).toContain(`v-${name}`);
    expect(told).toContain('https://x.example.com');
  });
});
