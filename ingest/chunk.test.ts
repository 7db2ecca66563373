import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk, KnowledgeDocument } from '../src/domain/document.ts';
import { chunkDocument } from './chunk.ts';
import { toEmbeddingText } from './embed.ts';
import { parseFile } from './parse.ts';

function chunksOf(text: string, kind: 'runbook' | 'incident' = 'runbook', name = 'web/High'): readonly Chunk[] {
  return documentOf(text, kind, name).chunks;
}

function documentOf(text: string, kind: 'runbook' | 'incident' = 'runbook', name = 'web/High'): KnowledgeDocument {
  const { documents } = parseFile({ path: `${kind}s/${name}.md`, name, kind, sha: 'f00d', text, problems: [] });
  return chunkDocument(documents[0]!);
}

const sentence = (words: number) => `${'Word '.repeat(words).trim()}.`;
const fence = (lines: number) =>
  ['```sh', ...Array.from({ length: lines }, (_, at) => `echo this is line number ${at}`), '```'].join('\n');

describe('chunks', () => {
  it('hold about 450 characters, each of one section only', () => {
    const chunks = chunksOf(`# T\n\n## Meaning\n\n${`${sentence(20)}\n\n`.repeat(12)}## Impact\n\nBad.\n`);
    expect(chunks.length).toBeGreaterThan(3);
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(450);
    expect(chunks.at(-1)).toMatchObject({ text: 'Bad.', source: { headingPath: ['Impact'] } });
  });

  it('a document with 30 sections has at least 30 of them', () => {
    const sections = Array.from({ length: 30 }, (_, at) => `## Part ${at}\n\nShort.\n`);
    const ids = chunksOf(`# T\n\n${sections.join('\n')}`).map((chunk) => chunk.id);
    expect(new Set(ids).size).toBeGreaterThanOrEqual(30);
  });

  it('a document without any text still has its title', () => {
    expect(chunksOf('# Disk is full').map((chunk) => chunk.text)).toEqual(['Disk is full']);
  });

  it('carry a header of title, headings, services and alerts, once each', () => {
    const text =
      '---\nalerts: [WebHigh, Other]\nservices: [web, db]\n---\n# WebHigh\n\n## Mitigation\n\n### Now\n\nFix.';
    const [chunk] = chunksOf(text);
    expect(chunk!.header).toBe('WebHigh › Mitigation › Now\nweb, db, Other');
    expect(toEmbeddingText(chunk!)).toBe('WebHigh › Mitigation › Now. web, db, Other. Fix.');
  });

  it('never cut a fence of up to 1,500 characters', () => {
    const chunks = chunksOf(`# T\n\n## Fix\n\nRun:\n\n${fence(40)}\n\nDone.\n`);
    expect(chunks.map((chunk) => chunk.text)).toEqual(['Run:', fence(40), 'Done.']);
  });

  it('cut a larger fence at its line ends', () => {
    const chunks = chunksOf(`# T\n\n## Fix\n\n${fence(200)}\n`);
    expect(chunks.map((chunk) => chunk.text).join('\n')).toBe(fence(200));
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(1_500);
  });

  it('keep a fence in a list together, with the blank lines and list marks in it', () => {
    const inner = ['   ```yaml', '   - a', '', '   - b', '   ```'].join('\n');
    expect(chunksOf(`# T\n\n## Fix\n\n1. ${sentence(85)}\n\n${inner}\n`).map((chunk) => chunk.text)).toContain(
      `${inner}`,
    );
  });

  it('cut a long paragraph between sentences, and a long word anywhere', () => {
    const texts = chunksOf(`# T\n\n## Fix\n\n${`${sentence(30)} `.repeat(5)}\n\n${'x'.repeat(1_000)}\n`).map(
      (chunk) => chunk.text,
    );
    expect(texts.slice(0, 2).every((text) => text.endsWith('.'))).toBe(true);
    expect(texts.join('').match(/x/g)).toHaveLength(1_000);
  });

  it('leave out comments, and keep the lines true', () => {
    const chunks = chunksOf(
      '# T\n\n## Fix\n\nOne.\n\n<!-- hidden\n\nwords -->\n\nTwo.\n\n```html\n<!-- kept -->\n```\n',
    );
    expect(chunks.map((chunk) => chunk.text).join('|')).toBe('One.\n\nTwo.\n\n```html\n<!-- kept -->\n```');
    expect(chunks[0]!.source).toMatchObject({ line: 5, endLine: 15 });
  });

  it('have the same id wherever the file lies, and another for another kind', () => {
    const ids = (name: string, kind: 'runbook' | 'incident') =>
      chunksOf('# T\n\n## Impact\n\nBad.\n', kind, name).map((chunk) => chunk.id);
    expect(ids('a', 'runbook')).toEqual(ids('b', 'runbook'));
    expect(ids('a', 'incident')).not.toContain(ids('a', 'runbook')[0]);
  });

  it('point to lines that hold their words, and together hold every word', () => {
    const block = fc.oneof(
      fc.integer({ min: 1, max: 120 }).map(sentence),
      fc
        .integer({ min: 1, max: 12 })
        .map((count) => Array.from({ length: count }, (_, at) => `- item ${at}\n  more ${at}`).join('\n')),
      fc.integer({ min: 0, max: 60 }).map(fence),
      fc.integer({ min: 1, max: 9 }).map((count) => `| a | b |\n|---|---|\n${'| cell | cell |\n'.repeat(count)}`),
      fc.constantFrom(
        '## Meaning',
        '## Mitigation',
        '### Deeper',
        '> quote\n> more',
        '1. one\n\n   ```\n   two\n   ```',
      ),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 15 }), (blocks) => {
        const text = `# T\n\n${blocks.join('\n\n')}\n`;
        const lines = text.split('\n');
        const document = documentOf(text);
        for (const { text: words, source } of document.chunks) {
          const place = lines.slice(source.line - 1, source.endLine).join('\n');
          expect(bare(place)).toContain(bare(words));
        }
        const told = document.chunks.map((chunk) => chunk.text).join('\n');
        if (document.sections.length > 0)
          expect(bare(told)).toBe(bare(document.sections.map((section) => section.text).join('\n')));
      }),
      { numRuns: 200 },
    );
  });

  it('of a hostile file are made in time', () => {
    for (const text of [
      '<!-- '.repeat(50_000),
      '``` '.repeat(5_000),
      '- '.repeat(500),
      '> '.repeat(500),
      'x\n```\n'.repeat(2_000),
    ]) {
      expect(chunksOf(`# T\n\n${text}`).length).toBeGreaterThan(0);
    }
  });
});

const bare = (text: string) => text.replace(/\s+/g, '');

describe('the symptom card of an incident', () => {
  const card = (text: string) => chunksOf(text, 'incident')[0]!;

  it('tells title, services, alerts, signals and what was seen', () => {
    const text = [
      '---\nservices: [queue]\nalerts: [Backlog]\nsignals: [metric queue-0 depth up]\n---\n# Messages late',
      '## Summary\n\nMessages were late for an hour.',
      '## Detection\n\n- Backlog fired at 10:00',
      '## Impact\n\n*Nobody* could read [mail](https://mail.example.org).',
    ].join('\n\n');
    expect(card(text)).toMatchObject({
      header: 'Messages late › Symptoms\nqueue, Backlog',
      text: 'Messages late. Alerts: Backlog. Services: queue. Messages were late for an hour. Backlog fired at 10:00. Nobody could read mail. Signals: metric queue-0 depth up.',
      source: { line: 10, endLine: 10 },
    });
  });

  it('never tells the cause or what was done', () => {
    const secret = 'SECRET';
    const text = [
      `# Late\n\n- Root cause: ${secret}`,
      `## Summary\n\nIt was slow. It was caused by ${secret}. We restarted ${secret}. This was due to ${secret}.`,
      ...['Root cause', 'Contributing factors', 'Trigger', 'Resolution', 'Timeline', 'Action items'].map(
        (name) => `## ${name}\n\n${secret}`,
      ),
    ].join('\n\n');
    expect(card(text).text).toBe('Late. It was slow.');
  });

  it('exists once per incident, and for no runbook', () => {
    const symptoms = (chunks: readonly Chunk[]) => chunks.filter((chunk) => chunk.header.includes('Symptoms')).length;
    expect(symptoms(chunksOf('# A\n\nText.', 'incident'))).toBe(1);
    expect(symptoms(chunksOf('# A\n\nText.'))).toBe(0);
  });
});
