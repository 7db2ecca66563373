import { kindsOf } from './line-kinds.ts';

/**
 * The lines as a Markdown parser should see them: what belongs to a site generator (MDX imports and tags, Docusaurus
 * admonitions, Hugo shortcodes, marks of AsciiDoc, places for a table of contents) is blank, and the prose inside it is
 * prose. Line for line, so positions stay; what is stored and shown is always the text as written.
 */
export function withoutDialects(lines: readonly string[]): string[] {
  const plain = withoutAsciiDoc(lines);
  const kinds = kindsOf(plain);
  const statements = findStatements(plain, kinds);
  return plain.map((line, at) => (kinds[at] === 'text' ? (statements.has(at) ? '' : viewOf(line)) : line));
}

/** Lines that say nothing by themselves. */
const MARKS = [
  /^\s*:{3}/, // :::note Title, :::
  /^\s*\{\{[<%].*[%>]\}\}\s*$/, // {{< tabs >}}
  /^\s*\{%.*%\}\s*$/, // {% raw %}
  /^\s*<\/?[A-Z][\w.]*(?:\s[^<>]*)?\/?>\s*$/, // <TabItem value="x">
  /^\s*<\/?details[^<>]*>\s*$/i,
  /^\s*\[?\[_?toc_?\]\]?\s*$/i,
  /^:[a-z][\w-]*!?:(?:\s.*)?$/i, // :toc: and every other attribute of AsciiDoc
  /^toc::\[\]\s*$/,
  /^\{:.*\}\s*$/, // {:toc}
  /^(?:import\s+['"]|import\s.*\sfrom\s+['"])/,
];

function viewOf(line: string): string {
  if (MARKS.some((mark) => mark.test(line))) return '';
  if (line.startsWith('#')) return withoutAttributes(line);
  if (line.includes('[!')) return line.replace(/^(\s*(?:>\s*)+)\[![A-Za-z]+\][+-]?\s*/, '$1');
  return line.includes('<') ? withoutTags(line) : line;
}

/** `## Mitigation {#fix}` is called Mitigation. */
function withoutAttributes(heading: string): string {
  const open = heading.lastIndexOf('{');
  const isAttribute = open > 0 && heading.trimEnd().endsWith('}') && /^[#.:]/.test(heading.slice(open + 1));
  return isAttribute ? heading.slice(0, open) : heading;
}

/** `<summary>Root cause</summary>` is a heading to its author; a component around words leaves the words. */
function withoutTags(line: string): string {
  const summary = /^\s*(?:<details[^<>]*>\s*)?<summary[^<>]*>([^<>]+)<\/summary>\s*$/i.exec(line)?.[1];
  if (summary !== undefined) return `**${summary.trim()}**`;
  const closed = new Set([...line.matchAll(/<\/([A-Z][\w.]*)>/g)].map(([, name]) => name));
  if (closed.size === 0) return line;
  return line.replace(/<\/?([A-Z][\w.]*)(?:\s[^<>]*)?>/g, (tag, name: string) => (closed.has(name) ? '' : tag));
}

/** Statements of MDX run to a line that closes what they opened; prose that only begins with such a word does not. */
function findStatements(lines: readonly string[], kinds: readonly string[]): Set<number> {
  const found = new Set<number>();
  const isStart = /^(?:import\s*\{\s*$|export\s+(?:default|const|let|var|function)\b)/;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (kinds[at] !== 'text' || !isStart.test(line)) continue;
    const end = /[{([]$/.test(line.trimEnd()) ? findClosing(lines, at) : at;
    for (; at < end; at++) found.add(at);
    found.add(at);
  }
  return found;
}

/** Nobody writes a component of more lines into a page, and looking on for ever would take for ever. */
const MAX_STATEMENT = 200;

function findClosing(lines: readonly string[], start: number): number {
  const below = lines.slice(start + 1, start + MAX_STATEMENT).findIndex((line) => /^[})\]]/.test(line));
  return start + 1 + below;
}

const SOURCE = /^\[source(?:[,%]\s*([\w-]+))?[^[\]]*\]\s*$/;
const BLOCK = /^\[(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION|EXAMPLE|quote)\]\s*$/;

/** Under Markdown's rules `----` below a line makes it a heading, so AsciiDoc's fences become Markdown's. */
function withoutAsciiDoc(lines: readonly string[]): string[] {
  const view = [...lines];
  const kinds = lines.some((line) => line.startsWith('[')) ? kindsOf(lines) : [];
  for (let at = 0; at < lines.length - 1; at++) {
    const line = lines[at] ?? '';
    const fence = (lines[at + 1] ?? '').trimEnd();
    if (kinds[at] !== 'text' || !/^(?:-{4,}|={4,})$/.test(fence)) continue;
    const source = SOURCE.exec(line);
    if (!source && !BLOCK.test(line)) continue;
    const end = findFence(lines, fence, at + 2);
    view[at] = '';
    view[at + 1] = source && end !== -1 ? `\`\`\`${source[1] ?? ''}` : '';
    if (end === -1) continue;
    view[end] = source ? '```' : '';
    at = end;
  }
  return view;
}

function findFence(lines: readonly string[], fence: string, from: number): number {
  for (let at = from; at < lines.length; at++) if (lines[at]?.trimEnd() === fence) return at;
  return -1;
}
