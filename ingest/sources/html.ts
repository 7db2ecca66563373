import type { Element, Nodes, Parents, Root } from 'hast';
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import remarkGfm from 'remark-gfm';
import remarkStringify from 'remark-stringify';
import { unified } from 'unified';

/** What a browser shows of a page that is no part of its text. */
const FURNITURE = new Set(
  'script style noscript template svg iframe form button nav footer select textarea object embed'.split(' '),
);
const ROLES = new Set(['banner', 'navigation', 'contentinfo', 'search']);
const HEADING = /^h[1-6]$/;

/** Sidebars and admonitions share one element; generators tell the latter by their class. */
const ADMONITION = /admonition|callout|aside|note|tip|info|warning|caution|danger/i;

/** Deeper is no page that somebody wrote, and would end the walks below with the stack. */
const MAX_DEPTH = 200;

export interface HtmlPage {
  readonly title: string | undefined;
  readonly markdown: string;
  /** Absolute, in the order of the page. */
  readonly links: readonly string[];
}

/** A page of a documentation site: its main content as Markdown, and where it links to from anywhere. */
export function readHtmlPage(html: string, url: string): HtmlPage {
  const tree = unified().use(rehypeParse).parse(withPlainSpaces(html));
  assertShallow(tree);
  const all = listElements(tree);
  const base = resolveUrl(attribute(all.find(isNamed('base')), 'href') ?? '', url) ?? url;
  const links = all.filter(isNamed('a')).flatMap((anchor) => resolveUrl(attribute(anchor, 'href') ?? '', base) ?? []);
  const main = all.find(isNamed('main')) ?? all.find(isNamed('article')) ?? all.find(hasRole('main'));
  const content = main ?? all.find(isNamed('body')) ?? tree;
  prune(content, main !== undefined);
  const heading = listElements(content).find(isNamed('h1'));
  const titles = [heading, all.find(isNamed('title'))].map((element) => oneLine(element ? textOf(element) : ''));
  return { title: titles.find((title) => title !== ''), markdown: convert(content, base), links };
}

/** HTML as GitHub's Markdown; relative links and images become whole with `base`. */
export function toMarkdown(html: string, base: string): string {
  const tree = unified().use(rehypeParse, { fragment: true }).parse(withPlainSpaces(html));
  assertShallow(tree);
  return convert(tree, base);
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function convert(content: Root | Element, base: string): string {
  for (const element of listElements(content)) {
    for (const property of ['href', 'src']) {
      const value = attribute(element, property);
      if (value !== undefined) element.properties[property] = resolveUrl(value, base) ?? value;
    }
  }
  const root: Root = { type: 'root', children: content.type === 'root' ? content.children : [content] };
  const converter = unified()
    .use(rehypeRemark)
    // Aligned columns would make one long cell as many times longer as its table has rows.
    .use(remarkGfm, { tablePipeAlign: false })
    .use(remarkStringify, { bullet: '-', emphasis: '_', fences: true, rule: '-', listItemIndent: 'one' });
  return converter.stringify(converter.runSync(root));
}

/** Editors put non-breaking spaces everywhere, and no word or command with one is ever found again. */
function withPlainSpaces(html: string): string {
  return html.replace(/&nbsp;|\u00a0/g, ' ');
}

function prune(node: Parents, isMain: boolean): void {
  node.children = (node.children as Element[]).filter((child) => !isFurniture(child, node, isMain));
  for (const child of node.children) if (child.type === 'element') prune(child, isMain);
}

/** Inside a main part the header holds the title; outside it is the site's. */
function isFurniture(child: Nodes, parent: Parents, isMain: boolean): boolean {
  if (child.type === 'comment') return true;
  if (child.type !== 'element') return false;
  const { tagName, properties } = child;
  if (FURNITURE.has(tagName) || properties['hidden'] || ROLES.has(String(properties['role']))) return true;
  if (tagName === 'header') return !isMain;
  if (tagName === 'aside') return !ADMONITION.test(String(properties['className'] ?? ''));
  // The `#` and `¶` beside headings.
  const isInHeading = parent.type === 'element' && HEADING.test(parent.tagName);
  return tagName === 'a' && isInHeading && !/[\p{L}\p{N}]/u.test(textOf(child));
}

/** Without recursion: it is asked before anything else whether the tree may be walked that way. */
function assertShallow(tree: Root): void {
  let level: Parents[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new Error(`its elements are nested more than ${MAX_DEPTH} deep`);
    level = level.flatMap((node) => (node.children as Nodes[]).filter((child) => child.type === 'element'));
  }
}

function listElements(node: Parents): Element[] {
  const elements: Element[] = [];
  const visit = (parent: Parents) => {
    for (const child of parent.children) {
      if (child.type !== 'element') continue;
      elements.push(child);
      visit(child);
    }
  };
  visit(node);
  return elements;
}

function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

const isNamed = (name: string) => (element: Element) => element.tagName === name;
const hasRole = (role: string) => (element: Element) => element.properties['role'] === role;

function attribute(element: Element | undefined, name: string): string | undefined {
  const value = element?.properties[name];
  return typeof value === 'string' ? value : undefined;
}

function resolveUrl(href: string, base: string): string | undefined {
  return URL.canParse(href, base) ? new URL(href, base).href : undefined;
}
