import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildDigest, buildIncident, buildRunbook, buildSource } from '../../testing/knowledge-builder.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from '../predict/by-precedent.ts';
import { scoreConfidence } from './score.ts';

const CATEGORIES = ['load-spike', 'dns', 'out-of-memory'];
const SERVICES = ['web-server', 'pre-processor', 'inference-server'];

const incidents = fc.array(
  fc.record({
    category: fc.constantFrom(...CATEGORIES),
    service: fc.constantFrom(...SERVICES),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { maxLength: 8 },
);

const evidence: fc.Arbitrary<Evidence> = fc
  .record({ incidents, suspects: fc.option(fc.subarray(SERVICES), { nil: undefined }) })
  .map(({ incidents: drawn, suspects }) =>
    buildEvidence({
      precedents: drawn.map(({ category, service, score }, index) =>
        rankIncident(
          buildIncident({ id: `i${index}`, category, services: [service], rootCause: { service, summary: category } }),
          score,
        ),
      ),
      digest: suspects === undefined ? undefined : buildDigest(...suspects),
    }),
  );

const answerable = { score: 0.8, reason: 'the best document holds most words' };

describe('confidence', () => {
  it('is always within 0..1 and never calibrated without history', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const confidence = scoreConfidence(given, predictByPrecedent(given), answerable, 0);
        for (const value of [confidence.coe, confidence.rce, confidence.raw]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(confidence.calibrated).toBeNull();
        expect(confidence.reasons[0]).toBe('uncalibrated: 0 graded incidents, 30 needed');
      }),
    );
  });

  it('judges the evidence without looking at the cause', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...SERVICES), (given, service) => {
        const prediction = predictByPrecedent(given);
        const other = { ...prediction, rootCause: { ...prediction.rootCause, service, category: 'something-else' } };
        expect(scoreConfidence(given, other, answerable, 0).coe).toBe(
          scoreConfidence(given, prediction, answerable, 0).coe,
        );
      }),
    );
  });

  const clear = buildEvidence({
    precedents: ['a', 'b', 'c'].map((id) =>
      rankIncident(
        buildIncident({
          id,
          category: 'load-spike',
          services: ['pre-processor'],
          rootCause: { service: 'pre-processor', summary: 'spike' },
        }),
        0.9,
      ),
    ),
    digest: buildDigest('pre-processor'),
    runbooks: [
      {
        runbook: buildRunbook({ id: 'r', services: ['pre-processor'] }),
        score: 1,
        scores: {},
        source: buildSource('runbooks/r.md'),
        excerpt: '',
      },
    ],
  });

  it('supports the cause that everything points at, and not one put in its place', () => {
    const prediction = predictByPrecedent(clear);
    const swapped = { ...prediction, rootCause: { service: 'web-server', category: 'dns', summary: 'dns' } };
    const own = scoreConfidence(clear, prediction, answerable, 0);
    expect(own.rce).toBeGreaterThan(0.9);
    expect(scoreConfidence(clear, swapped, answerable, 0).rce).toBeLessThan(own.rce / 2);
  });

  it('falls when the traces disagree', () => {
    const disagreeing = { ...clear, digest: buildDigest('inference-server') };
    const prediction = predictByPrecedent(clear);
    expect(scoreConfidence(disagreeing, prediction, answerable, 0).raw).toBeLessThan(
      scoreConfidence(clear, prediction, answerable, 0).raw,
    );
  });

  it('gives a reason in words for every feature', () => {
    const { reasons } = scoreConfidence(clear, predictByPrecedent(clear), answerable, 12);
    expect(reasons).toHaveLength(11);
    expect(reasons[0]).toContain('12 graded incidents');
    expect(reasons.join('\n')).toContain('traces point at pre-processor');
  });
});
