import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildIncident, buildRunbook, buildSource, buildStep } from '../../testing/knowledge-builder.ts';
import { withBackers } from './backers.ts';
import { predictByPrecedent } from './by-precedent.ts';
import { isVerified, verifiedFirst } from './unverified.ts';
import { voteForCause } from './vote.ts';

const incident = (id: string, service: string, status?: 'draft' | 'stable', category = 'leak') =>
  buildIncident({
    id,
    category,
    services: [service],
    rootCause: { service, summary: `${category} at ${service}` },
    steps: [buildStep(`incidents/${id}.md`, `Mend ${id}.`)],
    ...(status === undefined ? {} : { status }),
  });

const ids = (precedents: ReturnType<typeof verifiedFirst>) => precedents.map(({ incident: { id } }) => id);

describe('knowledge that nobody reviewed', () => {
  it('stands below the first reviewed precedent, with no higher score', () => {
    const order = withBackers(
      [
        rankIncident(incident('draft', 'web', 'draft'), 0.9),
        rankIncident(incident('a', 'orders'), 0.6),
        rankIncident(incident('b', 'db', 'stable'), 0.5),
      ],
      [],
    );
    expect(ids(order)).toEqual(['a', 'draft', 'b']);
    expect(order.map(({ score }) => score)).toEqual([0.6, 0.6, 0.5]);
  });

  it('may lead where a reviewed precedent tells the same cause', () => {
    const order = verifiedFirst([
      rankIncident(incident('draft', 'web', 'draft'), 0.9),
      rankIncident(incident('a', 'orders'), 0.6),
      rankIncident(incident('b', 'Web'), 0.5),
    ]);
    expect(ids(order)).toEqual(['draft', 'a', 'b']);
  });

  it('never leads the vote alone, however many and however alike', () => {
    const drafts = ['x', 'y', 'z'].map((id) => rankIncident(incident(id, 'web', 'draft'), 0.95));
    const candidates = voteForCause({
      digest: undefined,
      precedents: [...drafts, rankIncident(incident('a', 'db'), 0.3)],
    });
    expect(candidates.map(({ service }) => service)).toEqual(['db', 'web']);
    expect(candidates[1]?.support).toBeLessThanOrEqual((candidates[0]?.support ?? 0) / 2);
  });

  it('makes no weak precedent strong: all drafts together say at most as much as what was reviewed', () => {
    const drafts = ['x', 'y', 'z'].map((id) => rankIncident(incident(id, 'web', 'draft'), 0.95));
    const reviewed = [rankIncident(incident('w', 'web'), 0.4), rankIncident(incident('a', 'db'), 0.6)];
    const shareOf = (precedents: typeof drafts) =>
      voteForCause({ digest: undefined, precedents }).find(({ service }) => service === 'web')?.support ?? 0;
    const odds = (share: number) => share / (1 - share);
    expect(odds(shareOf([...drafts, ...reviewed]))).toBeCloseTo(2 * odds(shareOf(reviewed)));
    expect(voteForCause({ digest: undefined, precedents: [...drafts, ...reviewed] })[0]?.service).toBe('db');
  });

  it('never leads by what its signals taught', () => {
    const causes = [
      {
        category: 'leak',
        service: 'web',
        chance: 0.9,
        backers: [{ incident: incident('draft', 'web', 'draft'), likeness: 1 }],
        reasons: [],
      },
    ];
    const { rootCause } = predictByPrecedent(
      buildEvidence({ causes, precedents: [rankIncident(incident('a', 'db'), 0.4)] }),
    );
    expect(rootCause.service).toBe('db');
  });

  it('answers nothing by itself, and says why', () => {
    const prediction = predictByPrecedent(
      buildEvidence({ precedents: [rankIncident(incident('draft', 'web', 'draft'), 0.95)] }),
    );
    expect(prediction.rootCause).toMatchObject({ category: 'unseen' });
    expect(prediction.rootCause.summary).toContain('a draft that nobody reviewed');
    expect(prediction.mitigation).toEqual([]);
    expect(prediction.hypotheses[0]?.support).toBeLessThanOrEqual(0.25);
    expect(prediction.hypotheses[0]?.reasons?.[0]).toContain('only drafts');
  });

  it('lends its words only where no reviewed precedent of the cause has any', () => {
    const prediction = predictByPrecedent(
      buildEvidence({
        precedents: [
          rankIncident(incident('draft', 'web', 'draft'), 0.95),
          rankIncident(incident('reviewed', 'web'), 0.5),
        ],
      }),
    );
    expect(prediction.mitigation.map(({ step }) => step)).toEqual(['Mend reviewed.']);
  });

  it('gives its steps after a reviewed runbook about the same', () => {
    const runbook = (id: string, status: 'draft' | 'stable') => ({
      runbook: buildRunbook({ id, status, services: ['web'], steps: [buildStep(`runbooks/${id}.md`, `Do ${id}.`)] }),
      score: 0.9,
      relevance: 0.9,
      scores: {},
      source: buildSource(`runbooks/${id}.md`),
      excerpt: '',
    });
    const { mitigation } = predictByPrecedent(
      buildEvidence({
        precedents: [rankIncident(incident('a', 'web'), 0.9)],
        runbooks: [runbook('new', 'draft'), runbook('old', 'stable')],
      }),
    );
    expect(mitigation.map(({ step }) => step)).toEqual(['Do old.', 'Mend a.']);
  });

  it('never comes first in any order of any precedents, and nothing is lost', () => {
    const ranked = fc
      .record({
        status: fc.constantFrom('draft' as const, 'stable' as const),
        service: fc.constantFrom('web', 'db', 'orders'),
        score: fc.double({ min: 0.01, max: 1, noNaN: true }),
      })
      .map(({ status, service, score }) => ({ status, service, score }));
    fc.assert(
      fc.property(fc.array(ranked, { minLength: 1, maxLength: 8 }), (rows) => {
        const precedents = rows
          .map(({ status, service, score }, at) => rankIncident(incident(`${at}`, service, status), score))
          .sort((a, b) => b.score - a.score);
        const order = verifiedFirst(precedents);
        expect([...ids(order)].sort()).toEqual([...ids(precedents)].sort());
        expect(order.every(({ score }, at) => at === 0 || score <= (order[at - 1]?.score ?? 0))).toBe(true);
        const isBacked = (service?: string) =>
          precedents.some(({ incident: one }) => isVerified(one) && one.rootCause?.service === service);
        const [first] = order;
        if (precedents.some(({ incident: one }) => isVerified(one)))
          expect(isBacked(first?.incident.rootCause?.service)).toBe(true);
        const { rootCause } = predictByPrecedent(buildEvidence({ precedents: order }));
        if (rootCause.category !== 'unseen') expect(isBacked(rootCause.service ?? undefined)).toBe(true);
      }),
    );
  });
});
