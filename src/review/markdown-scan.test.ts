import { describe, expect, it } from 'vitest';
import { scanMarkdown } from './markdown-scan.ts';

const scan = (...lines: string[]) => scanMarkdown(lines.join('\n'));

describe('the scan of a Markdown file', () => {
  it('names headings as GitHub does, repeated ones and those with an anchor of their own', () => {
    const { anchors } = scan('# What? A `web` & db', '## Fix', '## Fix', '## Ende gut {#end}', '<a name="old"></a>');
    for (const name of ['what-a-web--db', 'fix', 'fix-1', 'end', 'old']) expect(anchors).toContain(name);
    expect(anchors).not.toContain('fix-2');
  });

  it('finds links, images and definitions at their lines, and none in code', () => {
    const { links } = scan('---', 'title: a', '---', '[a](b.md)', '![c](d.png)', '', '`[x](y)`', '', '[e]: f.md');
    expect(links).toEqual([
      { target: 'b.md', line: 4 },
      { target: 'd.png', line: 5 },
      { target: 'f.md', line: 9 },
    ]);
  });

  it.each([
    [['```sh', 'ls', '```'], true],
    [['```sh', 'ls'], false],
    [['~~~', '```', '~~~'], true],
    [['````', '```', '```'], false],
    [['> ```', '> ls', '> ```'], true],
    [['1. x', '', '   ```', '   ls', '   ```'], true],
    [['1. x', '', '   ```', 'ls', '   ```'], false],
    [['```'], false],
  ])('tells whether a fence is closed: %j', (lines, isClosed) => {
    expect(scan(...lines).fences[0]).toMatchObject({ isClosed });
  });

  it('tells drafts from sections that say something', () => {
    const { headings } = scan('## A', '<!-- ask -->', '## B', '## C', 'TODO', '## D', '<!-- x -->', 'Do it.', '## E');
    expect(headings.map(({ holds }) => holds)).toEqual(['draft', 'nothing', 'draft', 'content', 'nothing']);
  });

  it('takes time in proportion to a hostile file', () => {
    const hostile = ['`'.repeat(50_000), '#'.repeat(50_000), '---'.repeat(20_000), '![]('.repeat(3_000)].join('\n\n');
    const started = performance.now();
    scanMarkdown(hostile);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
