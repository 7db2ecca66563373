import { describe, expect, it } from 'vitest';
import { SearchRequest } from '../../src/domain/request.ts';
import { buildIncident, buildRunbook, buildSection } from '../../src/testing/knowledge-builder.ts';
import { sharesFragment } from './document-text.ts';
import { listIncidentQuestions } from './incident-questions.ts';
import { listAlertQuestions, withholdMeanings } from './runbook-questions.ts';

const incident = (id: string, date: string | undefined, fields: object = {}) =>
  buildIncident({
    id,
    ...(date === undefined ? {} : { date }),
    title: 'A leak of connections made the shop slow',
    alerts: ['CheckoutSlow'],
    services: ['checkout'],
    category: 'connection-leak',
    rootCause: { service: 'checkout', summary: 'connections were never given back' },
    signals: ['trace checkout pay latency'],
    sections: [buildSection(`incidents/${id}.md`, 'summary', 'Customers waited for ten seconds when they paid.')],
    ...fields,
  });

describe('an incident as a question', () => {
  const questionsOf = (...incidents: ReturnType<typeof incident>[]) => listIncidentQuestions(incidents);
  const relevantTo = (id: string, ...incidents: ReturnType<typeof incident>[]) =>
    questionsOf(...incidents).groups[0]?.questions.find((question) => question.id === id)?.relevant;

  it('is told as it looked: by alert, symptoms and signals, without title, cause, category and services', () => {
    const { groups } = questionsOf(incident('old', '2025-01-01'), incident('new', '2025-02-01'));
    for (const { questions } of groups) {
      for (const { request, text } of questions) {
        expect(SearchRequest.safeParse(request).success).toBe(true);
        expect(JSON.stringify(request) + text).not.toMatch(/leak|never given back|"services"/);
        expect(text).toContain('Customers waited for ten seconds');
      }
    }
    const words = groups.filter(({ variant }) => variant === 'symptoms only').flatMap(({ questions }) => questions);
    expect(JSON.stringify(words.map(({ request }) => request))).not.toMatch(/CheckoutSlow|latency/);
  });

  it('finds only what had happened before its day, and never itself or its own outage', () => {
    const asked = incident('asked', '2025-03-01', { outage: 'big' });
    const others = [
      incident('earlier', '2025-01-01'),
      incident('same-day', '2025-03-01'),
      incident('later', '2025-04-01'),
      incident('same-outage', '2025-02-28', { outage: 'big' }),
      incident('undated', undefined),
    ];
    expect(relevantTo('asked', asked, ...others)).toEqual(new Set(['earlier']));
    const question = questionsOf(asked, ...others).groups[0]?.questions.find(({ id }) => id === 'asked');
    expect(question?.request.asOf).toBe('2025-03-01T00:00:00Z');
    expect(['asked', 'same-outage', 'later'].map((id) => question?.isKnown?.(id))).toEqual([false, false, false]);
  });

  it('without a date is asked against all others, and counted', () => {
    const { groups, counts } = questionsOf(incident('undated', undefined), incident('later', '2025-04-01'));
    expect(groups[0]?.questions.map(({ id, relevant }) => [id, [...relevant]])).toEqual([['undated', ['later']]]);
    expect(counts).toEqual({ asked: 2, undated: 1, silent: 0 });
  });

  it('is right by category, by service, or by both', () => {
    const old = [
      incident('category', '2025-01-01', { rootCause: { service: 'db', summary: 'x' } }),
      incident('service', '2025-01-02', { category: 'load-spike' }),
    ];
    const { groups } = questionsOf(...old, incident('asked', '2025-03-01'));
    const asked = groups
      .filter(({ variant }) => variant === 'as alerted')
      .map(({ set, questions }) => [set, [...(questions.find(({ id }) => id === 'asked')?.relevant ?? [])]]);
    expect(asked).toEqual([
      ['incidents, same category', ['category']],
      ['incidents, same service', ['service']],
    ]);
  });

  it('that nothing was like is a stranger', () => {
    const first = incident('first', '2025-01-01');
    const { strangers } = questionsOf(first, incident('second', '2025-02-01'));
    expect(strangers.questions.map(({ id }) => id)).toEqual(['first']);
  });

  it('that tells no symptom is not asked, but counted', () => {
    const silent = incident('silent', '2025-02-01', { signals: [], sections: [] });
    expect(questionsOf(incident('first', '2025-01-01'), silent).counts).toEqual({ asked: 1, undated: 0, silent: 1 });
  });
});

const MEANING = 'Orders wait in the queue for longer than QueueBacklog allows.\n\nThe consumers are too slow.';
const runbook = buildRunbook({
  id: 'orders/QueueBacklog',
  title: 'Queue backlog',
  alerts: ['QueueBacklog'],
  sections: [
    buildSection('runbooks/orders/QueueBacklog.md', 'meaning', MEANING),
    buildSection('runbooks/orders/QueueBacklog.md', 'mitigation', '1. Add consumers.'),
  ],
});

describe('an alert as a question', () => {
  it('is asked by its name', () => {
    const [group, ...rest] = listAlertQuestions([runbook], []);
    expect(rest).toEqual([]);
    expect(group?.questions).toMatchObject([{ id: 'QueueBacklog', relevant: new Set([runbook.id]) }]);
  });

  it('of a rule is asked by the texts of the rule, too, which do not tell its name', () => {
    const rule = {
      alert: 'QueueBacklog',
      expr: 'queue_messages > 100',
      labels: {},
      annotations: { summary: 'QueueBacklog: messages pile up', runbook_url: 'https://example.com/QueueBacklog' },
      path: 'rules.yaml',
      line: 1,
    };
    const words = listAlertQuestions([runbook], [rule]).find(({ variant }) => variant.includes('hidden'));
    expect(words?.questions).toHaveLength(1);
    expect(JSON.stringify(words?.questions[0]?.request) + words?.questions[0]?.text).not.toContain('QueueBacklog');
  });

  it('by its meaning is asked of runbooks that no longer hold those words', () => {
    const { group, runbooks } = withholdMeanings([runbook, buildRunbook({ id: 'web/Bare' })]);
    expect(group.questions).toHaveLength(1);
    expect(group.questions[0]).toMatchObject({
      text: 'Orders wait in the queue for longer than  allows.',
      isVerbatim: false,
    });
    expect(runbooks[0]?.sections[0]?.text).not.toContain('Orders wait');
    expect(runbooks[0]?.sections[0]?.text).toContain('The consumers are too slow.');
  });
});

it('six words in a row are a fragment, whatever their capitals and marks', () => {
  expect(sharesFragment('the queue of orders is growing fast', 'Today the Queue of orders, is growing.')).toBe(true);
  expect(sharesFragment('the queue of orders is long', 'The queue of orders was long.')).toBe(false);
});
