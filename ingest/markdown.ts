import type { Paragraph, Root, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { remark } from 'remark';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import { isSectionName } from './sections.ts';

/** Text under one heading, up to the next heading of any level. Lines are 1-based, inclusive, and hold exactly `text`. */
export interface MarkdownSection {
  /** Headings below the document's title, outermost first; empty for what stands before the first of them. */
  readonly headingPath: readonly string[];
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
  readonly nodes: readonly RootContent[];
}

export interface MarkdownFile {
  readonly frontMatter: FrontMatterBlock | undefined;
  readonly title: { readonly text: string; readonly line: number } | undefined;
  readonly sections: readonly MarkdownSection[];
  readonly lines: number;
}

/** `line` is where the block opens; its first own line is the next one. */
export interface FrontMatterBlock {
  readonly format: 'yaml' | 'toml';
  readonly text: string;
  readonly line: number;
}

const plainParser = remark().use(remarkGfm).freeze();
const parser = remark().use(remarkFrontmatter, ['yaml', 'toml']).use(remarkGfm).freeze();

/**
 * A fence, something on the next line, and a fence again. Other files that begin with `---` have a rule there, and must
 * not meet remark-frontmatter: where it looks for an end in vain, it leaves lists unrecognised.
 */
const FRONT_MATTER = /^(---|\+\+\+)[ \t]*\n(?![ \t]*\n)(?:[\s\S]*?\n)?\1[ \t]*(?:\n|$)/;

/** A bold line of its own that names a section is a heading to its author: one level below all others. */
const BOLD_DEPTH = 7;

export function parseMarkdown(text: string): MarkdownFile {
  const root: Root = FRONT_MATTER.test(text) ? parser.parse(text) : plainParser.parse(text);
  const lines = text.split('\n');
  const title = findTitle(root);
  return {
    frontMatter: findFrontMatter(root.children[0]),
    title: title && { text: plainText(title), line: lineOf(title) },
    sections: splitSections(root, title, lines),
    lines: text.endsWith('\n') ? lines.length - 1 : lines.length,
  };
}

/** The first H1, unless it is itself a section's name, as in files that write every heading with one `#`. */
function findTitle(root: Root): RootContent | undefined {
  const first = root.children.find((node) => node.type === 'heading' && node.depth === 1);
  return first && !isSectionName(plainText(first)) ? first : undefined;
}

/** remark-frontmatter names its TOML node by a type that mdast does not know, hence the look at the word. */
function findFrontMatter(node: RootContent | undefined): FrontMatterBlock | undefined {
  if (node === undefined || !('value' in node)) return undefined;
  const format = String(node.type);
  if (format !== 'yaml' && format !== 'toml') return undefined;
  return { format, text: node.value, line: lineOf(node) };
}

interface Heading {
  readonly depth: number;
  readonly text: string;
}

function splitSections(root: Root, title: RootContent | undefined, lines: readonly string[]): MarkdownSection[] {
  const sections: MarkdownSection[] = [];
  let path: Heading[] = [];
  let nodes: RootContent[] = [];
  const close = () => {
    const section = toSection(path, nodes, lines);
    if (section) sections.push(section);
    nodes = [];
  };
  for (const node of root.children) {
    const heading = toHeading(node);
    if (heading) {
      close();
      path = node === title ? [] : [...path.filter((above) => above.depth < heading.depth), heading];
    } else if (!isFrontMatter(node)) nodes.push(node);
  }
  close();
  return sections;
}

function toSection(
  path: readonly Heading[],
  nodes: readonly RootContent[],
  lines: readonly string[],
): MarkdownSection | undefined {
  const seen = nodes.filter((node) => !isComment(node));
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [line, endLine] = [lineOf(first), endLineOf(last)];
  const text = lines.slice(line - 1, endLine).join('\n');
  return { headingPath: path.map((heading) => heading.text), line, endLine, text, nodes: seen };
}

function toHeading(node: RootContent): Heading | undefined {
  if (node.type === 'heading') return { depth: node.depth, text: plainText(node) };
  if (node.type !== 'paragraph' || node.children.length !== 1 || node.children[0]?.type !== 'strong') return undefined;
  const text = plainText(node);
  return isSectionName(text) ? { depth: BOLD_DEPTH, text: text.replace(/:$/, '') } : undefined;
}

function isFrontMatter(node: RootContent): boolean {
  return node.position?.start.line === 1 && findFrontMatter(node) !== undefined;
}

/** What nobody sees on the rendered page is not knowledge: notes to editors, linter switches, or worse. */
function isComment(node: RootContent): boolean {
  return node.type === 'html' && /^\s*<!--[\s\S]*-->\s*$/.test(node.value);
}

/** Words without markup; line breaks stay, comments and tags go. */
export function plainText(node: RootContent | Paragraph): string {
  if (node.type !== 'paragraph') return textOf(node, { includeHtml: false }).trim();
  return node.children
    .map((child) => (child.type === 'break' ? '\n' : textOf(child, { includeHtml: false })))
    .join('')
    .trim();
}

/** remark gives every node of a parsed file a position; line 1 stands in for the type's sake. */
export function lineOf(node: { position?: RootContent['position'] }): number {
  return node.position?.start.line ?? 1;
}

export function endLineOf(node: { position?: RootContent['position'] }): number {
  return node.position?.end.line ?? 1;
}
