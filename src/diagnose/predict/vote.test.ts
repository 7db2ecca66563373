import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildDigest, buildIncident } from '../../testing/knowledge-builder.ts';
import type { BackedCause } from '../causes/causes.ts';
import { withBackers } from './backers.ts';
import { predictByPrecedent } from './by-precedent.ts';
import { voteForCause } from './vote.ts';

const incident = (id: string, category: string, service: string) =>
  buildIncident({ id, category, services: [service], rootCause: { service, summary: `${category} at ${service}` } });

const cause = (
  service: string,
  category: string,
  chance: number,
  ...backers: ReturnType<typeof incident>[]
): BackedCause => ({
  service,
  category,
  chance,
  backers: backers.map((one) => ({ incident: one, likeness: 0.8 })),
  reasons: [{ told: 'itself memory up', weight: 1 }],
});

const leak = incident('leak', 'leak', 'orders');
const dns = incident('dns', 'dns', 'web');

describe('what history taught', () => {
  it('and the precedents found decide together, and the traces weigh both', () => {
    const precedents = [rankIncident(dns, 0.9)];
    const causes = [cause('orders', 'leak', 0.6, leak), cause('web', 'dns', 0.4, dns)];
    const candidates = voteForCause({ precedents, causes, digest: undefined });
    expect(candidates.map(({ category }) => category)).toEqual(['dns', 'leak']);
    expect(candidates.reduce((sum, { support }) => sum + support, 0)).toBeCloseTo(1);
    const traced = voteForCause({ precedents, causes, digest: buildDigest('orders') });
    expect(traced[0]).toMatchObject({ category: 'leak', service: 'orders' });
  });

  it('changes nothing where there are no signals that it knows', () => {
    const precedents = [rankIncident(dns, 0.9), rankIncident(leak, 0.5)];
    const without = voteForCause({ precedents, digest: undefined });
    expect(voteForCause({ precedents, digest: undefined, causes: [] })).toEqual(without);
    expect(without.map(({ category }) => category)).toEqual(['dns', 'leak']);
  });

  it('cites each precedent once, those found first', () => {
    const [best] = voteForCause({
      precedents: [rankIncident(leak, 0.9)],
      causes: [cause('orders', 'leak', 0.9, leak, incident('older', 'leak', 'orders'))],
      digest: undefined,
    });
    expect(best?.members.map((member) => member.incident.id)).toEqual(['leak', 'older']);
  });

  it('says where it was seen when no precedent was on this service, and what speaks for it', () => {
    const { hypotheses } = predictByPrecedent(buildEvidence({ causes: [cause('payments', 'leak', 0.9, leak)] }));
    expect(hypotheses[0]).toMatchObject({
      service: 'payments',
      category: 'leak',
      seenAt: 'orders',
      summary: 'leak at payments',
      reasons: ['itself memory up'],
    });
    expect(hypotheses[0]?.citations.map(({ document }) => document)).toEqual(['incident:leak']);
  });

  it('names no cause without a precedent of its category', () => {
    expect(voteForCause({ precedents: [], digest: undefined, causes: [cause('orders', 'leak', 0.9)] })).toEqual([]);
  });
});

describe('precedents on the table', () => {
  const found = ['a', 'b', 'c', 'd'].map((id, at) => rankIncident(incident(id, 'dns', 'web'), 0.9 - at / 10));

  it('hold one of the likeliest cause; the last found gives way', () => {
    const rows = withBackers(found, [cause('orders', 'leak', 0.9, leak)]);
    expect(rows.map((row) => row.incident.id)).toEqual(['a', 'b', 'c', 'leak']);
    expect(rows.map(({ score }) => score)).toEqual([...rows.map(({ score }) => score)].sort((a, b) => b - a));
  });

  it('stay as they were found when the likeliest cause is among them, or nothing was learnt', () => {
    expect(withBackers(found, [cause('web', 'dns', 0.9, incident('b', 'dns', 'web'))])).toEqual(found);
    expect(withBackers(found, [])).toEqual(found);
    expect(withBackers([], [cause('orders', 'leak', 0.9, leak)])).toEqual([]);
  });
});
