import { escapeMarkup, type Svg } from './svg.ts';

/** Drawings, and the figures they were drawn from for those who cannot see them or want to check. */
export interface HtmlSection {
  readonly title: string;
  readonly note: string;
  /** SVG; none where a table says it all, which is then open. */
  readonly svg?: Svg;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What stands above the sections. */
export interface PageHead {
  readonly title: string;
  readonly introduction: string;
  /** What must not be overlooked. */
  readonly warning?: string | undefined;
  readonly notes?: readonly string[];
}

const LIGHT = `--ink: #1c2024; --paper: #ffffff; --rule: #c9ced4; --loud: #1f6feb; --quiet: #a9b4c0;
  --line-0: #1f6feb; --line-1: #b4540a; --line-2: #1a7f4b; --line-3: #8250df; --line-4: #bf3989; --line-5: #57606a;`;
const DARK = `--ink: #e6e9ec; --paper: #14171a; --rule: #3c444d; --loud: #58a6ff; --quiet: #5b6672;
  --line-0: #58a6ff; --line-1: #f0883e; --line-2: #56d364; --line-3: #bc8cff; --line-4: #f778ba; --line-5: #9aa4ae;`;

const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
svg { max-width: 100%; height: auto; }
figure { margin: 1rem 0; display: flex; flex-wrap: wrap; gap: 1rem; }
details, .table { margin: .5rem 0 2rem; overflow-x: auto; }
.warning { border-left: 4px solid var(--line-1); padding: .5rem 1rem; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--rule); padding: .2rem .5rem; text-align: left; overflow-wrap: anywhere; }
@media print { :root { color-scheme: light; ${LIGHT} } body { margin: 0; max-width: none; } section { break-inside: avoid-page; }
  details::details-content { content-visibility: visible; } * { print-color-adjust: exact; } }
`;

/** One file, whole in itself: no script, no font, no picture from anywhere else. */
export function renderPage(
  { title, introduction, warning, notes = [] }: PageHead,
  sections: readonly HtmlSection[],
): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeMarkup(title)}</h1><p>${escapeMarkup(introduction)}</p>`,
    warning === undefined ? '' : `<p class="warning"><strong>${escapeMarkup(warning)}</strong></p>`,
    notes.length === 0 ? '' : `<ul>${notes.map((note) => `<li>${escapeMarkup(note)}</li>`).join('\n')}</ul>`,
    ...sections.map(renderSection),
    '</body></html>',
    '',
  ].join('\n');
}

function renderSection({ title, note, svg, header, rows }: HtmlSection): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((words) => `<${tag}>${escapeMarkup(words)}</${tag}>`).join('')}</tr>`;
  const table = `<table><thead>${cells('th', header)}</thead><tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody></table>`;
  return [
    `<section><h2>${escapeMarkup(title)}</h2><p>${escapeMarkup(note)}</p>`,
    svg === undefined ? '' : `<figure>${svg}</figure>`,
    svg === undefined
      ? `<div class="table">${table}</div>`
      : `<details><summary>As a table</summary>${table}</details>`,
    '</section>',
  ].join('\n');
}
