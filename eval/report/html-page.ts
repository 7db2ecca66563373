/** A plot, and the figures it was drawn from for those who cannot see it or want to check. */
export interface HtmlSection {
  readonly title: string;
  readonly note: string;
  /** SVG as the plotting library wrote it. */
  readonly svg: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --rule: #c9ced4; --loud: #1f6feb; --quiet: #a9b4c0;
  --line-0: #1f6feb; --line-1: #b4540a; --line-2: #1a7f4b; --line-3: #8250df; --line-4: #bf3989; --line-5: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14171a; --rule: #3c444d; --loud: #58a6ff; --quiet: #5b6672;
  --line-0: #58a6ff; --line-1: #f0883e; --line-2: #56d364; --line-3: #bc8cff; --line-4: #f778ba; --line-5: #9aa4ae; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
svg { max-width: 100%; height: auto; }
details { margin: .5rem 0 2rem; overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--rule); padding: .2rem .5rem; text-align: left; }
`;

/** One file, whole in itself: no script, no font, no picture from anywhere else. */
export function renderPage(title: string, introduction: string, sections: readonly HtmlSection[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(introduction)}</p>`,
    ...sections.map(renderSection),
    '</body></html>',
    '',
  ].join('\n');
}

function renderSection({ title, note, svg, header, rows }: HtmlSection): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  return [
    `<section><h2>${escapeHtml(title)}</h2><p>${escapeHtml(note)}</p>`,
    `<figure>${svg}</figure>`,
    `<details><summary>As a table</summary><table><thead>${cells('th', header)}</thead>`,
    `<tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody></table></details></section>`,
  ].join('\n');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
