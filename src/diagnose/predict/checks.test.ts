import { describe, expect, it } from 'vitest';
import type { Incident } from '../../domain/document.ts';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildIncident, buildRunbook, buildSection, buildSource } from '../../testing/knowledge-builder.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from './by-precedent.ts';

const incident = (id: string, category: string, service: string, sections: Incident['sections'] = []) =>
  buildIncident({ id, category, services: [service], rootCause: { service, summary: id }, sections });

const runbook = (id: string, services: string[], diagnosis: string): Evidence['runbooks'][number] => ({
  runbook: buildRunbook({ id, services, sections: [buildSection(`runbooks/${id}.md`, 'diagnosis', diagnosis)] }),
  score: 0.9,
  relevance: 0.9,
  scores: {},
  source: buildSource(`runbooks/${id}.md`),
  excerpt: '',
});

const leak = incident('leak', 'memory-leak', 'orders');
const spike = incident('spike', 'load-spike', 'web');
const both = [rankIncident(leak, 0.9), rankIncident(spike, 0.85)];
const checksFor = (fields: Partial<Evidence>) =>
  predictByPrecedent(buildEvidence({ precedents: both, ...fields })).hypotheses.map(({ check }) => check?.text ?? null);

describe('what tells an explanation from its rival', () => {
  it('is the passage that names its service, wherever in the runbook it stands', () => {
    const shop = runbook(
      'shop',
      ['web', 'orders'],
      'Look at the dashboard first.\n\n1. Compare the rate at web with yesterday.\n2. Watch the memory of orders-0 for an hour.',
    );
    expect(checksFor({ runbooks: [shop] })).toEqual([
      '2. Watch the memory of orders-0 for an hour.',
      '1. Compare the rate at web with yesterday.',
    ]);
  });

  it('is rather what names its kind and not the rival’s, where both are at one service', () => {
    const precedents = [rankIncident(leak, 0.9), rankIncident(incident('pool', 'pool-exhaustion', 'orders'), 0.85)];
    const orders = runbook('orders', ['orders'], 'Is the pool at its limit?\n\nDoes memory grow for hours?');
    expect(checksFor({ precedents, runbooks: [orders] })).toEqual([
      'Does memory grow for hours?',
      'Is the pool at its limit?',
    ]);
  });

  it('does not name the rival where another passage need not', () => {
    const shop = runbook('shop', ['orders'], 'Compare orders with web at noon.\n\nWatch the heap of orders over time.');
    expect(checksFor({ runbooks: [shop] })[0]).toBe('Watch the heap of orders over time.');
  });

  it('is never the same for two', () => {
    const shop = runbook('shop', ['web', 'orders'], 'Look at the dashboard first.');
    expect(checksFor({ runbooks: [shop] })).toEqual(['Look at the dashboard first.', null]);
  });

  it('comes from its own precedent where no runbook says, and cites it', () => {
    const own = incident('leak', 'memory-leak', 'orders', [
      buildSection('incidents/leak.md', 'detection', 'The heap of orders never shrank.'),
    ]);
    const { hypotheses } = predictByPrecedent(buildEvidence({ precedents: [rankIncident(own, 0.9)] }));
    expect(hypotheses[0]?.check).toMatchObject({
      text: 'The heap of orders never shrank.',
      citation: { document: 'incident:leak', source: { path: 'incidents/leak.md' } },
    });
  });

  it('is nothing where no evidence says', () => {
    const other = runbook('db', ['db'], 'Look at the disks of the database.');
    expect(checksFor({ runbooks: [other] })).toEqual([null, null]);
  });

  it('comes from a runbook that was replaced only when no other says as much', () => {
    const runbooks = [
      runbook('old', ['orders'], 'Watch the memory of orders by hand.'),
      runbook('new', ['orders'], 'Watch the memory of orders on the dashboard.'),
    ];
    const superseded = new Map([['runbook:old', 'runbook:new']]);
    expect(checksFor({ runbooks, superseded })[0]).toBe('Watch the memory of orders on the dashboard.');
  });
});
