import { describe, expect, it } from 'vitest';
import type { ReceivedGroup } from '../domain/occurrence.ts';
import { createRedactor } from '../redact/redact.ts';
import { firing, groupAbout, groupOf } from './__fixtures__/alerts.ts';
import { redactGroups } from './redact-groups.ts';

// In two parts, so that no scanner takes this file for a leak.
const TOKEN = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
const redact = createRedactor(['secrets', 'emails']);

/** Says `word` wherever a sender's words can be. */
function saying(word: string): ReceivedGroup {
  const labels = { alertname: word, [word]: 'x', lines: `first\n${word}` };
  return {
    groupKey: `{}:{user="${word}"}`,
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: { summary: word },
    externalURL: `https://example.com/${word}`,
    alerts: [
      firing({
        ...{ labels, annotations: { summary: `login with ${word}` } },
        ...{ generatorURL: `https://example.com/?key=${word}`, fingerprint: word },
      }),
    ],
  };
}

describe('groups of alerts', () => {
  it('hold no secret, wherever it stood, also where only a name says that it is one', async () => {
    const clean = await redactGroups([saying(TOKEN)], redact);
    expect(JSON.stringify(clean)).not.toContain(TOKEN);
    expect(clean[0]?.alerts[0]?.annotations).toEqual({ summary: 'login with (redacted:github-key)' });
  });

  it('hold none either that only its name tells', async () => {
    const [clean] = await redactGroups(
      [groupOf(firing({ labels: { password: 'correct4horse!', user: 'web' } }))],
      redact,
    );
    expect(clean?.alerts[0]?.labels).toEqual({ password: '(redacted:password)', user: 'web' });
  });

  it('are what they were when they hold none, but for the fingerprint', async () => {
    const [group] = await redactGroups([saying('checkout')], redact);
    const { fingerprint, ...alert } = saying('checkout').alerts[0] ?? firing();
    expect(group).toEqual({
      ...saying('checkout'),
      alerts: [{ ...alert, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    expect(fingerprint).toBe('checkout');
  });

  it('keep what tells them apart, and stay the same from one time to the next', async () => {
    const keysOf = async (...words: string[]) =>
      (await redactGroups(words.map(saying), redact)).map(({ groupKey, alerts }) => [groupKey, alerts[0]?.fingerprint]);
    const other = TOKEN.replace('A1', 'Z9');
    const [first, second] = await keysOf(TOKEN, other);
    expect(first).not.toEqual(second);
    expect(await keysOf(other, 'x', TOKEN)).toEqual([second, (await keysOf('x'))[0], first]);
  });

  it('keep a fingerprint that is a hash', async () => {
    const [group] = await redactGroups([groupOf(firing({ fingerprint: 'ab12cd34ef567890' }))], redact);
    expect(group?.alerts[0]?.fingerprint).toBe('ab12cd34ef567890');
  });

  it('keep what tells that a start is a guess, with words or without', async () => {
    const guessed = groupOf(firing({ startIsGuessed: true }));
    const [whole] = await redactGroups([guessed], redact);
    const [unchecked] = await redactGroups([guessed], () => Promise.reject(new Error('no')));
    expect([whole, unchecked].map((group) => group?.alerts[0]?.startIsGuessed)).toEqual([true, true]);
  });

  it('are searched once, however many they are', async () => {
    let searches = 0;
    const counting = (text: string) => {
      searches++;
      return redact(text);
    };
    await redactGroups([saying('a'), saying('b'), saying('c')], counting);
    expect(searches).toBe(1);
  });

  it('are kept without words where nobody can look, and the others whole', async () => {
    const failing = (text: string) => (text.includes('unsearchable') ? Promise.reject(new Error('no')) : redact(text));
    const [bad, good] = await redactGroups([saying('unsearchable'), groupAbout('Down', 'web')], failing);
    expect(JSON.stringify(bad)).not.toContain('unsearchable');
    expect(bad?.alerts[0]).toMatchObject({
      status: 'firing',
      labels: { alertname: '(redacted:unchecked)' },
      annotations: {},
    });
    expect(good?.alerts[0]?.labels).toEqual({ alertname: 'Down', service: 'web' });
  });

  it('end an alert that began when words could be searched', async () => {
    const [whole] = await redactGroups([saying('checkout')], redact);
    const [unchecked] = await redactGroups([saying('checkout')], () => Promise.reject(new Error('no')));
    expect(unchecked?.alerts[0]?.fingerprint).toBe(whole?.alerts[0]?.fingerprint);
  });
});
