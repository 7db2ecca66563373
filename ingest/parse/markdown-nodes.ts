import type { Paragraph, RootContent } from 'mdast';
import { remark } from 'remark';
import remarkGfm from 'remark-gfm';
import { withoutDialects } from './dialects.ts';
import { cutIntoPieces, type Piece } from './pieces.ts';

/** Something the parser would not take as Markdown, at its line. */
export interface Refusal {
  readonly line: number;
  readonly message: string;
}

/** A node of the page; `undefined` stands for a stretch without words, which no section reaches across. */
export type PageNode = RootContent | undefined;

const parser = remark().use(remarkGfm).freeze();

/** The top-level nodes of the lines, whose first is line `first` of the file, with positions of the file. */
export function parseNodes(
  lines: readonly string[],
  first: number,
): { readonly nodes: readonly PageNode[]; readonly refusals: readonly Refusal[] } {
  const view = withoutDialects(lines);
  const refusals: Refusal[] = [];
  const nodes = cutIntoPieces(view).flatMap((piece): readonly PageNode[] => {
    const text = view.slice(piece.line, piece.endLine).join('\n');
    if (piece.as !== 'markdown') refusals.push({ line: first + piece.line, message: REFUSALS[piece.as] });
    if (piece.as === 'opaque') return [undefined];
    if (piece.as === 'plain') return [plainParagraph(text, piece, first)];
    const { children } = parser.parse(text);
    moveLines(children, first + piece.line - 1);
    return children;
  });
  return { nodes, refusals: refusals.slice(0, MAX_REFUSALS) };
}

/** Who reads twenty such lines knows what to do about the others. */
const MAX_REFUSALS = 20;

const REFUSALS = {
  plain:
    'this paragraph is too long or too deep to be read as Markdown and was taken as plain text: break it up with blank lines',
  opaque: 'a file written into the text as base64 was left out: keep it beside the page and link it',
};

function plainParagraph(text: string, piece: Piece, first: number): Paragraph {
  const point = (line: number) => ({ line: first + line, column: 1 });
  const position = { start: point(piece.line), end: point(piece.endLine - 1) };
  return { type: 'paragraph', children: [{ type: 'text', value: text }], position };
}

interface Placed {
  position?: RootContent['position'];
  readonly children?: readonly Placed[];
}

/** In place, because nobody else has seen these nodes yet. */
function moveLines(nodes: readonly Placed[], by: number): void {
  if (by === 0) return;
  for (const { position, children } of nodes) {
    if (position) {
      position.start.line += by;
      position.end.line += by;
    }
    if (children) moveLines(children, by);
  }
}
