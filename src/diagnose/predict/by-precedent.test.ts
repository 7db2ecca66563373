import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import {
  buildDigest,
  buildIncident,
  buildRunbook,
  buildSection,
  buildSource,
  buildStep,
} from '../../testing/knowledge-builder.ts';
import { predictByPrecedent } from './by-precedent.ts';
import { traceSupport, voteForCause } from './vote.ts';

const incident = (id: string, category: string, service: string) =>
  buildIncident({
    id,
    category,
    services: [service],
    rootCause: { service, summary: `${category} at ${service}` },
    sections: [buildSection(`incidents/${id}.md`, 'root-cause', `Because of ${category}.`)],
    steps: [buildStep(`incidents/${id}.md`, `Mend ${category}.`)],
  });

describe('the vote for a cause', () => {
  it('adds up precedents that agree', () => {
    const candidates = voteForCause({
      digest: undefined,
      precedents: [
        rankIncident(incident('a', 'dns', 'web-server'), 0.7),
        rankIncident(incident('b', 'load-spike', 'pre-processor'), 0.65),
        rankIncident(incident('c', 'load-spike', 'pre-processor'), 0.6),
      ],
    });
    expect(candidates.map(({ category }) => category)).toEqual(['load-spike', 'dns']);
    expect(candidates.reduce((sum, { support }) => sum + support, 0)).toBeCloseTo(1);
  });

  it('lets the traces decide between equals', () => {
    const precedents = [
      rankIncident(incident('a', 'dns', 'web-server'), 0.7),
      rankIncident(incident('b', 'load-spike', 'pre-processor'), 0.7),
    ];
    const [best] = voteForCause({ precedents, digest: buildDigest('pre-processor') });
    expect(best).toMatchObject({ category: 'load-spike', service: 'pre-processor' });
  });

  it('hears nobody who names no category', () => {
    expect(voteForCause({ digest: undefined, precedents: [rankIncident(buildIncident({ id: 'a' }), 1)] })).toEqual([]);
  });

  it('does not hear a cause that was found to be wrong', () => {
    const wrong = { ...incident('a', 'dns', 'web-server'), supersededBy: 'b' };
    expect(voteForCause({ digest: undefined, precedents: [rankIncident(wrong, 1)] })).toEqual([]);
  });

  it('never silences a service that the traces clear', () => {
    expect(traceSupport('web-server', buildDigest('pre-processor'))).toBeGreaterThan(0);
    expect(traceSupport('pre-processor', buildDigest('pre-processor'))).toBeGreaterThan(
      traceSupport('web-server', buildDigest('pre-processor')),
    );
    expect(traceSupport(undefined, buildDigest('pre-processor'))).toBe(1);
  });
});

describe('the precedent engine', () => {
  const spike = incident('2026/spike', 'load-spike', 'pre-processor');

  it('says unseen, and invents nothing, without precedents', () => {
    const prediction = predictByPrecedent(buildEvidence({ digest: buildDigest('pre-processor') }));
    expect(prediction.rootCause).toMatchObject({ category: 'unseen', service: 'pre-processor' });
    expect(prediction.mitigation).toEqual([]);
    expect(prediction.hypotheses).toEqual([]);
  });

  it('quotes cause and mitigation from the best supported precedent, with citations', () => {
    const prediction = predictByPrecedent(buildEvidence({ precedents: [rankIncident(spike, 0.9)] }));
    expect(prediction.rootCause).toMatchObject({
      category: 'load-spike',
      service: 'pre-processor',
      summary: 'load-spike at pre-processor',
    });
    expect(prediction.mitigation.map(({ step, citation }) => [step, citation.document])).toEqual([
      ['Mend load-spike.', 'incident:2026/spike'],
    ]);
    expect(prediction.hypotheses[0]?.citations[0]?.source.path).toBe('incidents/2026/spike.md');
  });

  it('puts the orders of the runbook about the service before the report of what was done', () => {
    const runbook = buildRunbook({
      id: 'pre-processor/High',
      services: ['pre-processor'],
      sections: [buildSection('runbooks/pre-processor/High.md', 'diagnosis', 'Compare the rates.')],
      steps: [
        buildStep('runbooks/pre-processor/High.md', 'mend load-spike.'),
        buildStep('runbooks/pre-processor/High.md', 'Raise threads.'),
      ],
    });
    const ranked = {
      runbook,
      score: 0.9,
      relevance: 0.9,
      scores: {},
      source: buildSource('runbooks/pre-processor/High.md'),
      excerpt: '',
    };
    const prediction = predictByPrecedent(
      buildEvidence({ precedents: [rankIncident(spike, 0.9)], runbooks: [ranked] }),
    );
    expect(prediction.mitigation.map(({ step }) => step)).toEqual([
      'mend load-spike.',
      'Raise threads.',
      'Mend load-spike.',
    ]);
    expect(prediction.hypotheses[0]?.check).toMatchObject({ text: 'Compare the rates.' });
  });

  it('takes no steps from a runbook that is only similar', () => {
    const runbook = buildRunbook({
      id: 'db/Slow',
      services: ['scylladb'],
      steps: [buildStep('runbooks/db/Slow.md', 'Compact.')],
    });
    const ranked = {
      runbook,
      score: 0.9,
      relevance: 0.9,
      scores: {},
      source: buildSource('runbooks/db/Slow.md'),
      excerpt: '',
    };
    const prediction = predictByPrecedent(
      buildEvidence({ precedents: [rankIncident(spike, 0.9)], runbooks: [ranked] }),
    );
    expect(prediction.mitigation.map(({ step }) => step)).toEqual(['Mend load-spike.']);
  });

  it('tells of a cause that was seen elsewhere in words for this service, and leaves steps as they are', () => {
    const elsewhere = buildIncident({
      id: 'leak',
      category: 'leak',
      services: ['orders'],
      rootCause: { service: 'orders', summary: 'The heap of orders-0 was full.' },
      steps: [buildStep('incidents/leak.md', 'Restart orders.', ['kubectl rollout restart deploy/orders'])],
    });
    const backers = [{ incident: elsewhere, likeness: 0.9 }];
    const prediction = predictByPrecedent(
      buildEvidence({ causes: [{ category: 'leak', service: 'payments', chance: 1, backers, reasons: [] }] }),
    );
    expect(prediction.hypotheses[0]).toMatchObject({
      service: 'payments',
      seenAt: 'orders',
      summary: 'The heap of payments-0 was full.',
    });
    expect(prediction.mitigation[0]).toMatchObject({
      step: 'Restart orders.',
      commands: ['kubectl rollout restart deploy/orders'],
    });
  });

  it('puts the steps of a runbook’s successor first, and marks those that it replaces', () => {
    const ranked = (id: string, services: string[], exact: number) => ({
      runbook: buildRunbook({ id, services, steps: [buildStep(`runbooks/${id}.md`, `Do ${id}.`)] }),
      score: 0.9,
      relevance: 0.9,
      scores: { exact },
      source: buildSource(`runbooks/${id}.md`),
      excerpt: '',
    });
    const { mitigation } = predictByPrecedent(
      buildEvidence({
        precedents: [rankIncident(spike, 0.9)],
        runbooks: [ranked('old', ['pre-processor'], 1), ranked('new', ['pre-processor'], 0)],
        superseded: new Map([['runbook:old', 'runbook:new']]),
      }),
    );
    expect(mitigation.map(({ step, supersededBy }) => [step, supersededBy])).toEqual([
      ['Do new.', undefined],
      ['Do old.', 'runbook:new'],
      ['Mend load-spike.', undefined],
    ]);
  });
});
