import { describe, expect, it } from 'vitest';
import type { TraceDigest } from '../../domain/trace.ts';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildDigest, buildGraph, buildIncident, buildStep } from '../../testing/knowledge-builder.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from './by-precedent.ts';

const incident = (service: string, category: string, status?: 'draft') =>
  buildIncident({
    id: `${category}-${service}`,
    category,
    services: [service],
    rootCause: { service, summary: `${category} at ${service}` },
    steps: [buildStep(`incidents/${service}.md`, `Mend ${service}.`)],
    ...(status === undefined ? {} : { status }),
  });

/** Suspects with their scores. */
const digest = (suspects: Readonly<Record<string, number>>, fields: Partial<TraceDigest> = {}): TraceDigest => {
  const built = buildDigest(...Object.keys(suspects));
  return {
    ...built,
    suspects: built.suspects.map((suspect) => ({ ...suspect, score: suspects[suspect.service] ?? 0 })),
    ...fields,
  };
};

const graph = buildGraph('web > orders > db', 'web > search > cache');
const precedents = [
  rankIncident(incident('orders', 'leak'), 0.9),
  rankIncident(incident('search', 'bad-release'), 0.8),
];
const predict = (fields: Partial<Evidence>) => predictByPrecedent(buildEvidence({ graph, precedents, ...fields }));
const besideIn = (fields: Partial<Evidence>) => predict(fields).contributing?.map(({ service }) => service);

describe('causes that act together', () => {
  it('are told when two suspects have nothing to do with each other, with what mends each', () => {
    const prediction = predict({ digest: digest({ orders: 1, search: 0.9 }) });
    expect(prediction.rootCause.service).toBe('orders');
    expect(prediction.contributing).toMatchObject([
      { service: 'search', category: 'bad-release', citations: [{ document: 'incident:bad-release-search' }] },
    ]);
    expect(prediction.mitigation.map(({ step }) => step)).toEqual(['Mend orders.', 'Mend search.']);
  });

  it.each<[string, Partial<Evidence>]>([
    ['there are no traces', { digest: undefined }],
    ['the other is hardly suspect', { digest: digest({ orders: 1, search: 0.5 }) }],
    [
      'the first is not suspect itself',
      { digest: digest({ search: 1, orders: 0.4 }), precedents: precedents.slice(0, 1) },
    ],
    ['no precedent tells of it', { digest: digest({ orders: 1, cache: 0.9 }) }],
    [
      'one calls the other, over some hops',
      { digest: digest({ orders: 1, search: 0.9 }), graph: buildGraph('orders > x > search') },
    ],
    [
      'the other calls the one',
      { digest: digest({ orders: 1, search: 0.9 }), graph: buildGraph('search > x > orders') },
    ],
    [
      'the causal path passes it',
      {
        digest: digest(
          { orders: 1, search: 0.9 },
          { causalPath: [{ from: 'search', to: 'orders', verified: 'unverified' }] },
        ),
      },
    ],
    [
      'something suspect below both explains them',
      {
        digest: digest({ orders: 1, search: 0.9, db: 0.3 }),
        graph: buildGraph('web > orders > db', 'web > search > db'),
      },
    ],
    ['nobody knows who calls whom', { digest: digest({ orders: 1, search: 0.9 }), graph: buildGraph('web > orders') }],
    [
      'only a draft tells of it',
      {
        digest: digest({ orders: 1, search: 0.9 }),
        precedents: [
          rankIncident(incident('orders', 'leak'), 0.9),
          rankIncident(incident('search', 'bad-release', 'draft'), 0.8),
        ],
      },
    ],
  ])('are not told when %s', (_, fields) => {
    expect(besideIn(fields)).toBeUndefined();
  });

  it('are not looked for along a circle of calls for ever', () => {
    expect(
      besideIn({
        digest: digest({ orders: 1, search: 0.9 }),
        graph: buildGraph('orders > db > orders', 'search > web > search'),
      }),
    ).toEqual(['search']);
  });
});
