import { describe, expect, it } from 'vitest';
import { buildSection } from '../testing/knowledge-builder.ts';
import { buildPast } from './__fixtures__/past.ts';
import { buildQuestion, isAskable } from './question.ts';

const LIMITS = { asOf: '2026-03-07T00:00:00Z', withheld: ['slow'] };
const section = (role: Parameters<typeof buildSection>[1], text: string) =>
  buildSection('incidents/slow.md', role, text);

const slow = buildPast('slow', {
  title: 'Retry storm',
  date: '2026-03-07',
  services: ['culprit'],
  alerts: ['PagesSlow', 'QueueLong'],
  signals: ['metric orders-0 cpu up', 'metric orders-0 cpu up'],
  sections: [
    section('summary', 'For an hour every page took nine seconds.'),
    section(
      'detection',
      'PagesSlow fired. Clients retried every second without pause, three at once, between two deploys.',
    ),
    section('root-cause', 'A missing backoff.'),
    section('trigger', 'A release.'),
    section('mitigation', 'Limited the rate.'),
    section('timeline', '12:00 it began.'),
    section('follow-up', 'Add a backoff.'),
  ],
});

describe('the question that an incident was on its day', () => {
  it('is asked with its alerts, symptoms and signals, as of the beginning of its day', () => {
    const question = buildQuestion(slow, 'precedent', LIMITS);
    expect(question.alerts).toMatchObject([
      { labels: { alertname: 'PagesSlow' }, startsAt: LIMITS.asOf },
      { labels: { alertname: 'QueueLong' }, startsAt: LIMITS.asOf },
    ]);
    expect(JSON.stringify(question)).toContain('every page took nine seconds');
    expect(question.traceDigest?.signals).toEqual(['metric orders-0 cpu up']);
    expect(question).toMatchObject({ ...LIMITS, options: { engine: 'precedent', traces: 'none' } });
  });

  it.each([
    'Retry storm',
    'culprit',
    'missing backoff',
    'release',
    'Limited the rate',
    '12:00',
    'Add a backoff',
    'load-spike',
  ])('tells nothing that was only known afterwards: %s', (words) => {
    expect(JSON.stringify(buildQuestion(slow, 'precedent', LIMITS))).not.toContain(words);
  });

  it('tells no sentence that tells the cause in its own words', () => {
    expect(JSON.stringify(buildQuestion(slow, 'precedent', LIMITS))).not.toContain('retried');
    const other = {
      ...slow,
      rootCause: { service: 'orders', summary: 'The certificate had run out during the night.' },
    };
    expect(JSON.stringify(buildQuestion(other, 'precedent', LIMITS))).toContain('retried');
  });

  it.each([
    ['a short cause', 'The disk of orders was full.', 'Disk full.'],
    ['category and culprit', 'Clearly a load spike at orders.', 'Three clients retried without pause.'],
  ])('tells no sentence that tells %s', (_, sentence, summary) => {
    const told = {
      ...slow,
      rootCause: { service: 'orders', summary },
      sections: [section('summary', `Pages were slow. ${sentence}`)],
    };
    const asked = JSON.stringify(buildQuestion(told, 'precedent', LIMITS));
    expect(asked).toContain('Pages were slow.');
    expect(asked).not.toContain(sentence);
  });

  it('has no day where the incident has none', () => {
    const question = buildQuestion(slow, 'llm', { withheld: [] });
    expect(question).not.toHaveProperty('asOf');
    expect(question.alerts).toMatchObject([{ labels: { alertname: 'PagesSlow' } }, {}]);
    expect(JSON.stringify(question)).not.toContain('startsAt');
  });

  it('is there as soon as one thing was seen', () => {
    const blind = { ...slow, alerts: [], signals: [], sections: [section('root-cause', 'A missing backoff.')] };
    expect(isAskable(blind)).toBe(false);
    expect(isAskable({ ...blind, alerts: ['PagesSlow'] })).toBe(true);
    expect(isAskable({ ...blind, signals: ['metric orders-0 cpu up'] })).toBe(true);
    expect(isAskable({ ...blind, sections: [section('impact', 'Nobody could pay.')] })).toBe(true);
  });
});
