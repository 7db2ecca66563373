import fc from 'fast-check';
import { type JsonValue, query } from 'jsonpath-rfc9535';
import { describe, expect, it } from 'vitest';
import { findAt } from './path-lookup.ts';

describe('a path', () => {
  it('leads where the standard says, plain or not', () => {
    const name = fc.constantFrom('a', 'b', 'constructor', 'length', '__proto__');
    const { document } = fc.letrec<{ document: unknown }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, 'text', true),
        fc.array(tie('document'), { maxLength: 3 }),
        fc.dictionary(name, tie('document'), { maxKeys: 4 }),
      ),
    }));
    const step = fc.oneof(
      name.map((key) => `.${key}`),
      fc.nat(3).map((at) => `[${at}]`),
      fc.constantFrom("['a']", '[*]', '[-1]', '..b'),
    );
    const path = fc.array(step, { maxLength: 4 }).map((steps) => `$${steps.join('')}`);
    fc.assert(
      fc.property(document, path, (value, path) => {
        // As it would arrive: parsed from a text.
        const parsed = JSON.parse(JSON.stringify(value)) as JsonValue;
        expect(findAt(parsed, path)).toEqual(query(parsed, path)[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('that is not given leads nowhere', () => {
    expect(findAt({ a: 1 }, undefined)).toBeUndefined();
  });
});
