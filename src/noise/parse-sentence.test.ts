import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NOISE_BOUNDS,
  type NoiseCondition,
  type NoiseField,
  NoiseSentence,
  type NoiseTest,
} from '../domain/noise-rule.ts';
import { parseSentence } from './parse-sentence.ts';
import { renderSentence } from './render-sentence.ts';
import { BARE_VERBS, LIST_VERBS, NARROWING_VERBS, SENDERS } from './words.ts';

/** The rule in words again, or why it is none. */
function say(text: string): string {
  const parsed = parseSentence(text);
  return parsed.ok ? renderSentence(parsed.sentence) : parsed.mistake.message;
}

const END = 'then filter it out';

describe('a rule in words', () => {
  it('is understood as it is meant', () => {
    const parsed = parseSentence(
      'when the alert is CpuThrottled and the namespace is one of staging, dev unless the label tier is gold ' +
        `between 22:00 and 06:00 UTC until 2027-12-31 ${END}`,
    );
    expect(parsed).toEqual({
      ok: true,
      sentence: {
        action: 'filter',
        when: {
          kind: 'all',
          conditions: [
            { kind: 'test', field: { kind: 'alert' }, verb: 'is', values: ['CpuThrottled'] },
            { kind: 'test', field: { kind: 'namespace' }, verb: 'is one of', values: ['staging', 'dev'] },
          ],
        },
        unless: { kind: 'test', field: { kind: 'label', name: 'tier' }, verb: 'is', values: ['gold'] },
        between: { from: '22:00', to: '06:00' },
        until: '2027-12-31',
      },
    });
  });

  it.each([
    ['When The Alert IS WebSlow Then Filter It Out.', `when the alert is WebSlow ${END}`],
    [`when ((the alert is "WebSlow")) ${END}`, `when the alert is WebSlow ${END}`],
    [
      `when (the alert is A and the service is web) and the severity is not info ${END}`,
      `when the alert is A and the service is web and the severity is not info ${END}`,
    ],
    [
      `when the alert is A and (the service is web or the service is "order book") ${END}`,
      `when the alert is A and (the service is web or the service is "order book") ${END}`,
    ],
    [`when the annotation summary contains "a \\"b\\" \\\\ c" ${END}`, undefined],
    [`when the label "my label" starts with "then" and the label team is missing ${END}`, undefined],
    [`when\n  the alert ends with Slow\nthen filter it out`, `when the alert ends with Slow ${END}`],
    [
      `when the severity is one of info,warning and the sender is datadog ${END}`,
      `when the severity is one of info, warning and the sender is datadog ${END}`,
    ],
  ])('reads %j', (text, canonical = text) => {
    expect(say(text)).toBe(canonical);
  });

  it.each([
    ['', 'at character 1: expected “when”, with which a rule begins, but found the end of the sentence'],
    [
      `wen the alert is A ${END}`,
      'at character 1: expected “when”, with which a rule begins, but found “wen” (did you mean “when”?)',
    ],
    [`when alert is A ${END}`, 'at character 6: expected “the”'],
    [`when the alrt is A ${END}`, 'found “alrt” (did you mean “alert”?)'],
    [`when the pod is A ${END}`, 'any other label is “the label NAME”, but found “pod”'],
    [`when the alert iss A ${END}`, 'found “iss” (did you mean “is”?)'],
    [`when the alert startswith A ${END}`, 'at character 16: expected one of “is”, “is not”'],
    [`when the alert matches /a+/ ${END}`, 'at character 16: expected one of “is”'],
    [
      `when the alert is ${END}`,
      'at character 19: expected a value (words of the grammar need double quotes there: "then")',
    ],
    [`when the alert is "" ${END}`, 'at character 19: an empty value fits everything or nothing'],
    [`when the alert is "A ${END}`, 'at character 19: the quotes that begin here never end'],
    [`when the alert is “A” ${END}`, 'at character 19: only straight double quotes'],
    [`when the alert is 'A' ${END}`, 'at character 19: only straight double quotes'],
    [`when the alert is 'A B' ${END}`, 'at character 19: only straight double quotes'],
    [`when the alert is A\u202eB ${END}`, 'at character 20: a character that nobody sees'],
    [`when the alert is "A\u200b" ${END}`, 'at character 21: a character that nobody sees'],
    [`when the alert is "A\\n" ${END}`, 'at character 21: after \\ inside quotes comes'],
    [`when the alert is order book ${END}`, 'at character 25: “book” is one word too many'],
    [`when the alert is A, B ${END}`, 'at character 20: only “is one of” and “is none of” take a list'],
    [`when the alert is one of A or B ${END}`, 'expected “the”'],
    [`when the alert is A adn the service is b ${END}`, 'found “adn” (did you mean “and”?)'],
    [`when the alert is A and the service is b or the service is c ${END}`, '“and” and “or” stand side by side'],
    [`when (the alert is A ${END}`, 'expected “and”, “or” or “)”'],
    [`when ${'('.repeat(5)}the alert is A${')'.repeat(5)} ${END}`, 'brackets go 4 deep at most'],
    ['when the alert is A', 'expected “then filter it out”, with which a rule ends, but found the end'],
    ['when the alert is A then delete it', 'found “delete”'],
    [`when the alert is A ${END} enabled: true`, 'expected nothing after “then filter it out”, but found “enabled:”'],
    [`when the sender is graphana ${END}`, 'found “graphana” (did you mean “grafana”?)'],
    [
      `when the alert is A between 22:00 and 25:00 UTC ${END}`,
      'expected a time such as 06:00 or 22:30, but found “25:00”',
    ],
    [`when the alert is A between 22:00 and 06:00 CET ${END}`, 'expected “UTC” after the times'],
    [`when the alert is A between 06:00 and 06:00 UTC ${END}`, 'the two times are the same'],
    [`when the alert is A until 2027-02-30 ${END}`, 'expected a day such as 2026-12-31, but found “2027-02-30”'],
    [`when ${Array(21).fill('the alert is A').join(' or ')} ${END}`, 'a rule makes 20 tests at most'],
    [`when the alert is one of ${Array(51).fill('A').join(', ')} ${END}`, 'a list has at most 50 values'],
    [`when the alert is ${'A'.repeat(201)} ${END}`, 'a value has at most 200 characters'],
    ['when '.repeat(500), 'a rule has at most 2000 characters'],
  ])('%j is refused at its first mistake', (text, message) => {
    const parsed = parseSentence(text);
    expect(parsed).toMatchObject({ ok: false, mistake: { message: expect.stringContaining(message) } });
  });

  it.each([
    'the sender is datadog',
    'the alert is not A',
    'the alert is none of A, B',
    'the alert is present',
    'the label team is missing',
    'the severity is critical',
    'the label severity is one of warning, Page',
    'the severity contains c',
    'the alert is A or the alert is not A',
    'the sender is grafana and (the alert is A or the severity is not info)',
  ])('%j says too little of which alerts it is about', (condition) => {
    expect(say(`when ${condition} ${END}`)).toContain('the rule does not say which alerts it is about');
  });

  it('says itself in one way, which is read as the same rule', () => {
    fc.assert(
      fc.property(sentences(), (sentence) => {
        expect(NoiseSentence.parse(sentence)).toEqual(sentence);
        expect(parseSentence(renderSentence(sentence))).toEqual({ ok: true, sentence });
      }),
      { numRuns: 100 },
    );
  });

  it('answers whatever it is given', () => {
    const words =
      'when the alert label is not one of none ( ) , " \\ and or unless between 22:00 UTC until then filter it out A'.split(
        ' ',
      );
    const soup = fc.array(fc.oneof(fc.constantFrom(...words), fc.string())).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        const parsed = parseSentence(text);
        if (!parsed.ok) expect(parsed.mistake.at).toBeLessThanOrEqual(text.length + 1);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['words', 'a '],
    ['quotes', '"a'],
    ['brackets', '('],
    ['backslashes', '"\\\\'],
    ['tests', 'when the alert is a and '],
  ])('is not slowed down by %s without end', (_, part) => {
    const begun = performance.now();
    for (let round = 0; round < 50; round++) {
      parseSentence(`when ${part.repeat(NOISE_BOUNDS.sentence / part.length - 10)}`);
      parseSentence(part.repeat(1_000_000));
    }
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

function sentences(): fc.Arbitrary<NoiseSentence> {
  const value = fc.oneof(
    fc.constantFrom('then', 'the', 'web', 'a "b" \\ c', 'A,B', '(x)', '“', 'is.', 'UTC', 'out.'),
    fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text)),
  );
  const field: fc.Arbitrary<NoiseField> = fc.oneof(
    fc.constantFrom('alert' as const, 'namespace' as const, 'service' as const).map((kind) => ({ kind })),
    fc.record({ kind: fc.constantFrom('label' as const, 'annotation' as const), name: value }),
  );
  const verbs = [...NARROWING_VERBS, 'is missing', 'is present', 'is not', 'is none of'] as const;
  const testOf = (among: readonly (typeof verbs)[number][]): fc.Arbitrary<NoiseTest> =>
    fc
      .tuple(field, fc.constantFrom(...among), fc.array(value, { minLength: 1, maxLength: 4 }))
      .map(([of, verb, values]) => ({
        ...{ kind: 'test', field: of, verb },
        values: BARE_VERBS.has(verb) ? [] : LIST_VERBS.has(verb) ? values : values.slice(0, 1),
      }));
  const senders: fc.Arbitrary<NoiseTest> = fc
    .constantFrom(...SENDERS)
    .map((sender) => ({ kind: 'test', field: { kind: 'sender' }, verb: 'is not', values: [sender] }));
  const any = fc.oneof(testOf(verbs), senders);
  // Alternating, as the reader makes them: all of [a test, any of [tests]].
  const group = fc
    .array(any, { minLength: 2, maxLength: 3 })
    .map((conditions): NoiseCondition => ({ kind: 'any', conditions }));
  const condition = (first: fc.Arbitrary<NoiseTest>): fc.Arbitrary<NoiseCondition> =>
    fc.oneof(
      first,
      fc
        .tuple(first, fc.array(fc.oneof(any, group), { minLength: 1, maxLength: 3 }))
        .map(([one, more]): NoiseCondition => ({ kind: 'all', conditions: [one, ...more] })),
    );
  const narrowing = testOf([...NARROWING_VERBS]).filter(({ field: of }) => !('name' in of) || of.name !== 'severity');
  const time = fc.integer({ min: 0, max: 1_438 }).map((minute) => {
    const two = (number: number) => String(number).padStart(2, '0');
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  });
  return fc.record(
    {
      action: fc.constant('filter' as const),
      when: condition(narrowing),
      unless: condition(any),
      between: time.map((from) => ({ from, to: '23:59' })),
      until: fc.constantFrom('2027-01-31', '2028-02-29'),
    },
    { requiredKeys: ['action', 'when'] },
  );
}
