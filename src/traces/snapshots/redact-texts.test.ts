import { describe, expect, it } from 'vitest';
import { LOOK_ALIKES } from '../../redact/__fixtures__/look-alikes.ts';
import { PLANTED_SECRETS } from '../../redact/__fixtures__/planted-secrets.ts';
import { createRedactor } from '../../redact/redact.ts';
import { redactTexts } from './redact-texts.ts';

const redact = createRedactor(['secrets', 'emails', 'ips']);
const CORPUS = [...PLANTED_SECRETS.map(({ text }) => text), ...LOOK_ALIKES];

describe('texts redacted together', () => {
  it('become what each becomes alone, whatever stands beside it', async () => {
    const alone = new Map<string, string>();
    for (const text of CORPUS) alone.set(text, (await redact(text)).text);
    const orders = [CORPUS, CORPUS.toReversed(), CORPUS.toSorted()];
    for (const texts of orders)
      expect(await redactTexts(texts, redact)).toEqual(new Map(texts.map((text) => [text, alone.get(text)])));
  }, 60_000);

  it('are read in a few calls, and none takes another away, when a secret seems to reach from one to another', async () => {
    let calls = 0;
    const greedy = async (text: string) => {
      calls++;
      return { text: text.replace(/<key>.*?<\/key>/gs, '(redacted:key)'), counts: {} };
    };
    const texts = Array.from({ length: 1_000 }, (_, at) => `GET /orders/${at}`);
    Object.assign(texts, { 300: '<key>', 600: '</key>', 700: '<key>x</key>' });
    const shown = await redactTexts(texts, greedy);
    expect([...shown.values()]).toEqual(texts.with(700, '(redacted:key)'));
    expect([...shown.keys()]).toEqual(texts);
    expect(calls).toBeGreaterThan(1);
    expect(calls).toBeLessThan(30);
  });

  it('may hold what separates them', async () => {
    const texts = ['a\n\0\nb', '\0', 'password=hunter2!x\n\0\n', 'c'];
    const shown = [...(await redactTexts(texts, redact)).values()];
    expect(shown).toEqual(['a\n\0\nb', '\0', 'password=(redacted:password)\n\0\n', 'c']);
  });

  it('are read in a few calls', async () => {
    let calls = 0;
    const counted = async (text: string) => {
      calls++;
      return { text, counts: {} };
    };
    const texts = Array.from({ length: 5_000 }, (_, at) => `SELECT * FROM orders WHERE id = ${at}`);
    expect((await redactTexts(texts, counted)).size).toBe(5_000);
    expect(calls).toBeLessThan(10);
  });

  it('of which one cannot be searched are shown but for that one', async () => {
    const picky = async (text: string) => {
      if (text.includes('bad')) throw new Error('cannot');
      return { text, counts: {} };
    };
    expect([...(await redactTexts(['good', 'bad', 'fine'], picky)).values()]).toEqual([
      'good',
      '(redacted:not-searched)',
      'fine',
    ]);
  });
});
