import type { Paragraph, PhrasingContent, RootContent } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';

/** What nobody sees on the rendered page is not knowledge: notes to editors, linter switches, pictures in base64. */
export function isUnseen(node: RootContent): boolean {
  if (node.type === 'definition') return node.url.startsWith('data:');
  if (node.type === 'paragraph') return isBadges(node);
  if (node.type !== 'html') return false;
  const html = node.value.trim();
  return html.startsWith('<!--') && html.endsWith('-->');
}

/** Pictures that are links say how a build went today; a picture by itself belongs to the text. */
function isBadges({ children }: Paragraph): boolean {
  const isBadge = (node: PhrasingContent) =>
    node.type === 'link' && node.children.every(({ type }) => type === 'image');
  const isFiller = (node: PhrasingContent) =>
    node.type === 'image' || node.type === 'break' || (node.type === 'text' && node.value.trim() === '');
  return children.some(isBadge) && children.every((node) => isBadge(node) || isFiller(node));
}

/** Words without markup; line breaks stay, comments and tags go. */
export function plainText(node: RootContent | Paragraph): string {
  if (node.type !== 'paragraph') return textOf(node, { includeHtml: false }).trim();
  return node.children
    .map((child) => (child.type === 'break' ? '\n' : textOf(child, { includeHtml: false })))
    .join('')
    .trim();
}

/** Has a paragraph words of its own, or is it only badges, pictures and tags? */
export function hasWords(node: Paragraph): boolean {
  return node.children.some(
    (child) =>
      (child.type === 'text' || child.type === 'emphasis' || child.type === 'strong') &&
      /[\p{L}\p{N}]/u.test(textOf(child, { includeImageAlt: false })),
  );
}

/** remark gives every node of a parsed file a position; line 1 stands in for the type's sake. */
export function lineOf(node: { position?: RootContent['position'] }): number {
  return node.position?.start.line ?? 1;
}

export function endLineOf(node: { position?: RootContent['position'] }): number {
  return node.position?.end.line ?? 1;
}
