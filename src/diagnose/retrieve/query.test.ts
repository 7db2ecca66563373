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

  it('has no text when the situation has none', () => {
    expect(buildQuery({ ...situation, text: '', alertNames: [] }, undefined, options).text).toBe('');
  });
});
