import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf, type Runbook, type SectionRole } from '../../../domain/document.ts';
import { buildRunbook, buildSection } from '../../../testing/knowledge-builder.ts';
import { tokenise } from '../tokenise.ts';
import { buildLexicalIndex } from './lexical.ts';

/** The formula as it stands in the books, word by word and document by document. */
function scoreNaively(documents: readonly Runbook[], query: string, expression: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of tokenise(query)) weights.set(word, (weights.get(word) ?? 0) + 1);
  for (const word of tokenise(expression)) if (!weights.has(word)) weights.set(word, 0.3);
  const fields = [
    { boost: 1, texts: documents.map((document) => tokenise(bodyOf(document))) },
    { boost: 0.5, texts: documents.map((document) => tokenise(leadOf(document))) },
  ];
  const totals = new Map<string, number>();
  for (const { boost, texts } of fields) {
    const lengths = texts.map((words) => new Set(words).size);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    for (const [word, weight] of weights) {
      const holders = texts.filter((words) => words.includes(word)).length;
      const idf = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
      for (const [at, words] of texts.entries()) {
        const count = words.filter((other) => other === word).length;
        if (count === 0) continue;
        const length = lengths[at] ?? 0;
        const score = (idf * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / mean));
        const key = keyOf(documents[at] ?? documents[0] ?? expect.fail());
        totals.set(key, (totals.get(key) ?? 0) + weight * boost * score);
      }
    }
  }
  return totals;
}

function bodyOf({ title, alerts, services, tags, sections }: Runbook): string {
  return [title, ...alerts, ...services, ...tags, ...sections.flatMap(({ role, text }) => [role, text])].join('\n');
}

function leadOf({ title, alerts, services, sections }: Runbook): string {
  const openings = sections
    .filter(({ role }) => ['summary', 'meaning', 'detection', 'impact'].includes(role))
    .map(({ text }) => text.trim().split(/\n\s*\n/)[0] ?? '');
  return [title, ...alerts, ...services, ...sections.map(({ role }) => role), ...openings].join('\n');
}

const word = fc.constantFrom(
  'queue',
  'queues',
  'disk',
  'the',
  'full',
  'E42-7',
  'PodCrashLooping',
  'slow',
  'web/db',
  'p95',
);
const words = fc.array(word, { maxLength: 8 }).map((parts) => parts.join(' '));
const text = fc.array(fc.tuple(words, fc.constantFrom('\n', '\n\n', ' \n \n', '. ')), { maxLength: 4 });
const section = fc
  .tuple(fc.constantFrom<SectionRole[]>('meaning', 'impact', 'diagnosis', 'other'), text)
  .map(([role, parts]) => buildSection('a', role, parts.flat().join('')));
const documents = fc
  .array(
    fc.record({
      title: words,
      alerts: fc.array(word),
      services: fc.array(word),
      tags: fc.array(word),
      sections: fc.array(section),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) => all.map((fields, at) => buildRunbook({ id: `r${at}`, ...fields })));

it('scores are BM25 of the body and half of BM25 of the lead, each by its own lengths and frequencies', async () => {
  await fc.assert(
    fc.asyncProperty(documents, words, words, async (all, query, expression) => {
      const expected = scoreNaively(all, query, expression);
      const index = await buildLexicalIndex(all, keyOf);
      const ranking = index.rank({ text: query, expression });
      const found = ranking.best(all.length);
      expect(new Set(found.map(({ key }) => key))).toEqual(new Set(expected.keys()));
      for (const { key, score } of found) expect(score).toBeCloseTo(expected.get(key) ?? 0, 5);
      const scores = [...expected.values()];
      expect(ranking.found).toBe(scores.length);
      expect(ranking.lowest).toBeCloseTo(scores.length === 0 ? 0 : Math.min(...scores), 5);
      expect(ranking.highest).toBeCloseTo(Math.max(0, ...scores), 5);
    }),
  );
});
