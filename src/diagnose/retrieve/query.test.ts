import { describe, expect, it } from 'vitest';
import { buildDigest } from '../../testing/knowledge-builder.ts';
import type { Situation } from '../situation.ts';
import { buildQuery } from './query.ts';

const now = new Date('2026-06-01T12:00:00Z');
const options = { kinds: ['incident'], k: 5, now } as const;
const situation: Situation = {
  text: 'the queue is growing',
  expression: 'rabbitmq_queue_messages',
  alertNames: ['QueueBacklogHigh'],
  services: ['consumer'],
  runbookUrls: [],
  signals: ['metric consumer lag up'],
};

describe('the query of a situation', () => {
  it('reads the name and the text, and keeps the expression apart', () => {
    expect(buildQuery(situation, undefined, options)).toMatchObject({
      text: 'QueueBacklogHigh\nthe queue is growing',
      expression: 'rabbitmq_queue_messages',
      services: ['consumer'],
      now,
    });
  });

  it('looks for precedents where the traces point first, and asks for their signals', () => {
    const query = buildQuery(situation, buildDigest('pre-processor', 'web-server'), options);
    expect(query.services).toEqual(['consumer', 'pre-processor']);
    expect(query.signals).toContain('trace pre-processor request latency');
    expect(query.signals).toContain('metric consumer lag up');
  });

  it('names a service once', () => {
    expect(buildQuery(situation, buildDigest('consumer'), options).services).toEqual(['consumer']);
  });

  it('asks as of a day, if told so, and counts age from there', () => {
    const asOf = new Date('2025-01-01T00:00:00Z');
    expect(buildQuery({ ...situation, asOf }, undefined, options)).toMatchObject({ asOf, now: asOf });
    expect(buildQuery(situation, undefined, options)).not.toHaveProperty('asOf');
  });

  it('reads the words of a digest that is nothing but words, and not too many of them', () => {
    const digest = { ...buildDigest(), healthy: false, text: 'decoder waits for a lock' };
    expect(buildQuery(situation, digest, options).text).toContain('decoder waits for a lock');
    const long = buildQuery(situation, { ...digest, text: 'wait '.repeat(4_000) }, options).text;
    expect(long.length).toBeLessThan(2_100);
  });

  it('does not look up the words of a digest that says it better, or that nothing is wrong', () => {
    for (const digest of [buildDigest('consumer'), buildDigest()]) {
      expect(buildQuery(situation, digest, options).text).not.toContain(digest.text);
    }
  });

  it('is bounded, whatever the alerts are called', () => {
    const alertNames = Array.from({ length: 1_000 }, (_, index) => `Alert${index}${'x'.repeat(100)}`);
    expect(buildQuery({ ...situation, alertNames }, undefined, options).text).toHaveLength(20_000);
  });

  it('has no text when the situation has none', () => {
    expect(buildQuery({ ...situation, text: '', alertNames: [] }, undefined, options).text).toBe('');
  });
});
