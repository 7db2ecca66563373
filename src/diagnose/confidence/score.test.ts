import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceDigestInput, toTraceDigest } from '../../domain/request.ts';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildDigest, buildIncident, buildRunbook, buildSource } from '../../testing/knowledge-builder.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from '../predict/by-precedent.ts';
import { SCORE_RECIPE } from './raw-scores.ts';
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

/** Nothing was ever calibrated. */
const unknown = { incidents: '' };

const answerable = { score: 0.8, reason: 'the best document holds most words' };

describe('confidence', () => {
  it('is always within 0..1 and never calibrated without history', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const confidence = scoreConfidence(given, predictByPrecedent(given), answerable, unknown);
        for (const value of [confidence.coe, confidence.rce, confidence.raw]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(confidence.calibrated).toBeNull();
        expect(confidence.reasons[0]).toContain('uncalibrated: no backtest');
      }),
    );
  });

  it('judges the evidence without looking at the cause', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...SERVICES), (given, service) => {
        const prediction = predictByPrecedent(given);
        const other = { ...prediction, rootCause: { ...prediction.rootCause, service, category: 'something-else' } };
        expect(scoreConfidence(given, other, answerable, unknown).coe).toBe(
          scoreConfidence(given, prediction, answerable, unknown).coe,
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
        relevance: 1,
        scores: {},
        source: buildSource('runbooks/r.md'),
        excerpt: '',
      },
    ],
  });

  it('supports the cause that everything points at, and not one put in its place', () => {
    const prediction = predictByPrecedent(clear);
    const swapped = { ...prediction, rootCause: { service: 'web-server', category: 'dns', summary: 'dns' } };
    const own = scoreConfidence(clear, prediction, answerable, unknown);
    expect(own.rce).toBeGreaterThan(0.9);
    expect(scoreConfidence(clear, swapped, answerable, unknown).rce).toBeLessThan(own.rce / 2);
  });

  it('falls when the traces disagree', () => {
    const disagreeing = { ...clear, digest: buildDigest('inference-server') };
    const prediction = predictByPrecedent(clear);
    expect(scoreConfidence(disagreeing, prediction, answerable, unknown).raw).toBeLessThan(
      scoreConfidence(clear, prediction, answerable, unknown).raw,
    );
  });

  it('does not support a cause whose precedents are all far away, however united they are', () => {
    const precedents = clear.precedents.map((precedent) => ({ ...precedent, similarity: 0.2 }));
    const far = { ...clear, digest: undefined, precedents };
    const confidence = scoreConfidence(far, predictByPrecedent(far), answerable, unknown);
    expect(confidence.rce).toBe(0);
    expect(confidence.reasons.join('\n')).toContain('no precedent is near');
  });

  it('knows a precedent of the same alert, however it was worded', () => {
    const precedents = clear.precedents.map((precedent) => ({ ...precedent, similarity: 0.1, scores: { exact: 0.5 } }));
    const named = { ...clear, precedents };
    expect(scoreConfidence(named, predictByPrecedent(named), answerable, unknown).rce).toBeGreaterThan(0.9);
  });

  it('counts a digest as traces only when it says something', () => {
    const without = { ...clear, digest: undefined };
    const prediction = predictByPrecedent(without);
    const judge = (digest: Evidence['digest']) =>
      scoreConfidence({ ...clear, digest }, prediction, answerable, unknown);
    for (const body of [{}, { text: 'zzz' }]) {
      const silent = judge(toTraceDigest(TraceDigestInput.parse(body)));
      expect(silent).toEqual(judge(undefined));
      expect(silent.reasons.join('\n')).toContain('no traces were given');
    }
    expect(judge(buildDigest()).coe).toBeGreaterThan(judge(undefined).coe);
  });

  it('never prints a negative nothing', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { reasons } = scoreConfidence(given, predictByPrecedent(given), answerable, unknown);
        expect(reasons.join('\n')).not.toContain('-0.00');
      }),
    );
    const divided = buildEvidence({
      precedents: ['a', 'b', 'c', 'd', 'e'].map((id) => rankIncident(buildIncident({ id, category: id }), 0.5)),
    });
    const { reasons } = scoreConfidence(divided, predictByPrecedent(divided), answerable, unknown);
    expect(reasons.join('\n')).toContain('agreement 0.00');
  });

  it('falls where the signals speak for another service', () => {
    const learnt = (service: string) => ({ all: [{ service, category: 'load-spike', chance: 1 }], without: new Map() });
    const prediction = predictByPrecedent(clear);
    const judge = (service: string) =>
      scoreConfidence({ ...clear, chances: learnt(service) }, prediction, answerable, unknown);
    expect(judge('web-server').rce).toBeLessThan(judge('pre-processor').rce);
    expect(judge('web-server').reasons.join('\n')).toContain('the signals speak for web-server rather');
  });

  it('is capped where nobody saw how the trouble reached the alert', () => {
    const prediction = predictByPrecedent(clear);
    const judge = (verified: 'span' | 'unverified') => {
      const causalPath = [{ from: 'web-server', to: 'pre-processor', verified }];
      return scoreConfidence(
        { ...clear, digest: { ...buildDigest('pre-processor'), causalPath } },
        prediction,
        answerable,
        unknown,
      );
    };
    expect(judge('span').raw).toBeGreaterThan(0.8);
    expect(judge('unverified').raw).toBe(0.6);
    expect(judge('unverified').reasons.join('\n')).toContain('no span and no topology shows that web-server calls');
    expect(judge('span').reasons.join('\n')).not.toContain('no span');
  });

  it("counts a model's own opinion as one feature among the others", () => {
    const prediction = predictByPrecedent(clear);
    const opinion = (value: number) => ({ name: 'llm-cause', value, reason: 'so it says' });
    const judge = (value?: number) =>
      scoreConfidence(clear, prediction, answerable, unknown, value === undefined ? {} : { cause: opinion(value) });
    expect(judge(0).rce).toBeLessThan(judge().rce);
    expect(judge(0).rce).toBeGreaterThan(judge().rce / 2);
    expect(judge(0).coe).toBe(judge().coe);
    expect(judge(0).reasons.join('\n')).toContain('llm-cause 0.00: so it says');
  });

  it('says by which recipe its scores were made', () => {
    expect(scoreConfidence(clear, predictByPrecedent(clear), answerable, unknown).recipe).toBe(SCORE_RECIPE);
  });

  it('gives a reason in words for every feature', () => {
    const { reasons } = scoreConfidence(clear, predictByPrecedent(clear), answerable, unknown);
    expect(reasons).toHaveLength(12);
    expect(reasons[0]).toContain('uncalibrated');
    expect(reasons.join('\n')).toContain('traces point at pre-processor');
  });
});
