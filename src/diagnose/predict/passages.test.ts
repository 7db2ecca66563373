import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPassages } from './passages.ts';

describe('passages of a section', () => {
  it('are its paragraphs and list items, a fence with the words before it', () => {
    const text = [
      'Look at the pool\nof web.',
      '- Ask db.\n  It knows.\n- Ask cache:\n\n```sh\nredis-cli info\n\nredis-cli ping\n```',
      '1. Count.\n2. Compare.',
    ].join('\n\n');
    expect(splitPassages(text)).toEqual([
      'Look at the pool\nof web.',
      '- Ask db.\n  It knows.',
      '- Ask cache:\n\n```sh\nredis-cli info\n\nredis-cli ping\n```',
      '1. Count.',
      '2. Compare.',
    ]);
  });

  it('stand in it word for word, and none twice', () => {
    const line = fc.constantFrom('', 'Look.', '- item', '  deeper', '```', '~~~', '1. one', '   ', '# comment');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const text = lines.join('\n');
        let from = 0;
        for (const passage of splitPassages(text)) {
          const at = text.indexOf(passage, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + passage.length;
        }
        const kept = splitPassages(text).join('').replace(/\s/g, '');
        expect(kept).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
