import type { BacktestCase } from '../../domain/backtest.ts';
import type { Incident } from '../../domain/document.ts';
import { buildIncident, buildSection } from '../../testing/knowledge-builder.ts';

/** An incident as a team writes it down, with something to ask and a cause; a test states only what it is about. */
export function buildPast(id: string, fields: Partial<Incident> = {}): Incident {
  return buildIncident({
    id,
    title: `What ${id} turned out to be`,
    category: 'load-spike',
    rootCause: { service: 'orders', summary: 'Three clients retried every second without any pause between.' },
    signals: ['metric orders-0 cpu up'],
    sections: [buildSection(`incidents/${id}.md`, 'detection', `Pages of the shop were slow, as seen in ${id}.`)],
    ...fields,
  });
}

/** One a day, from the first of March on. */
export function buildDays(count: number, fieldsOf: (at: number) => Partial<Incident> = () => ({})): Incident[] {
  return Array.from({ length: count }, (_, at) =>
    buildPast(`day-${String(at + 1).padStart(2, '0')}`, {
      date: `2026-03-${String(at + 1).padStart(2, '0')}`,
      ...fieldsOf(at),
    }),
  );
}

/** A case that was found at once. */
export function buildCase(fields: Partial<BacktestCase> = {}): BacktestCase {
  return {
    incident: 'day-01',
    title: 'Slow pages',
    date: '2026-03-01',
    truth: { service: 'orders', category: 'load-spike' },
    said: { service: 'orders', category: 'load-spike' },
    kind: 'answered',
    ranks: { service: 1, category: 1, both: 1 },
    precedentRank: 1,
    isKnownCategory: true,
    scores: { service: 0.8, category: 0.7, both: 0.6 },
    known: 10,
    ...fields,
  };
}
