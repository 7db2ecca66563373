import { expect, it } from 'vitest';
import { LOOK_ALIKES } from './__fixtures__/look-alikes.ts';
import { PLANTED_SECRETS } from './__fixtures__/planted-secrets.ts';
import { createRedactor } from './redact.ts';

const redact = createRedactor(['secrets', 'emails']);

it(`blacks out every one of ${PLANTED_SECRETS.length} planted secrets`, async () => {
  const missed: string[] = [];
  for (const { make, secret, text } of PLANTED_SECRETS) {
    const { text: shown } = await redact(text);
    if (shown.includes(secret)) missed.push(`${make}: ${text}`);
  }
  expect(missed).toEqual([]);
});

it('leaves nothing of a long secret but its last few characters', async () => {
  const left: string[] = [];
  for (const { make, secret, text } of PLANTED_SECRETS) {
    const { text: shown } = await redact(text);
    const pieces = secret.match(/[^\s-]{8,}/g) ?? [];
    if (pieces.some((piece) => shown.includes(piece))) left.push(`${make}: ${shown}`);
  }
  expect(left).toEqual([]);
});

it(`touches none of ${LOOK_ALIKES.length} harmless look-alikes`, async () => {
  const touched: string[] = [];
  for (const text of LOOK_ALIKES) {
    const { text: shown } = await redact(text);
    if (shown !== text) touched.push(`${text} => ${shown}`);
  }
  expect(touched).toEqual([]);
});

it('finds every secret, and nothing else, when all of them stand in one text', async () => {
  const together = [...PLANTED_SECRETS.map(({ text }) => text), ...LOOK_ALIKES].join('\n\n');
  const { text: shown, counts } = await redact(together);
  expect(PLANTED_SECRETS.filter(({ secret }) => shown.includes(secret))).toEqual([]);
  expect(LOOK_ALIKES.filter((text) => !shown.includes(text))).toEqual([]);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(PLANTED_SECRETS.length);
  expect(shown.split('\n')).toHaveLength(together.split('\n').length);
});
