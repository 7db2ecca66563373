import type { RootContent } from 'mdast';
import { type FrontMatterBlock, findFrontMatter } from './front-matter-block.ts';
import { type Heading, isRunIn, isTableOfContents, toHeading } from './headings.ts';
import { type PageNode, parseNodes, type Refusal } from './markdown-nodes.ts';
import { endLineOf, isUnseen, lineOf } from './markup.ts';
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
  readonly title: Heading | undefined;
  /** Every heading, the title among them, in order. */
  readonly headings: readonly Heading[];
  readonly sections: readonly MarkdownSection[];
  /** The file line by line. */
  readonly lines: readonly string[];
  readonly refusals: readonly Refusal[];
}

export function parseMarkdown(text: string): MarkdownFile {
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  const opening = findFrontMatter(lines);
  const above = opening?.lines ?? 0;
  const { nodes, refusals } = parseNodes(above === 0 ? lines : lines.slice(above), above + 1);
  const placed = placeHeadings(nodes);
  const headings = placed.flatMap(({ heading }) => heading ?? []);
  const title = findTitle(headings);
  const sections = splitSections(placed, title, lines);
  return { frontMatter: opening?.block, title, headings, sections, lines, refusals };
}

/** The first H1, unless it is itself a section's name, as in files that write every heading with one `#`. */
function findTitle(headings: readonly Heading[]): Heading | undefined {
  const first = headings.find((heading) => heading.depth === 1);
  return first && !isSectionName(first.text) ? first : undefined;
}

interface PlacedNode {
  readonly node: PageNode;
  readonly heading: Heading | undefined;
}

function placeHeadings(nodes: readonly PageNode[]): PlacedNode[] {
  let path: readonly Heading[] = [];
  return nodes.map((node) => {
    const heading = node && toHeading(node, path);
    if (heading) path = below(path, heading);
    return { node, heading };
  });
}

function below(path: readonly Heading[], heading: Heading): readonly Heading[] {
  return [...path.filter((above) => above.depth < heading.depth), heading];
}

function splitSections(
  placed: readonly PlacedNode[],
  title: Heading | undefined,
  lines: readonly string[],
): MarkdownSection[] {
  const sections: MarkdownSection[] = [];
  let path: readonly Heading[] = [];
  let nodes: RootContent[] = [];
  const close = () => {
    const section = toSection(path, nodes, lines);
    if (section) sections.push(section);
    nodes = [];
  };
  for (const { node, heading } of placed) {
    if (heading || node === undefined) close();
    if (heading) path = heading === title ? [] : below(path, heading);
    if (node && (!heading || isRunIn(node))) nodes.push(node);
  }
  close();
  return sections;
}

function toSection(
  path: readonly Heading[],
  nodes: readonly RootContent[],
  lines: readonly string[],
): MarkdownSection | undefined {
  const seen = nodes.filter((node) => !isUnseen(node));
  const [first, last] = [seen[0], seen.at(-1)];
  const headingPath = path.map((heading) => heading.text);
  if (first === undefined || last === undefined || isTableOfContents(headingPath.at(-1), seen)) return undefined;
  return sectionOf(headingPath, seen, lines);
}

/** The nodes as a section: exactly the lines from the first to the last of them. */
export function sectionOf(
  headingPath: readonly string[],
  nodes: readonly RootContent[],
  lines: readonly string[],
): MarkdownSection {
  const [line, endLine] = [lineOf(nodes[0] ?? {}), endLineOf(nodes.at(-1) ?? {})];
  return { headingPath, line, endLine, text: lines.slice(line - 1, endLine).join('\n'), nodes };
}
