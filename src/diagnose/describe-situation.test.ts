import { expect, it } from 'vitest';
import { buildEvidence } from '../testing/evidence-builder.ts';
import { buildDigest } from '../testing/knowledge-builder.ts';
import { describeSituation } from './describe-situation.ts';

const NOW = new Date('2026-10-15T03:00:00Z');

it('is what retrieval asked for: names, words, services with the first suspect, signals of the traces', () => {
  const evidence = buildEvidence({ digest: buildDigest('pre-processor') });
  expect(describeSituation(evidence, NOW)).toEqual({
    text: 'WebServerLatencyHigh\np95 latency of web-server is above 1 s',
    alertNames: ['WebServerLatencyHigh'],
    services: ['web-server', 'pre-processor'],
    signals: ['trace pre-processor request latency'],
  });
});

it.each([
  ['words', 'word '.repeat(900).trim()],
  ['one endless word', 'x'.repeat(3_400)],
  ['a script without spaces', '決済が遅延しています。'.repeat(300)],
])('hands a long text on whole, for secrets must be looked for before it is cut: %s', (_, text) => {
  const { situation } = buildEvidence();
  const described = describeSituation(buildEvidence({ situation: { ...situation, text, alertNames: [text] } }), NOW);
  expect(described.text).toBe(`${text}\n${text}`);
  expect(described.alertNames).toEqual([text]);
});

it('is bounded, however large the group', () => {
  const { situation } = buildEvidence();
  const names = Array.from({ length: 1_000 }, (_, n) => `Alert${n}`);
  const signals = names.map((name) => `metric web ${name} up`);
  const text = 'word '.repeat(10_000);
  const described = describeSituation(
    buildEvidence({ situation: { ...situation, alertNames: names, signals, text } }),
    NOW,
  );
  expect(described.alertNames).toHaveLength(100);
  expect(described.signals).toHaveLength(500);
  expect(described.text.length).toBeLessThanOrEqual(20_000);
});

it('is bounded, however long its names are', () => {
  const { situation } = buildEvidence();
  const of = (alertNames: string[]) =>
    describeSituation(buildEvidence({ situation: { ...situation, alertNames } }), NOW).alertNames;
  expect(of(['x'.repeat(15_000), 'y'.repeat(15_000), 'z'])).toEqual(['x'.repeat(15_000), 'z']);
  expect(of(['x'.repeat(50_000)])).toEqual(['x'.repeat(20_000)]);
});
