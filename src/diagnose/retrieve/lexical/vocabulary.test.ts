import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenise } from '../tokenise.ts';
import { createVocabulary } from './vocabulary.ts';

/** The terms that are read of each text, by name; `expected` are all there can be. */
function readTerms(texts: readonly string[], expected: readonly string[]): (string | undefined)[][] {
  const vocabulary = createVocabulary();
  const read = texts.map((text) => {
    const found: number[] = [];
    vocabulary.eachTerm(text, 0, text.length, (term) => found.push(term));
    return found;
  });
  const names = new Map(expected.map((term) => [vocabulary.terms.find(term), term]));
  return read.map((numbers) => numbers.map((number) => names.get(number)).sort());
}

describe('a vocabulary reads word by word', () => {
  it.each([
    'see E42-7 in web/High.md, then ORA-00942 or 0x80070005: SQLSTATE[HY000], HTTP 503',
    'KubePodCrashLooping on http://web.example.com/orders?id=7 (node_memory_MemAvailable_bytes)',
    '...--- Überlast – p95 → 1 s; 漢字/x_ _leading trailing-',
    'the the THE queues Queues queue',
    '',
  ])('what tokenise finds in the text as a whole: "%s"', (text) => {
    expect(readTerms([text], tokenise(text))[0]).toEqual(tokenise(text).sort());
  });

  it('whatever the text, and whatever was read before', () => {
    const unit = fc.constantFrom(...'aAbZ019_-./ \n\t(){}[]:,"%äÜéß漢\u00a0\u2013', 'the', 'queues', 'Crash', 'LOOP');
    const text = fc.array(unit, { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        const expected = texts.map((one) => tokenise(one).sort());
        expect(readTerms(texts, expected.flat())).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('identifiers stay whole', () => {
  it.each(['E42-7', 'ORA-00942', 'HTTP_503', 'web/orders.db', 'KubePodCrashLooping'])('%s', (identifier) => {
    const whole = identifier.toLowerCase();
    expect(readTerms([`Saw ${identifier}.`], [whole])[0]).toContain(whole);
  });
});
