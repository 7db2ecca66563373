import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chunk, KnowledgeDocument } from '../../src/domain/document.ts';
import { countWords } from '../../src/testing/hash-embedder.ts';
import { buildIncident, buildRunbook, buildSection } from '../../src/testing/knowledge-builder.ts';
import { toEmbeddingText } from '../embed.ts';
import { parseProse } from '../parse/parse.ts';
import { chunkDocument } from './chunk.ts';
import { writeSymptomCard } from './symptom-card.ts';

type Kind = 'runbook' | 'incident';

/** Those of the text; a runbook's title is a chunk by itself. */
async function chunksOf(text: string, kind: Kind = 'runbook', name = 'web/High'): Promise<readonly Chunk[]> {
  const { chunks } = await documentOf(text, kind, name);
  return kind === 'runbook' ? chunks.slice(1) : chunks;
}

function documentOf(text: string, kind: Kind = 'runbook', name = 'web/High'): Promise<KnowledgeDocument> {
  const { documents } = parseProse({
    path: `${kind}s/${name}.md`,
    source: '',
    name,
    id: name,
    kind,
    sha: 'f00d',
    text,
    problems: [],
  });
  return chunkDocument(documents[0]!, countWords);
}

const sentence = (words: number) => `${'Word '.repeat(words).trim()}.`;
const fence = (lines: number) =>
  ['```sh', ...Array.from({ length: lines }, (_, at) => `echo this is line number ${at}`), '```'].join('\n');

const largest = (texts: readonly string[]) => Math.max(...texts.map(countWords));
const textsOf = (chunks: readonly Chunk[]) => chunks.map((chunk) => chunk.text);

describe('chunks', () => {
  it('hold up to 112 tokens, each of one section only', async () => {
    const chunks = await chunksOf(`# T\n\n## Meaning\n\n${`${sentence(30)}\n\n`.repeat(12)}## Impact\n\nBad.\n`);
    expect(chunks.map(({ text }) => countWords(text))).toEqual([93, 93, 93, 93, 2]);
    expect(chunks.at(-1)).toMatchObject({ text: 'Bad.', source: { headingPath: ['Impact'] } });
  });

  it('a document with 30 sections has of all 30, and as many the second time', async () => {
    const sections = Array.from({ length: 30 }, (_, at) => `## Part ${at}\n\nShort.\n`);
    const read = async () => (await chunksOf(`# T\n\n${sections.join('\n')}`)).map(({ id }) => id);
    const ids = await read();
    expect(new Set(ids).size).toBe(30);
    expect(await read()).toEqual(ids);
  });

  it('of a runbook begin with its title, and of a document without any text that is all', async () => {
    expect(textsOf((await documentOf('# Disk is full\n\nMuch.')).chunks)).toEqual(['Disk is full', 'Much.']);
    expect(textsOf((await documentOf('# Disk is full')).chunks)).toEqual(['Disk is full']);
  });

  it('carry a header of title, headings, services and alerts, once each', async () => {
    const text =
      '---\nalerts: [WebHigh, Other]\nservices: [web, db]\n---\n# WebHigh\n\n## Mitigation\n\n### Now\n\nFix.';
    const [chunk] = await chunksOf(text);
    expect(chunk!.header).toBe('WebHigh › Mitigation › Now\nweb, db, Other');
    expect(toEmbeddingText(chunk!)).toBe('WebHigh › Mitigation › Now. web, db, Other. Fix.');
  });

  it('keep their text within what the model reads, however long the title is', async () => {
    const [chunk] = await chunksOf(`# ${'Title '.repeat(500)}\n\n## Fix\n\n${fence(60)}`);
    expect(chunk!.header.length).toBeLessThan(300);
    expect(countWords(toEmbeddingText(chunk!))).toBeLessThan(510);
  });

  it('never cut a fence that the model reads to its end', async () => {
    const chunks = await chunksOf(`# T\n\n## Fix\n\nRun:\n\n${fence(80)}\n\nDone.\n`);
    expect(countWords(fence(80))).toBeGreaterThan(400);
    expect(textsOf(chunks)).toEqual(['Run:', fence(80), 'Done.']);
  });

  it('cut a larger fence at its line ends', async () => {
    const texts = textsOf(await chunksOf(`# T\n\n## Fix\n\n${fence(200)}\n`));
    expect(texts.join('\n')).toBe(fence(200));
    expect(largest(texts)).toBeLessThanOrEqual(504);
  });

  it('keep a fence in a list together, with the blank lines and list marks in it', async () => {
    const inner = ['   ```yaml', '   - a', '', '   - b', '   ```'].join('\n');
    expect(textsOf(await chunksOf(`# T\n\n## Fix\n\n1. ${sentence(105)}\n\n${inner}\n`))).toContain(inner);
  });

  it('cut a long paragraph between sentences, and a long word anywhere but within a character', async () => {
    const text = `# T\n\n## Fix\n\n${`${sentence(40)} `.repeat(5)}\n\n${'🔥'.repeat(5_000)}\n`;
    const texts = textsOf(await chunksOf(text));
    expect(texts.slice(0, 2).map(countWords)).toEqual([82, 82]);
    expect(texts.slice(0, 2).every((words) => words.endsWith('.'))).toBe(true);
    expect(texts.slice(2).every((piece) => !/\p{Cs}/u.test(piece) && piece.length <= 1_024)).toBe(true);
    expect(texts.join('').match(/🔥/gu)).toHaveLength(5_000);
  });

  it('leave out comments, and keep the lines true', async () => {
    const text = '# T\n\n## Fix\n\nOne.\n\n<!-- hidden\n\nwords -->\n\nTwo.\n\n```html\n<!-- kept -->\n```\n';
    const chunks = await chunksOf(text);
    expect(textsOf(chunks)).toEqual(['One.\n\nTwo.\n\n```html\n<!-- kept -->\n```']);
    expect(chunks[0]!.source).toMatchObject({ line: 5, endLine: 15 });
  });

  it('have the same id wherever the file lies, and another for another kind', async () => {
    const ids = async (name: string, kind: Kind) =>
      (await chunksOf('# T\n\n## Impact\n\nBad.\n', kind, name)).map((chunk) => chunk.id);
    expect(await ids('a', 'runbook')).toEqual(await ids('b', 'runbook'));
    expect(await ids('a', 'incident')).not.toContain((await ids('a', 'runbook'))[0]);
  });

  it('point to lines that hold their words, and together hold every word', async () => {
    const block = fc.oneof(
      fc.integer({ min: 1, max: 200 }).map(sentence),
      fc
        .integer({ min: 1, max: 12 })
        .map((count) => Array.from({ length: count }, (_, at) => `- item ${at}\n  more ${at}`).join('\n')),
      fc.integer({ min: 0, max: 120 }).map(fence),
      fc.integer({ min: 1, max: 9 }).map((count) => `| a | b |\n|---|---|\n${'| cell | cell |\n'.repeat(count)}`),
      fc.constantFrom(
        '## Meaning',
        '## Mitigation',
        '### Deeper',
        '> quote\n> more',
        '1. one\n\n   ```\n   two\n   ```',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 15 }), async (blocks) => {
        const text = `# T\n\n${blocks.join('\n\n')}\n`;
        const lines = text.split('\n');
        const document = await documentOf(text);
        for (const { text: words, source } of document.chunks) {
          const place = lines.slice(source.line - 1, source.endLine).join('\n');
          expect(bare(place)).toContain(bare(words));
        }
        const told = document.chunks
          .slice(1)
          .map((chunk) => chunk.text)
          .join('\n');
        if (document.sections.length > 0)
          expect(bare(told)).toBe(bare(document.sections.map((section) => section.text).join('\n')));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['comments that never close', '<!-- '.repeat(50_000)],
    ['fences in one line', '``` '.repeat(5_000)],
    ['lists within lists', '- '.repeat(500)],
    ['quotes within quotes', '> '.repeat(500)],
    ['many small fences', 'x\n```\n'.repeat(2_000)],
  ])('of a hostile file are made in time: %s', async (_what, text) => {
    expect((await chunksOf(`# T\n\n${text}`)).length).toBeGreaterThan(0);
  });
});

describe('a section of megabytes', () => {
  const section = (text: string): KnowledgeDocument => {
    return buildRunbook({ id: 'a', sections: [buildSection('runbooks/a.md', 'other', text)] });
  };

  it.each([
    ['one line of words', 'disk full '.repeat(100_000)],
    ['one word', 'x'.repeat(1_000_000)],
    ['one line of sentences', 'The disk is full. '.repeat(50_000)],
    ['one paragraph', 'the disk of the database is full\n'.repeat(30_000)],
    ['one fence', `\`\`\`\n${'df -h /var/lib/data\n'.repeat(50_000)}`],
  ])('gives way while it is counted: %s', async (_what, text) => {
    let [most, counted] = [0, 0];
    const countTokens = (words: string) => {
      counted += words.length;
      most = Math.max(most, counted);
      return countWords(words);
    };
    const nextTurn = () => {
      counted = 0;
      turn = setImmediate(nextTurn);
    };
    let turn = setImmediate(nextTurn);
    const { chunks } = await chunkDocument(section(text), countTokens);
    clearImmediate(turn);
    expect(bare(textsOf(chunks.slice(1)).join('')).length).toBe(bare(text).length);
    expect(most).toBeLessThan(250_000);
  });

  it('stops between two turns when nobody wants it any more', async () => {
    const abort = new AbortController();
    const cutting = chunkDocument(section('disk full\n\n'.repeat(100_000)), countWords, abort.signal);
    abort.abort(new Error('not needed any more'));
    await expect(cutting).rejects.toThrow('not needed any more');
  });
});

const bare = (text: string) => text.replace(/\s+/g, '');

describe('the symptom card of an incident', () => {
  const card = async (text: string) => (await chunksOf(text, 'incident'))[0]!;

  it('tells title, services, alerts, signals and what was seen', async () => {
    const text = [
      '---\nservices: [queue]\nalerts: [Backlog]\nsignals: [metric queue-0 depth up]\n---\n# Messages late',
      '## Summary\n\nMessages were late for an hour.',
      '## Detection\n\n- Backlog fired at 10:00',
      '## Impact\n\n*Nobody* could read [mail](https://mail.example.org).',
    ].join('\n\n');
    expect(await card(text)).toMatchObject({
      header: 'Messages late › Symptoms\nqueue, Backlog',
      text: 'Messages late. Alerts: Backlog. Services: queue. Messages were late for an hour. Backlog fired at 10:00. Nobody could read mail. Signals: metric queue-0 depth up.',
      source: { line: 10, endLine: 10 },
    });
  });

  it('never tells the cause or what was done', async () => {
    const secret = 'SECRET';
    const text = [
      `# Late\n\n- Root cause: ${secret}`,
      `## Summary\n\nIt was slow. It was caused by ${secret}. We restarted ${secret}. This was due to ${secret}.`,
      `1. *Mitigation* (by hand): yes. Then ${secret}.\n2. Nobody could pay`,
      `**Root cause:** see below. The ${secret} had\nbeen ${secret}.`,
      ...['Root cause', 'Contributing factors', 'Trigger', 'Resolution', 'Timeline', 'Action items'].map(
        (name) => `## ${name}\n\n${secret}`,
      ),
    ].join('\n\n');
    expect((await card(text)).text).toBe('Late. It was slow. Nobody could pay.');
  });

  it('stays small, and gives each part its share', async () => {
    const text = ['Summary', 'Detection', 'Impact'].map(
      (name) => `## ${name}\n\n${`${name} was seen by all of us. `.repeat(100)}`,
    );
    const signals = Array.from({ length: 40 }, (_, at) => `metric web-${at} errors up`).join(', ');
    const written = (await card(`---\nsignals: [${signals}]\n---\n# Late\n\n${text.join('\n\n')}`)).text;
    expect(countWords(written)).toBeLessThanOrEqual(165);
    for (const name of ['Summary', 'Detection', 'Impact', 'web-0'])
      expect(written.split(name).length).toBeGreaterThan(1);
  });

  it.each(['[', '[](', '<!--', '```\n', '- ', '**Cause', 'a.'])(
    'of a hostile report is written in time: %s',
    async (part) => {
      const summary = buildSection('incidents/late.md', 'summary', part.repeat(100_000));
      const started = performance.now();
      writeSymptomCard(buildIncident({ id: 'late', sections: [summary] }), countWords);
      expect(performance.now() - started).toBeLessThan(500);
    },
  );

  it('exists once per incident, and for no runbook', async () => {
    const symptoms = (chunks: readonly Chunk[]) => chunks.filter((chunk) => chunk.header.includes('Symptoms')).length;
    expect(symptoms(await chunksOf('# A\n\nText.', 'incident'))).toBe(1);
    expect(symptoms(await chunksOf('# A\n\nText.'))).toBe(0);
  });
});
