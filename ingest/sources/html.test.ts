import { describe, expect, it } from 'vitest';
import { readHtmlPage } from './html.ts';

const read = (html: string) => readHtmlPage(html, 'https://docs.example.com/ops/web/');

describe('a page of a documentation site', () => {
  it('is its main content, with headings, lists, tables and code', () => {
    const { title, markdown } = read(`<html><head><title>Web is slow - Docs</title><style>x</style></head><body>
      <header><h1>Docs</h1></header><nav><ul><li>Menu</li></ul></nav>
      <main><article><header><h1>Web is slow<a class="anchor" href="#web">¶</a></h1></header>
      <h2>Mitigation <a href="#m">#</a></h2><ol><li>Look</li><li>Restart<ul><li>web</li></ul></li></ol>
      <pre><code class="language-bash"><span>kubectl</span> get &lt;pods&gt;</code></pre>
      <table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1|2</td></tr></tbody></table>
      <aside class="admonition caution">Not twice</aside><aside>On this page</aside>
      <script>evil()</script><footer>Edit this page</footer></article></main><footer>Imprint</footer></body></html>`);
    expect(title).toBe('Web is slow');
    expect(markdown.trim()).toBe(
      [
        '# Web is slow',
        '',
        '## Mitigation',
        '',
        '1. Look',
        '2. Restart',
        '   - web',
        '',
        '```bash',
        'kubectl get <pods>',
        '```',
        '',
        '| a |',
        '| - |',
        '| 1\\|2 |',
        '',
        'Not twice',
      ].join('\n'),
    );
  });

  it('is its body without the furniture when it has no main part', () => {
    const { title, markdown } = read(
      '<title>Plain</title><body><header>Docs</header><div>Text</div><footer>Imprint</footer></body>',
    );
    expect([title, markdown.trim()]).toEqual(['Plain', 'Text']);
  });

  it('has whole links and images, wherever they stand', () => {
    const { links, markdown } = read(
      '<nav><a href="/a">a</a></nav><main><a href="../b#c">b</a> <img src="d.png" alt="graph"> <a href="mailto:x@example.com">x</a></main>',
    );
    expect(links).toEqual(['https://docs.example.com/a', 'https://docs.example.com/ops/b#c', 'mailto:x@example.com']);
    expect(markdown.trim()).toBe(
      '[b](https://docs.example.com/ops/b#c) ![graph](https://docs.example.com/ops/web/d.png) [x](mailto:x@example.com)',
    );
  });
});
