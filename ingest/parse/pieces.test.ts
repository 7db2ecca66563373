import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './markdown.ts';
import { cutIntoPieces } from './pieces.ts';

const page = (sections: number) =>
  [
    '# Page\n',
    ...Array.from(
      { length: sections },
      (_, at) =>
        `## Part ${at}\n\nText of *part* ${at}.\n\n1. Do it\n\n   \`\`\`sh\n   # no heading\n   ls\n   \`\`\`\n`,
    ),
  ].join('\n');

const isFast = (parse: () => void) => {
  const started = performance.now();
  parse();
  expect(performance.now() - started).toBeLessThan(5_000);
};

describe('a page of hundreds of kilobytes', () => {
  const text = page(3_000);
  const lines = text.split('\n');

  it('is parsed in pieces that together are the page', () => {
    const pieces = cutIntoPieces(lines);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.flatMap((piece) => lines.slice(piece.line, piece.endLine))).toEqual(lines);
  });

  it('has its sections on their own lines', () => {
    const { sections } = parseMarkdown(`---\ntitle: x\n---\n${text}`);
    expect(sections).toHaveLength(3_000);
    const all = ['---', 'title: x', '---', ...lines];
    for (const section of [0, 1_500, 2_999].map((at) => sections[at]!)) {
      expect(section.text).toBe(all.slice(section.line - 1, section.endLine).join('\n'));
      const list = section.nodes.find((node) => node.type === 'list');
      expect(all[(list?.children[0]?.position?.start.line ?? 0) - 1]).toBe('1. Do it');
    }
  });

  it('is never cut inside a fence, a comment or an item', () => {
    const fence = ['```', ...Array.from({ length: 20_000 }, (_, at) => `# line ${at}`), '```'].join('\n');
    const comment = ['<!--', ...Array.from({ length: 20_000 }, (_, at) => `# line ${at}`), '-->'].join('\n');
    const { headings } = parseMarkdown(`# T\n\n${fence}\n\n## A\n\n${comment}\n\n## B\n\nText.`);
    expect(headings.map(({ text }) => text)).toEqual(['T', 'A', 'B']);
  });
});

describe('what would take Markdown for ever', () => {
  it.each([
    ['a paragraph of marks', '*a_ '.repeat(15_000)],
    ['brackets without end', '[^a'.repeat(20_000)],
    ['one line of 200 kB', 'word '.repeat(40_000)],
    ['a quote in a quote in a quote', `${'>'.repeat(5_000)} a`],
    ['a list in a list in a list', `${'- '.repeat(2_000)} a`],
  ])('%s is plain text, and said to be at its line', (_, hostile) => {
    isFast(() => {
      const { refusals, sections } = parseMarkdown(`# T\n\nBefore.\n\n${hostile}\n\n## After\n\nText.`);
      expect(refusals).toEqual([{ line: 5, message: expect.stringContaining('plain text') }]);
      expect(sections[0]?.text).toContain(hostile.trimEnd());
      expect(sections[1]).toMatchObject({ headingPath: ['After'], text: 'Text.' });
    });
  });

  it.each([
    ['components that never close', 'export const x = {\n'.repeat(20_000)],
    ['blocks of AsciiDoc', '[NOTE]\n====\n'.repeat(5_000)],
    ['comments that never close', '<!-- '.repeat(50_000)],
    ['a heading of spaces', `# ${' '.repeat(200_000)}{`],
    ['headings of alerts', Array.from({ length: 2_000 }, (__, at) => `## Queue${at}TooHigh`).join('\n')],
  ])('%s take no longer than other text', (_, hostile) => {
    isFast(() => parseMarkdown(hostile));
  });

  it('a picture in base64 is left out and named; the text around it stays', () => {
    const { refusals, sections } = parseMarkdown(
      `# T\n\nBefore.\n\n![x](data:image/png;base64,${'A'.repeat(30_000)})\n\nAfter.`,
    );
    expect(refusals).toEqual([{ line: 5, message: expect.stringContaining('base64') }]);
    expect(sections.map(({ text }) => text)).toEqual(['Before.', 'After.']);
  });

  it('a list of thousands of items is a list', () => {
    const items = Array.from({ length: 5_000 }, (_, at) => `- item ${at}`).join('\n');
    const { sections, refusals } = parseMarkdown(`# T\n\n${items}`);
    expect(refusals).toEqual([]);
    expect(sections).toHaveLength(1);
    expect(sections[0]?.nodes.every(({ type }) => type === 'list')).toBe(true);
  });
});
