import { describe, expect, it } from 'vitest';
import { hides } from './matches.ts';
import { parseSentence } from './parse-sentence.ts';

const NOON = '2027-03-01T12:00:00Z';

interface Given {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly sender?: string;
  readonly at?: string;
}

function hidesWhen(condition: string, { labels = {}, annotations = {}, sender = 'alertmanager', at = NOON }: Given) {
  const parsed = parseSentence(`when ${condition} then filter it out`);
  if (!parsed.ok) throw new Error(parsed.mistake.message);
  const alert = { labels: { alertname: 'WebSlow', ...labels }, annotations };
  return hides(parsed.sentence, { alert, sender, at: new Date(at) });
}

describe('a rule hides an alert', () => {
  it.each<[string, Given, boolean]>([
    ['the alert is WebSlow', {}, true],
    ['the alert is "webslow "', {}, true],
    ['the alert is Web', {}, false],
    ['the alert starts with web', {}, true],
    ['the alert ends with Slow', {}, true],
    ['the alert contains bSl', {}, true],
    ['the alert contains x', {}, false],
    ['the namespace is one of staging, dev', { labels: { namespace: 'Dev' } }, true],
    ['the namespace is one of staging, dev', { labels: { namespace: 'prod' } }, false],
    ['the service is web', { labels: { app: 'web' } }, true],
    ['the service is web', { labels: { service: 'db', app: 'web' } }, false],
    ['the label team is "order book"', { labels: { team: 'order book' } }, true],
    ['the label Team is shop', { labels: { team: 'shop' } }, false],
    ['the annotation summary contains "no traffic"', { annotations: { summary: 'There is no traffic.' } }, true],
    ['the label constructor contains native', {}, false],
    ['the alert is WebSlow and the sender is grafana', { sender: 'grafana' }, true],
    ['the alert is WebSlow and the sender is grafana', {}, false],
    ['the alert is WebSlow or the namespace is dev', {}, true],
    ['the alert is DbFull or the namespace is dev', {}, false],
    ['the alert is WebSlow and the label team is missing', {}, true],
    ['the alert is WebSlow and the label team is missing', { labels: { team: ' ' } }, true],
    ['the alert is WebSlow and the label team is present', {}, false],
  ])('%s: %j → %s', (condition, given, expected) => {
    expect(hidesWhen(condition, given)).toBe(expected);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['the alert is WebSlow and the namespace is not prod', { namespace: 'dev' }, true],
    ['the alert is WebSlow and the namespace is not prod', {}, false],
    ['the alert is WebSlow and the namespace is none of prod, live', {}, false],
    ['the alert is WebSlow unless the namespace is not dev', { namespace: 'dev' }, true],
    ['the alert is WebSlow unless the namespace is not dev', {}, false],
    ['the alert is WebSlow unless the namespace is prod', {}, true],
    ['the alert is WebSlow unless the namespace is prod', { namespace: 'prod' }, false],
  ])('and what is missing is never a reason to: %s with %j → %s', (condition, labels, expected) => {
    expect(hidesWhen(condition, { labels })).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['the alert is WebSlow', 'warning', true],
    ['the alert is WebSlow', 'critical', false],
    ['the alert is WebSlow', 'Page', false],
    ['the alert is WebSlow', 'P1', false],
    ['the alert is WebSlow and the severity is critical', 'critical', true],
    ['the alert is WebSlow and the label severity is one of warning, page', 'page', true],
    ['the alert is WebSlow and the severity is not info', 'critical', false],
    ['the alert is WebSlow or (the alert is DbFull and the severity is critical)', 'critical', false],
    ['the severity is critical and (the alert is WebSlow or the namespace is dev)', 'critical', true],
  ])('that would wake somebody only where it names that severity: %s, %s → %s', (condition, severity, expected) => {
    expect(hidesWhen(condition, { labels: { severity } })).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['between 22:00 and 06:00 UTC', '2027-03-01T22:00:00Z', true],
    ['between 22:00 and 06:00 UTC', '2027-03-01T05:59:59Z', true],
    ['between 22:00 and 06:00 UTC', '2027-03-01T06:00:00Z', false],
    ['between 22:00 and 06:00 UTC', '2027-03-01T21:59:59Z', false],
    ['between 06:00 and 22:00 UTC', '2027-03-01T06:00:00Z', true],
    ['between 06:00 and 22:00 UTC', '2027-03-01T22:00:00Z', false],
    ['until 2027-03-01', '2027-03-01T23:59:59Z', true],
    ['until 2027-03-01', '2027-03-02T00:00:00Z', false],
  ])('in its time: %s at %s → %s', (time, at, expected) => {
    expect(hidesWhen(`the alert is WebSlow ${time}`, { at })).toBe(expected);
  });
});
