import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildIncident, buildRunbook, buildSection, buildSource, buildStep } from '../../testing/knowledge-builder.ts';
import type { JudgedNovelty } from '../causes/causes.ts';
import { predictByPrecedent } from './by-precedent.ts';
import { namesNewKind } from './unseen.ts';

const known = (id: string, category: string, service: string) =>
  buildIncident({
    id,
    category,
    services: [service],
    rootCause: { service, summary: `${category} at ${service}` },
    sections: [buildSection(`incidents/${id}.md`, 'root-cause', `Because of ${category}.`)],
    steps: [buildStep(`incidents/${id}.md`, `Mend ${category}.`)],
  });

const leak = known('a', 'leak', 'orders');
const dns = known('b', 'dns', 'web');
const precedents = [rankIncident(leak, 0.9), rankIncident(dns, 0.6)];
const novelty = (p: number): JudgedNovelty => ({ p, n: 118, stranger: 3, service: 'orders', nearest: [leak, dns] });
const predict = (p: number, fields: Parameters<typeof buildEvidence>[0] = {}) =>
  predictByPrecedent(buildEvidence({ precedents, novelty: novelty(p), ...fields }));
const without = predictByPrecedent(buildEvidence({ precedents }));

describe('a kind of fault that history does not hold', () => {
  it('leads at its service where it is strange enough, and says in words how strange', () => {
    const { rootCause, hypotheses } = predict(0.03);
    expect(rootCause).toMatchObject({ service: 'orders', category: 'unseen' });
    expect(rootCause.summary).toContain('the nearest, a, b (leak, dns)');
    expect(rootCause.summary).toContain('Only 3 of 118 past incidents were as unlike the others.');
    expect(hypotheses.map(({ category }) => category)).toEqual(['unseen', 'leak', 'dns']);
  });

  it('cites the incidents that it was compared with', () => {
    const [unseen] = predict(0.03).hypotheses;
    expect(unseen?.citations.map(({ document }) => document)).toEqual(['incident:a', 'incident:b']);
    expect(unseen?.citations[0]?.source).toEqual(leak.sections[0]?.source);
  });

  it('advises what a runbook says of the service, and nothing that was done against a known cause', () => {
    const runbook = buildRunbook({
      id: 'orders',
      services: ['orders'],
      steps: [buildStep('runbooks/orders.md', 'Look.')],
    });
    const runbooks = [
      { runbook, score: 1, relevance: 1, scores: {}, source: buildSource('runbooks/orders.md'), excerpt: '' },
    ];
    expect(predict(0.03, { runbooks }).mitigation.map(({ step }) => step)).toEqual(['Look.']);
    expect(predict(0.03).mitigation).toEqual([]);
    expect(without.mitigation).not.toEqual([]);
  });

  it('stands below the best known cause where it is less strange, and takes no more of the say than that one keeps', () => {
    for (const p of [0.06, 0.11, 0.25]) {
      const { rootCause, hypotheses, mitigation } = predict(p);
      expect(rootCause).toMatchObject({ service: 'orders', category: 'leak' });
      expect(hypotheses.slice(1).map(({ category }) => category)).toContain('unseen');
      expect(hypotheses[0]?.category).toBe('leak');
      expect(mitigation).toEqual(without.mitigation);
    }
  });

  it('never stands first below the bar, though no known cause has much of the say', () => {
    const many = Array.from({ length: 8 }, (_, at) => rankIncident(known(`c${at}`, `kind-${at}`, 'orders'), 0.5));
    expect(predict(0.06, { precedents: many }).hypotheses[0]?.category).toBe('kind-0');
  });

  it('shares the say: never more than all of it, the largest first, and the more the stranger', () => {
    const shares = [0.01, 0.05, 0.1, 0.15, 0.25].map((p) => {
      const { hypotheses } = predict(p);
      const supports = hypotheses.map(({ support }) => support);
      expect(supports.reduce((sum, support) => sum + support, 0)).toBeLessThanOrEqual(1 + 1e-9);
      expect(supports).toEqual([...supports].sort((a, b) => b - a));
      return hypotheses.find(({ category }) => category === 'unseen')?.support ?? 0;
    });
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('is not spoken of where the incident is as ordinary as most, or nobody can tell', () => {
    expect(predict(0.26)).toEqual(without);
    expect(predictByPrecedent(buildEvidence({ precedents, novelty: undefined }))).toEqual(without);
  });

  it('is told from having no precedent, which names no service', () => {
    const evidence = buildEvidence({ precedents, novelty: novelty(0.03) });
    expect(namesNewKind(evidence, predictByPrecedent(evidence))).toBe(true);
    const nothing = buildEvidence();
    expect(namesNewKind(nothing, predictByPrecedent(nothing))).toBe(false);
    const claim = { category: 'unseen', summary: 'Something new.', service: 'orders' };
    const said = {
      engine: 'llm' as const,
      rootCause: claim,
      hypotheses: [{ ...claim, support: 1, citations: [], check: null }],
    };
    expect(namesNewKind(nothing, said)).toBe(true);
    expect(namesNewKind(nothing, { ...said, rootCause: { ...claim, service: null } })).toBe(false);
    const lead = buildEvidence({ precedents, novelty: novelty(0.2) });
    expect(namesNewKind(lead, predictByPrecedent(lead))).toBe(false);
  });
});
