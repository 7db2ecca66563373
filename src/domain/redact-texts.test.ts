import { describe, expect, it } from 'vitest';
import { redactTexts } from './redact-texts.ts';
import type { Redactor } from './redaction.ts';

/** Blacks out the word `hunter2`, and remembers how much it was asked at once. */
function createRedactor() {
  const asked: number[] = [];
  const redact: Redactor = async (text) => {
    asked.push(text.length);
    return { text: text.replaceAll('hunter2', '…'), counts: {} };
  };
  return { redact, asked };
}

describe('texts without secrets', () => {
  it('are each found by what they were, lines and all', async () => {
    const { redact, asked } = createRedactor();
    const texts = ['a\nhunter2\n', '', 'b'];
    expect([...(await redactTexts(texts, redact))]).toEqual([
      ['a\nhunter2\n', 'a\n…\n'],
      ['', ''],
      ['b', 'b'],
    ]);
    expect(asked).toHaveLength(1);
    expect((await redactTexts([], redact)).size).toBe(0);
  });

  it('are searched in parts where they are many, and let other work go on between', async () => {
    const { redact, asked } = createRedactor();
    const texts = Array.from({ length: 200 }, (_, at) => `${at} hunter2 ${'x'.repeat(5_000)}`);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const clean = await redactTexts(texts, redact);
    isOver = true;
    expect(turns).toBeGreaterThan(5);
    expect(Math.max(...asked)).toBeLessThan(100_000);
    expect([...clean.keys()]).toEqual(texts);
    expect([...clean.values()].join('')).not.toContain('hunter2');
  });

  it('are none where one part cannot be searched, or comes back with other lines', async () => {
    const texts = ['x'.repeat(70_000), 'odd'];
    const picky: Redactor = async (text) => {
      if (text === 'odd') throw new Error('cannot be searched');
      return { text, counts: {} };
    };
    await expect(redactTexts(texts, picky)).rejects.toThrow('cannot be searched');
    const joining: Redactor = async (text) => ({ text: text.replaceAll('\n', ' '), counts: {} });
    await expect(redactTexts(['a', 'b'], joining)).rejects.toThrow('did not keep the lines');
  });
});
