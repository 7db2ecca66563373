import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../domain/document.ts';
import { buildRunbook, buildSection } from '../../../testing/knowledge-builder.ts';
import { buildLexicalIndex, type LexicalQuery } from './lexical.ts';

const backlog = buildRunbook({
  id: 'queue/QueueBacklogHigh',
  title: 'QueueBacklogHigh',
  alerts: ['QueueBacklogHigh'],
  sections: [
    buildSection('a', 'meaning', 'More messages wait in the queue than the consumer can take.\n\nThe rest is detail.'),
    buildSection('a', 'diagnosis', 'Look at rabbitmq_queue_messages per queue.'),
  ],
});
const certificate = buildRunbook({
  id: 'web/CertificateExpiring',
  title: 'CertificateExpiring',
  sections: [buildSection('b', 'meaning', 'The certificate of the web server expires soon.')],
});
const latency = buildRunbook({
  id: 'web/LatencyHigh',
  title: 'LatencyHigh',
  sections: [
    buildSection('c', 'meaning', 'Requests are slow.'),
    buildSection('c', 'diagnosis', 'A long queue at the consumer or an expired certificate may be why: messages wait.'),
  ],
});

const index = await buildLexicalIndex([backlog, certificate, latency], keyOf);
const first = (query: LexicalQuery) => index.search(query)[0]?.key;

describe('lexical search', () => {
  it.each<[string, LexicalQuery, string]>([
    ['an identifier in its parts', { text: 'the backlog of a queue is high' }, 'runbook:queue/QueueBacklogHigh'],
    ['an identifier as a whole', { text: 'queuebackloghigh' }, 'runbook:queue/QueueBacklogHigh'],
    ['words of the text', { text: 'certificates expire' }, 'runbook:web/CertificateExpiring'],
    [
      'a metric of the expression',
      { text: '', expression: 'rabbitmq_queue_messages' },
      'runbook:queue/QueueBacklogHigh',
    ],
  ])('finds by %s', (_, query, expected) => {
    expect(first(query)).toBe(expected);
  });

  it('ranks the document that is about the words above the one that mentions them', () => {
    expect(first({ text: 'messages wait in the queue of the consumer' })).toBe('runbook:queue/QueueBacklogHigh');
  });

  it('counts a word as often as the query repeats it', () => {
    const score = (text: string) => index.search({ text })[0]?.score ?? 0;
    expect(score('certificate certificate')).toBeCloseTo(2 * score('certificate'), 10);
  });

  it('adds words up: two words score what they score apart', () => {
    const scoreOf = (text: string) => index.search({ text }).find(({ key }) => key === keyOf(latency))?.score ?? 0;
    expect(scoreOf('queue certificate')).toBeCloseTo(scoreOf('queue') + scoreOf('certificate'), 10);
  });

  it('trusts the expression less than the text', () => {
    const said = index.search({ text: 'certificate' })[0]?.score ?? 0;
    const derived = index.search({ text: '', expression: 'certificate' })[0]?.score ?? 0;
    expect(derived).toBeCloseTo(0.3 * said, 10);
    expect(index.search({ text: 'certificate', expression: 'certificate' })[0]?.score).toBeCloseTo(said, 10);
  });

  it('says which words it found', () => {
    expect(index.search({ text: 'queue on fire' })[0]?.terms).toEqual(['queue']);
  });

  it('leaves out what is not accepted, and finds nothing by stop words', () => {
    expect(index.search({ text: 'queue' }, (key) => key !== keyOf(backlog)).map(({ key }) => key)).toEqual([
      keyOf(latency),
    ]);
    expect(index.search({ text: 'the and of' })).toEqual([]);
    expect(index.search({ text: '' })).toEqual([]);
  });

  it('is best first, whatever was asked', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('queue', 'certificate', 'slow', 'messages', 'nonsense')), (words) => {
        const scores = index.search({ text: words.join(' ') }).map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
    );
  });
});

describe('a ranking', () => {
  const ranking = index.rank({ text: 'queue consumer certificate', expression: 'rabbitmq_queue_messages' });

  it('makes as many rows as are asked for, the best ones', () => {
    const all = ranking.best(10);
    expect(all).toHaveLength(ranking.found);
    for (const limit of [0, 1, 2]) {
      expect(ranking.best(limit).map(({ key }) => key)).toEqual(all.slice(0, limit).map(({ key }) => key));
    }
  });

  it('knows the range of all scores, for it is what they are scaled by', () => {
    const scores = ranking.best(10).map(({ score }) => score);
    expect([ranking.highest, ranking.lowest]).toEqual([scores[0], scores.at(-1)]);
  });

  it('finds a document that came from elsewhere, with its words', () => {
    expect(ranking.find(keyOf(latency))).toMatchObject({
      key: keyOf(latency),
      terms: ['queue', 'consumer', 'certificate', 'message'],
    });
    expect(ranking.find('runbook:unknown')).toBeUndefined();
  });

  it('knows nothing of what is not accepted', () => {
    const narrow = index.rank({ text: 'queue' }, (key) => key === keyOf(latency));
    expect(narrow.found).toBe(1);
    expect(narrow.find(keyOf(backlog))).toBeUndefined();
  });

  it('of nothing is empty', () => {
    expect(index.rank({ text: 'nonsense' })).toMatchObject({ found: 0, lowest: 0, highest: 0 });
    expect(index.rank({ text: 'nonsense' }).best(5)).toEqual([]);
  });
});

it('long documents are read whole, with pauses', async () => {
  const text = `${'word '.repeat(50_000)}needle`;
  const long = buildRunbook({ id: 'long', sections: [buildSection('d', 'other', text)] });
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const read = await buildLexicalIndex([long, long], keyOf);
  clearInterval(timer);
  expect(read.rank({ text: 'needle' }).found).toBe(2);
  expect(turns).toBeGreaterThan(0);
});

it('a rarer word has a higher inverse document frequency, and an unknown one the highest', () => {
  expect(index.idf('backlog')).toBeGreaterThan(index.idf('queue'));
  expect(index.idf('never-heard-of')).toBeGreaterThan(index.idf('backlog'));
});

it('an empty index finds nothing', async () => {
  const empty = await buildLexicalIndex([], keyOf);
  expect(empty.size).toBe(0);
  expect(empty.search({ text: 'queue' })).toEqual([]);
});

it('a question as long as a log is read up to some hundred distinct words', () => {
  const log = Array.from({ length: 600 }, (_, at) => `w${at}`).join(' ');
  expect(index.rank({ text: `${log} certificate` }).found).toBe(0);
  expect(index.rank({ text: `certificate ${log}` }).found).toBeGreaterThan(0);
});
