import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildDigest, buildIncident } from '../../testing/knowledge-builder.ts';
import type { CauseChances } from '../causes/chances.ts';
import { predictByPrecedent } from '../predict/by-precedent.ts';
import { scoreNamed } from './raw-scores.ts';

const SERVICES = ['web', 'orders', 'stock'];
const KINDS = ['leak', 'dns', 'load'];

function precedent(id: string, service: string, category: string, score = 1, isDraft = false) {
  const status = isDraft ? { status: 'draft' as const } : {};
  return rankIncident(buildIncident({ id, category, rootCause: { service, summary: category }, ...status }), score);
}

function chancesOf(...rows: readonly (readonly [service: string, category: string, chance: number])[]): CauseChances {
  return { all: rows.map(([service, category, chance]) => ({ service, category, chance })), without: new Map() };
}

const named = (service: string, category: string, support = 1) => ({
  engine: 'precedent' as const,
  hypotheses: [{ service, category, summary: '', support, citations: [], check: null }],
});

describe('raw scores of what was named', () => {
  it('sum over all causes that name the same, by a quarter votes and three quarters what history teaches', () => {
    const precedents = [precedent('a', 'web', 'leak'), precedent('b', 'web', 'dns')];
    const chances = chancesOf(
      ['web', 'leak', 0.4],
      ['web', 'load', 0.2],
      ['orders', 'leak', 0.3],
      ['stock', 'dns', 0.1],
    );
    const scores = scoreNamed(buildEvidence({ precedents, chances }), named('web', 'leak'));
    expect(scores.service).toBeCloseTo(0.25 * 1 + 0.75 * 0.6, 12);
    expect(scores.category).toBeCloseTo(0.25 * 0.5 + 0.75 * 0.7, 12);
    expect(scores.both).toBeCloseTo(0.25 * 0.5 + 0.75 * 0.4, 12);
  });

  it('are of one voice alone where there is no other', () => {
    const precedents = [precedent('a', 'web', 'leak'), precedent('b', 'orders', 'dns')];
    const chances = chancesOf(['web', 'leak', 0.9], ['orders', 'dns', 0.1]);
    expect(scoreNamed(buildEvidence({ precedents }), named('web', 'leak')).both).toBeCloseTo(0.5, 12);
    expect(scoreNamed(buildEvidence({ chances }), named('web', 'leak')).both).toBeCloseTo(0.9, 12);
    expect(scoreNamed(buildEvidence(), named('web', 'leak'))).toEqual({ service: 0, category: 0, both: 0 });
  });

  it('rise for a service that the traces suspect, in both voices', () => {
    const precedents = [precedent('a', 'web', 'leak'), precedent('b', 'orders', 'dns')];
    const chances = chancesOf(['web', 'leak', 0.5], ['orders', 'dns', 0.5]);
    const evidence = buildEvidence({ precedents, chances, digest: buildDigest('web') });
    expect(scoreNamed(evidence, named('web', 'leak')).service).toBeCloseTo(0.8, 12);
    expect(scoreNamed(evidence, named('orders', 'dns')).service).toBeCloseTo(0.2, 12);
  });

  it('do not count what drafts alone tell of', () => {
    const precedents = [precedent('a', 'web', 'leak', 1, true), precedent('b', 'orders', 'dns')];
    const evidence = buildEvidence({ precedents });
    expect(scoreNamed(evidence, named('web', 'leak'))).toEqual({ service: 0, category: 0, both: 0 });
    expect(scoreNamed(evidence, named('orders', 'dns')).service).toBeCloseTo(0.5, 12);
  });

  it('of an LLM are the support of its own hypotheses', () => {
    const hypotheses = [
      ...named('web', 'leak', 0.5).hypotheses,
      ...named('web', 'dns', 0.2).hypotheses,
      ...named('orders', 'leak', 0.1).hypotheses,
    ];
    const scores = scoreNamed(buildEvidence({ precedents: [precedent('a', 'orders', 'dns')] }), {
      engine: 'llm',
      hypotheses,
    });
    expect(scores.service).toBeCloseTo(0.7, 12);
    expect(scores.category).toBeCloseTo(0.6, 12);
    expect(scores.both).toBeCloseTo(0.5, 12);
  });

  it('are within 0 and 1, both never above either, whatever is found', () => {
    const cause = fc.tuple(
      fc.constantFrom(...SERVICES),
      fc.constantFrom(...KINDS),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(cause, { maxLength: 8 }),
        fc.array(cause, { maxLength: 8 }),
        fc.option(fc.subarray(SERVICES), { nil: undefined }),
        (found, learnt, suspects) => {
          const total = learnt.reduce((sum, [, , chance]) => sum + chance, 0) || 1;
          const evidence = buildEvidence({
            precedents: found.map(([service, category, score], at) => precedent(`i${at}`, service, category, score)),
            chances: chancesOf(...learnt.map(([service, kind, chance]) => [service, kind, chance / total] as const)),
            digest: suspects && buildDigest(...suspects),
          });
          const { service, category, both } = scoreNamed(evidence, predictByPrecedent(evidence));
          for (const value of [service, category, both]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
          }
          expect(both).toBeLessThanOrEqual(Math.min(service, category) + 1e-12);
        },
      ),
    );
  });
});
