import { describe, expect, it } from 'vitest';
import type { DiagnosedSituation, Diagnosis } from '../../../domain/diagnosis.ts';
import type { GradedDiagnosis, VerdictRecord } from '../../../domain/feedback.ts';
import { buildDiagnosis } from '../../../testing/diagnosis-builder.ts';
import { buildSource } from '../../../testing/knowledge-builder.ts';
import { createFeedbackBuilder, type FeedbackQuery, NO_FEEDBACK } from './feedback.ts';

const SITUATION: DiagnosedSituation = {
  text: 'CheckoutSlow\nCheckout takes 3 seconds to answer, the pool of connections is exhausted',
  alertNames: ['CheckoutSlow'],
  services: ['checkout'],
  signals: ['metric checkout-0 pool_waiting up'],
};

const POOL = 'incident:2026/pool';
const DNS = 'incident:2026/dns';
const RUNBOOK = 'runbook:checkout/CheckoutSlow';

const cite = (document: string) => ({ document, source: buildSource('a.md') });
const precedent = (id: string, category: string, service: string) => ({
  ...{ id, title: id, score: 1, scores: {}, category, mitigation: [], date: null, duration: null },
  rootCause: { service, summary: '' },
  source: buildSource('a.md'),
});
const step = (document: string) => ({
  ...{ step: 'Restart it.', commands: [], citation: cite(document) },
  ...{ risk: 'low' as const, destructive: false, reversible: true, needsApproval: false },
});

/** Answered: the pool of `checkout`, as in one precedent, with a runbook's steps; DNS was shown, too. */
function diagnosis(id: string, fields: Partial<Diagnosis> = {}): Diagnosis {
  const rootCause = { service: 'checkout', category: 'pool', summary: 'The pool was too small.' };
  return buildDiagnosis({
    id,
    kind: 'answered',
    rootCause,
    hypotheses: [
      { ...rootCause, support: 0.7, citations: [cite(POOL)], check: null },
      { service: 'dns', category: 'dns', summary: '', support: 0.3, citations: [cite(DNS)], check: null },
    ],
    mitigation: [step(RUNBOOK), step(POOL)],
    precedents: [precedent('2026/pool', 'pool', 'checkout'), precedent('2026/dns', 'dns', 'resolver')],
    situation: SITUATION,
    ...fields,
  });
}

function buildFeedback(graded: readonly GradedDiagnosis[]) {
  const builder = createFeedbackBuilder();
  for (const one of graded) builder.add(one);
  return builder.index;
}

function said(verdict: VerdictRecord['verdict'], by = 'ana', fields: Partial<VerdictRecord> = {}): VerdictRecord {
  return { diagnosisId: 'd', by, verdict, at: '2026-03-01T10:00:00.000Z', ...fields };
}

function priorsOf(
  verdicts: readonly VerdictRecord[],
  query: Partial<FeedbackQuery> = {},
  fields: Partial<Diagnosis> = {},
): Record<string, number> {
  const index = buildFeedback([{ diagnosis: diagnosis('d', fields), verdicts }]);
  const priors = [...index.priors({ ...SITUATION, ...query })];
  return Object.fromEntries(priors.map(([key, prior]) => [key, Math.round(prior * 1_000) / 1_000]));
}

describe('a verdict in the same situation', () => {
  it('that confirms speaks for what stood behind the cause: cited precedents and documents with steps', () => {
    expect(priorsOf([said('confirmed')])).toEqual({ [POOL]: 0.667, [RUNBOOK]: 0.667 });
  });

  it('that rejects speaks against the same', () => {
    expect(priorsOf([said('rejected')])).toEqual({ [POOL]: 0.333, [RUNBOOK]: 0.333 });
  });

  it.each([
    [{ category: 'DNS' }, { [POOL]: 0.333, [RUNBOOK]: 0.333, [DNS]: 0.667 }],
    [{ service: 'resolver' }, { [POOL]: 0.333, [RUNBOOK]: 0.333, [DNS]: 0.667 }],
    [
      { service: 'resolver', category: 'pool' },
      { [POOL]: 0.333, [RUNBOOK]: 0.333 },
    ],
    [{ service: 'checkout' }, { [POOL]: 0.667, [RUNBOOK]: 0.333 }],
  ])('that corrects to %j speaks for the precedents that tell of all of it', (trueCause, priors) => {
    expect(priorsOf([said('corrected', 'ana', { trueCause })])).toEqual(priors);
  });

  it('against another is even, and even is left out', () => {
    expect(priorsOf([said('confirmed', 'ana'), said('rejected', 'ben')])).toEqual({});
  });

  it('on an abstention blames no lead, but a correction finds the one that was right', () => {
    const abstained: Partial<Diagnosis> = {
      kind: 'abstained',
      reason: 'weak-evidence',
      mitigation: [step(RUNBOOK)],
    };
    expect(priorsOf([said('rejected')], {}, abstained)).toEqual({});
    const corrected = said('corrected', 'ana', { trueCause: { category: 'dns' } });
    expect(priorsOf([corrected], {}, abstained)).toEqual({ [DNS]: 0.667 });
  });

  it('is unknown before it was given', () => {
    const asked = (asOf: string) => priorsOf([said('confirmed')], { asOf: new Date(asOf) });
    expect(asked('2026-03-01T10:00:00Z')).toEqual({});
    expect(asked('2026-03-01T10:00:01Z')).not.toEqual({});
  });

  it('on a diagnosis that did not write its situation down teaches nothing', () => {
    const { situation: _, ...older } = diagnosis('d');
    const index = buildFeedback([{ diagnosis: older, verdicts: [said('confirmed')] }]);
    expect([...index.priors(SITUATION)]).toEqual([]);
  });
});

describe('a verdict in another situation', () => {
  const similar: [string, Partial<FeedbackQuery>][] = [
    ['other numbers', { text: SITUATION.text.replace('3', '14') }],
    ['no signals', { signals: [] }],
    ['no services', { services: [] }],
    ['only the alert', { text: '', signals: [] }],
    ['the alert in capitals', { alertNames: ['CHECKOUTSLOW'] }],
    ['only the words', { alertNames: [], signals: [], services: [] }],
    ['half of the words', { text: 'CheckoutSlow Checkout takes 9 seconds to answer in the region', signals: [] }],
  ];
  it.each(similar)('counts where it is similar: %s', (_, query) => {
    expect(priorsOf([said('confirmed')], query)[POOL]).toBeGreaterThan(0.55);
  });

  const dissimilar: [string, Partial<FeedbackQuery>][] = [
    ['another service', { services: ['orders'] }],
    ['another alert with other words', { alertNames: ['OrdersDown'], text: 'orders does not answer', signals: [] }],
    ['the same words in passing', { alertNames: [], signals: [], text: 'which pool does the night shift use' }],
    ['the same signals alone', { alertNames: ['OrdersDown'], text: 'orders does not answer' }],
    ['nothing at all', { alertNames: [], signals: [], text: '', services: [] }],
  ];
  it.each(dissimilar)('counts nothing where it is not: %s', (_, query) => {
    expect(priorsOf([said('confirmed')], query)).toEqual({});
  });

  it('counts the less, the less similar it is', () => {
    const near = priorsOf([said('confirmed')])[POOL] ?? 0;
    const far = priorsOf([said('confirmed')], { text: 'CheckoutSlow: the shop is slow', signals: [] })[POOL] ?? 0;
    expect(far).toBeGreaterThan(0.5);
    expect(far).toBeLessThan(near);
  });
});

describe('many verdicts', () => {
  const many = (count: number, by: (n: number) => string) =>
    buildFeedback(
      Array.from({ length: count }, (_, n) => ({
        diagnosis: diagnosis(`d${n}`),
        verdicts: [said('confirmed', by(n))],
      })),
    ).priors(SITUATION);

  it('never make anybody sure', () => {
    expect(many(1_000, (n) => `p${n}`).get(POOL)).toBe(0.9);
  });

  it('of one person weigh less and less, and stop weighing after ten', () => {
    const one = many(10, () => 'ana').get(POOL) ?? 0;
    expect(one).toBeLessThan(many(4, (n) => `p${n}`).get(POOL) ?? 0);
    expect(many(1_000, (n) => (n % 2 === 0 ? 'ana' : ' ANA ')).get(POOL)).toBe(one);
    expect(one).toBeLessThan(0.8);
  });

  it('of one diagnosis count three times each way, however many names are given', () => {
    const crowd = (count: number) => Array.from({ length: count }, (_, n) => said('rejected', `p${n}`));
    const three = priorsOf(crowd(3));
    expect(three[POOL]).toBe(0.2);
    expect(priorsOf(crowd(50))).toEqual(three);
    const honest = ['ana', 'ben', 'eve'].map((by) => said('confirmed', by, { at: '2026-03-02T10:00:00.000Z' }));
    expect(priorsOf([...crowd(50), ...honest])).toEqual({});
  });

  it('of a crowd count by when they were given, so that nobody later changes what was known before', () => {
    const early = said('confirmed', 'zoe', { at: '2026-02-01T10:00:00.000Z' });
    const crowd = Array.from({ length: 20 }, (_, n) => said('confirmed', `a${n}`));
    const asOf = new Date('2026-02-15T00:00:00Z');
    expect(priorsOf([...crowd, early], { asOf })).toEqual(priorsOf([early]));
  });

  it('of the same diagnosis are counted once, however often it is listed', () => {
    const graded = { diagnosis: diagnosis('d'), verdicts: [said('confirmed')] };
    const once = buildFeedback([graded]).priors(SITUATION);
    expect(buildFeedback([graded, graded]).priors(SITUATION)).toEqual(once);
  });

  it('give one answer in whatever order the people are listed', () => {
    const verdicts = [said('confirmed', 'ana'), said('rejected', 'ben'), said('confirmed', 'eve')];
    expect(priorsOf(verdicts)).toEqual(priorsOf([...verdicts].reverse()));
  });

  it('answer in time', () => {
    const index = buildFeedback(
      Array.from({ length: 1_000 }, (_, n) => ({
        diagnosis: diagnosis(`d${n}`, {
          situation: { ...SITUATION, text: `${SITUATION.text} shard${n} zone${n % 7}` },
        }),
        verdicts: [said('confirmed', 'ana'), said('confirmed', 'ben')],
      })),
    );
    const times = Array.from({ length: 50 }, () => {
      const start = performance.now();
      index.priors(SITUATION);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[25]).toBeLessThan(5);
  });
});

it('is nothing while nobody has said anything', () => {
  expect([...NO_FEEDBACK.priors(SITUATION)]).toEqual([]);
  expect([...buildFeedback([]).priors(SITUATION)]).toEqual([]);
});
