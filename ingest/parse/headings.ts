import type { RootContent } from 'mdast';
import { lineOf, plainText } from './markup.ts';
import { findMetadataKey } from './metadata.ts';
import { findRole, isSectionName, normaliseHeading } from './sections.ts';

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly line: number;
}

/** A bold line of its own that names a section is a heading to its author: one level below all others. */
const BOLD_DEPTH = 7;

/** `path` are the headings that the node stands below: within the mitigation, "**When to use:** …" is one more line of it. */
export function toHeading(node: RootContent, path: readonly Heading[]): Heading | undefined {
  if (node.type === 'heading') return { depth: node.depth, text: plainText(node), line: lineOf(node) };
  if (node.type !== 'paragraph' || node.children[0]?.type !== 'strong') return undefined;
  const text = plainText(node.children[0]);
  const isHeading =
    node.children.length === 1 ? isSectionName(text) : isRunIn(node) && (!path.some(isTold) || isRollback(text));
  return isHeading ? { depth: BOLD_DEPTH, text: text.replace(/:$/, ''), line: lineOf(node) } : undefined;
}

/** How to undo a step is told right below it. */
function isRollback(name: string): boolean {
  return findRole(name, 'runbook') === 'rollback';
}

function isTold({ depth, text }: Heading): boolean {
  const role = findRole(text, 'incident') ?? findRole(text, 'runbook');
  return depth < BOLD_DEPTH && role !== undefined && role !== 'other' && role !== 'summary';
}

/** `**Impact:** no orders for an hour`, a heading with its paragraph in one line; `**Severity:** high` is metadata. */
export function isRunIn(node: RootContent): boolean {
  if (node.type !== 'paragraph') return false;
  const [bold, next] = node.children;
  if (bold?.type !== 'strong' || next?.type !== 'text') return false;
  const name = plainText(bold);
  if (!name.endsWith(':') && !next.value.startsWith(':')) return false;
  const key = findMetadataKey(name);
  const role = findRole(name, 'incident') ?? findRole(name, 'runbook');
  const isSection = role !== undefined && role !== 'other' && (key === undefined || key === 'rootCause');
  return isSection && node.children.filter((child) => child.type === 'strong').length === 1;
}

const CONTENTS = new Set(['table of contents', 'contents', 'toc', 'on this page', 'in this page', 'in this document']);

/** Links to the headings below repeat what these say themselves. */
export function isTableOfContents(heading: string | undefined, nodes: readonly RootContent[]): boolean {
  if (heading === undefined || !CONTENTS.has(normaliseHeading(heading))) return false;
  return nodes.every(({ type }) => type === 'list' || type === 'html' || type === 'definition');
}
