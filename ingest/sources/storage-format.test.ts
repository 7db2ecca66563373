import { describe, expect, it } from 'vitest';
import { storageToMarkdown } from './storage-format.ts';

const PAGE = { id: '101', space: 'OPS', baseUrl: 'https://wiki.example.com' };
const convert = (storage: string) => storageToMarkdown(storage, PAGE).trim();

const macro = (name: string, parameters: Readonly<Record<string, string>>, body = '') =>
  `<ac:structured-macro ac:name="${name}" ac:schema-version="1">${Object.entries(parameters)
    .map(([key, value]) => `<ac:parameter ac:name="${key}">${value}</ac:parameter>`)
    .join('')}${body}</ac:structured-macro>`;
const plain = (text: string) => `<ac:plain-text-body><![CDATA[${text}]]></ac:plain-text-body>`;
const rich = (html: string) => `<ac:rich-text-body>${html}</ac:rich-text-body>`;

describe('Confluence’s storage format as Markdown', () => {
  it.each([
    [
      'headings and text',
      '<h2>Meaning</h2><p>web &amp; db&nbsp;<strong>slow</strong></p>',
      '## Meaning\n\nweb & db **slow**',
    ],
    ['empty elements', '<p /><p>a</p><p><strong /></p><p>b<br />c</p>', 'a\n\n\n\nb\\\nc'],
    [
      'code with its language, as it was typed',
      macro('code', { language: 'bash' }, plain('kubectl get <pod> && \\\n  echo "a & b"')),
      '```bash\nkubectl get <pod> && \\\n  echo "a & b"\n```',
    ],
    ['a warning', macro('warning', {}, rich('<p>Not twice.</p>')), '> **Warning**\n>\n> Not twice.'],
    [
      'code inside a panel with a title',
      macro('info', { title: 'How' }, rich(macro('code', { language: 'sql' }, plain('select 1')))),
      '> **Info: How**\n>\n> ```sql\n> select 1\n> ```',
    ],
    [
      'tasks',
      '<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>one</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>two</ac:task-body></ac:task></ac:task-list>',
      '- [x] one\n- [ ] two',
    ],
    [
      'a table with a date and a status',
      `<table><tbody><tr><th>When</th><th>State</th></tr><tr><td><time datetime="2026-01-02" /></td><td>${macro('status', { colour: 'Green', title: 'DONE' })}</td></tr></tbody></table>`,
      '| When | State |\n| - | - |\n| 2026-01-02 | DONE |',
    ],
    [
      'links to pages, files and people',
      '<p><ac:link><ri:page ri:content-title="High CPU &amp; more" /><ac:plain-text-link-body><![CDATA[the page]]></ac:plain-text-link-body></ac:link>, <ac:link><ri:page ri:space-key="DB" ri:content-title="Disk" /></ac:link>, <ac:link><ri:attachment ri:filename="a.pdf" /></ac:link>, by <ac:link><ri:user ri:account-id="x" /></ac:link>.</p>',
      '[the page](https://wiki.example.com/display/OPS/High+CPU+%26+more), [Disk](https://wiki.example.com/display/DB/Disk), a.pdf, by .',
    ],
    [
      'images with their words',
      '<ac:image ac:alt="latency graph"><ri:attachment ri:filename="graph 1.png" /></ac:image>',
      '![latency graph](https://wiki.example.com/download/attachments/101/graph+1.png)',
    ],
    [
      'layouts, of which only the content is left',
      `<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell><h1>A</h1></ac:layout-cell><ac:layout-cell>${macro('section', {}, rich(macro('column', {}, rich('<p>b</p>'))))}</ac:layout-cell></ac:layout-section></ac:layout>`,
      '# A\n\nb',
    ],
    [
      'what hides behind a click, and nothing of what is made by the page itself',
      macro('toc', { maxLevel: '2' }) +
        macro('expand', { title: 'More' }, rich('<p>hidden</p>')) +
        macro('children', {}),
      '**More**\n\nhidden',
    ],
    [
      'macros that nobody knows, by their text',
      macro('acme-note', { x: '1' }, rich('<p>kept</p>')) + macro('acme-raw', {}, plain('a < b')),
      'kept\n\n```\na < b\n```',
    ],
    [
      'panels of the new editor',
      '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content><p>new</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>old</p></ac:adf-fallback></ac:adf-extension>',
      'old',
    ],
  ])('keeps %s', (_what, storage, markdown) => {
    expect(convert(storage)).toBe(markdown);
  });

  it('reads what is no XML as far as it goes', () => {
    expect(convert('<p>open <strong>bold<p>next & last')).toContain('next & last');
    expect(convert('')).toBe('');
  });
});
