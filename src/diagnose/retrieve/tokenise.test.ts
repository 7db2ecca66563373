import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listIdentifiers, splitIdentifiers, tokenise, tokeniseQuestion } from './tokenise.ts';

describe('identifiers are split at their seams', () => {
  it.each([
    ['KubePodCrashLooping', 'Kube Pod Crash Looping'],
    ['HTTPServer', 'HTTP Server'],
    ['node_memory_MemAvailable', 'node memory Mem Available'],
    ['pre-processor', 'pre processor'],
    ['app.kubernetes.io/name', 'app kubernetes io name'],
    ['APIs and PVs', 'APIs and PVs'],
    ['nothing to split', 'nothing to split'],
  ])('%s → %s', (text, expected) => {
    expect(splitIdentifiers(text)).toBe(expected);
  });
});

describe('terms', () => {
  it.each([
    ['the queue is growing', ['queue', 'growing']],
    ['queues, classes, loss, gas', ['queue', 'classe', 'loss', 'gas']],
    ['KubePodCrashLooping', ['kube', 'pod', 'crash', 'looping', 'kubepodcrashlooping']],
    ['pre-processor restarts', ['pre', 'processor', 'restart', 'pre-processor']],
    ['Überlast p95 > 1 s', ['überlast', 'p95', '1', 's']],
    ['', []],
    ['?! --', []],
  ])('of "%s" are %j', (text, expected) => {
    expect(tokenise(text)).toEqual(expected);
  });

  it('find a document whichever way an identifier was written', () => {
    expect(tokenise('QueueBacklogHigh')).toEqual(expect.arrayContaining(tokenise('queue backlog high')));
  });

  it('are in lower case and hold no white space, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ9_-./ \n{}!äÜ漢') }), (text) => {
        for (const term of tokenise(text)) expect(term).toBe(term.toLowerCase().replace(/\s/g, ''));
      }),
    );
  });
});

it.each([
  ['see E42-7 in web/High.md', ['e42-7', 'web/high.md']],
  ['plain words, and a sentence. Another one', []],
  ['ScyllaDB on node_3', ['scylladb', 'node_3']],
])('identifiers in "%s" are %j', (text, expected) => {
  expect(listIdentifiers(text)).toEqual(expected);
});

describe('a question', () => {
  it('says what its text says, whatever stands behind it', () => {
    const log = Array.from({ length: 600 }, (_, at) => `w${at}`).join(' ');
    const asked = fc.string({ unit: fc.constantFrom(...'abZ9é字 -_./:,\n'), maxLength: 100 });
    fc.assert(
      fc.property(asked, (text) => {
        const terms = new Set(tokeniseQuestion(`${text} ${log}`));
        expect(tokenise(text).filter((term) => !terms.has(term))).toEqual([]);
        expect(terms.size).toBe(300);
      }),
    );
  });

  it('that is a log is read up to some hundred distinct terms, names in their order among them', () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `web-${at}`);
    const terms = tokeniseQuestion(names.join(','));
    expect(new Set(terms).size).toBe(300);
    expect(terms).toContain('web-100');
    expect(terms).not.toContain('web-1000');
  });

  it('that repeats itself is read whole', () => {
    expect(tokeniseQuestion('the queue grows '.repeat(1_000))).toHaveLength(2_000);
  });
});
