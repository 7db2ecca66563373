import type { Code, Definition, Heading, Image, Link, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import { findFrontMatter } from '../../ingest/parse/front-matter-block.ts';
import { parseNodes } from '../../ingest/parse/markdown-nodes.ts';

/** What a review looks at in a Markdown file, each with its line: the file as its author sees it, not as it is indexed. */
export interface MarkdownScan {
  readonly headings: readonly ScannedHeading[];
  readonly fences: readonly ScannedFence[];
  readonly links: readonly ScannedLink[];
  /** Names that `#name` can point to. */
  readonly anchors: ReadonlySet<string>;
}

export interface ScannedHeading {
  readonly text: string;
  readonly depth: number;
  readonly line: number;
  /** What stands below it, up to the next heading of any level: `draft` is a template's comment, or a `TODO`. */
  readonly holds: 'nothing' | 'draft' | 'content';
}

export interface ScannedFence {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** False when the file, or the list item around it, ended before the fence did. */
  readonly isClosed: boolean;
}

export interface ScannedLink {
  readonly target: string;
  readonly line: number;
}

export function scanMarkdown(text: string): MarkdownScan {
  const lines = text.split('\n');
  const top = parseNodes(withoutFrontMatter(lines), 1).nodes.filter((node) => node !== undefined);
  const nodes = [...walk(top)];
  return {
    headings: toHeadings(top),
    fences: nodes.flatMap((node) => (node.type === 'code' ? (toFence(node, lines) ?? []) : [])),
    links: nodes.flatMap((node) => (hasUrl(node) ? [{ target: node.url, line: lineOf(node) }] : [])),
    anchors: new Set([...slugsOf(nodes), ...idsIn(text)]),
  };
}

/** Emptied rather than cut, so that lines keep their numbers. */
function withoutFrontMatter(lines: readonly string[]): string[] {
  const above = findFrontMatter(lines)?.lines ?? 0;
  return lines.map((line, at) => (at < above ? '' : line));
}

function* walk(nodes: readonly RootContent[]): Generator<RootContent> {
  for (const node of nodes) {
    yield node;
    if ('children' in node) yield* walk(node.children);
  }
}

function hasUrl(node: RootContent): node is Link | Image | Definition {
  return node.type === 'link' || node.type === 'image' || node.type === 'definition';
}

function lineOf(node: RootContent): number {
  return node.position?.start.line ?? 1;
}

/** In one go over the nodes: a page may have tens of thousands of them. */
function toHeadings(nodes: readonly RootContent[]): ScannedHeading[] {
  const headings: ScannedHeading[] = [];
  for (const node of nodes) {
    const last = headings.at(-1);
    if (isSwitch(node)) continue;
    if (node.type === 'heading') headings.push({ ...describeHeading(node), holds: 'nothing' });
    else if (last && last.holds !== 'content') {
      headings[headings.length - 1] = { ...last, holds: isDraft(node) ? 'draft' : 'content' };
    }
  }
  return headings;
}

function describeHeading(node: Heading): Omit<ScannedHeading, 'holds'> {
  return { text: textOf(node, { includeHtml: false }).trim(), depth: node.depth, line: lineOf(node) };
}

/** A comment to the linter is nothing that its section holds. */
function isSwitch(node: RootContent): boolean {
  return node.type === 'html' && node.value.includes('precedent-lint-disable');
}

function isDraft(node: RootContent): boolean {
  if (node.type === 'html') return /^\s*<!--[\s\S]*-->\s*$/.test(node.value);
  return (
    node.type === 'paragraph' &&
    /^(?:todo|tbd|tba|wip|to be (?:done|written|added|defined))\W*$/i.test(textOf(node).trim())
  );
}

/** Undefined for code that is indented: it has no fence to close. */
function toFence(node: Code, lines: readonly string[]): ScannedFence | undefined {
  const [start, end] = [lineOf(node), node.position?.end.line ?? 1];
  const opened = (lines[start - 1] ?? '').slice((node.position?.start.column ?? 1) - 1);
  const mark = /^(`{3,}|~{3,})/.exec(opened)?.[1];
  if (mark === undefined) return undefined;
  const closing = /(`{3,}|~{3,})[ \t]*$/.exec(lines[end - 1] ?? '')?.[1];
  const isClosed = end > start && closing !== undefined && closing[0] === mark[0] && closing.length >= mark.length;
  return { line: start, language: node.lang?.toLowerCase() ?? '', text: node.value, isClosed };
}

/** As GitHub names its headings: words in lower case joined by hyphens, and a number for those that repeat. */
function slugsOf(nodes: readonly RootContent[]): string[] {
  const taken = new Map<string, number>();
  return nodes
    .filter((node): node is Heading => node.type === 'heading')
    .map((heading) => {
      const text = textOf(heading, { includeHtml: false }).trim();
      const slug = toSlug(text);
      const before = taken.get(slug) ?? 0;
      taken.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    });
}

function toSlug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** `## Title {#own}`, `<a name="own">`: wherever they stand, since each of them may be pointed to. */
function idsIn(text: string): string[] {
  const found = text.matchAll(/\{#([\w.:-]+)\}|\b(?:id|name)=["']?([\w.:-]+)/g);
  return [...found].map(([, own, attribute]) => own ?? attribute ?? '');
}
