import { describe, expect, it } from 'vitest';
import { findQuote } from './quote.ts';

const SOURCE = `The request rate rose from 1 to 3 req/s at 02:11.
  \`pre-processor\` has one worker thread, so requests queued; own time went from 2.6 ms to 775 ms.
CPU was not throttled. Raising WORKER_THREADS to 4 drained the queue within 2 minutes.`;

describe('a quote is found', () => {
  it.each([
    ['word for word', 'requests queued; own time went from 2.6 ms to 775 ms'],
    ['in another case and punctuation', '"The REQUEST rate rose, from 1 to 3 req/s"'],
    ['over a line break', 'at 02:11. pre-processor has one worker thread'],
    ['with a word left out', 'has one thread, so requests queued'],
    ['with a word changed', 'Raising WORKER_THREADS to 4 emptied the queue'],
    ['around an ellipsis', 'The request rate rose … requests queued'],
    ['around three dots', 'pre-processor has one worker thread ... drained the queue'],
    ['with its negation', 'CPU was not throttled'],
  ])('%s', (_, quote) => {
    expect(findQuote(quote, SOURCE)?.similarity).toBeGreaterThanOrEqual(0.8);
  });

  it("and given back in the source's own words", () => {
    expect(findQuote('REQUEST RATE rose from 1 to 3', SOURCE)?.words).toBe('request rate rose from 1 to 3');
  });

  it('whatever script it is written in', () => {
    expect(findQuote('Größe über dem Grenzwert', 'Die Größe über dem Grenzwert.')).toBeDefined();
  });
});

describe('what was blacked out for the model', () => {
  const source = 'Login of ops@example.com failed three times in a row.';

  it('stands for whatever the source has there', () => {
    expect(findQuote('Login of (redacted:email) failed three times', source)?.words).toBe(
      'Login of ops@example.com failed three times',
    );
  });

  it('is quoted like any word from a source that holds the mark itself', () => {
    expect(findQuote('login of (redacted:email)', 'Login of (redacted:email) failed')).toBeDefined();
  });

  it('bears out nothing else', () => {
    expect(findQuote('Login of (redacted:email) worked well again', source)).toBeUndefined();
    expect(findQuote('(redacted:email)', source)).toBeUndefined();
  });
});

describe('a quote is not found', () => {
  it.each([
    ['of other words', 'the garbage collector paused for two seconds'],
    ['of the same words in another order', 'queue the drained threads worker raising'],
    ['of another number', 'own time went from 2.6 ms to 77 ms'],
    ['without its negation', 'CPU was throttled'],
    ['with a negation added', 'requests not queued; own time went from 2.6 ms to 775 ms'],
    ['too short to mean anything', 'requests queued'],
    ['empty', ''],
    ['of punctuation', '… ... —'],
    ['whose parts stand in another order', 'drained the queue … The request rate rose'],
    ['of which one part is invented', 'The request rate rose … because of a deployment'],
  ])('%s', (_, quote) => {
    expect(findQuote(quote, SOURCE)).toBeUndefined();
  });

  it('in an empty source', () => {
    expect(findQuote('any three words', '')).toBeUndefined();
  });
});

it('a long quote in a long source takes a fraction of a second', () => {
  const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index % 97}`).join(' ');
  const started = performance.now();
  findQuote(words(250), words(2_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});
