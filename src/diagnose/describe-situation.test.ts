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
  ['words', 'word '.repeat(1_000), 1_999],
  ['a word that crosses the end', `${'x'.repeat(1_990)} ${'s'.repeat(100)}`, 1_990],
  ['a word that ends there', `${'x'.repeat(1_900)} ${'y'.repeat(99)} z`, 2_000],
  ['one endless word', 'x'.repeat(20_000), 0],
])('cuts a long text between words: %s', (_, text, length) => {
  const { situation } = buildEvidence();
  const described = describeSituation(buildEvidence({ situation: { ...situation, text, alertNames: [] } }), NOW);
  expect(described.text).toHaveLength(length);
  expect(text.startsWith(described.text)).toBe(true);
});

it('is bounded, however large the group', () => {
  const { situation } = buildEvidence();
  const names = Array.from({ length: 1_000 }, (_, n) => `Alert${n}`);
  const signals = names.map((name) => `metric web ${name} up`);
  const described = describeSituation(buildEvidence({ situation: { ...situation, alertNames: names, signals } }), NOW);
  expect(described.alertNames).toHaveLength(100);
  expect(described.signals).toHaveLength(500);
  expect(described.text.length).toBeLessThanOrEqual(2_000);
});
