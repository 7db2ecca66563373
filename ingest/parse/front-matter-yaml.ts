import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml';
import { messageOf } from '../../src/domain/errors.ts';
import type { Field, NamedField, ReadBlock } from './front-matter.ts';
import type { FrontMatterBlock } from './front-matter-block.ts';

export function readYaml(block: FrontMatterBlock): ReadBlock {
  const lineCounter = new LineCounter();
  const document = parseDocument(block.text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => block.line + lineCounter.linePos(offset).line;
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ code, message, pos }) => ({
      line: lineAt(code === 'MISSING_CHAR' ? findOpening(document, pos[0]) : pos[0]),
      message: `broken front matter: ${message}`,
    }));
    return { mistakes };
  }
  if (document.contents === null) return { fields: [] };
  if (!isMap(document.contents)) return one(block.line + 1, 'front matter must be `name: value` lines');
  try {
    const place: Place = { lineAt, toJs: (node) => node.toJS(document) };
    return { fields: document.contents.items.map((pair) => toNamed(pair, place)) };
  } catch (error) {
    return one(block.line, `broken front matter: ${messageOf(error)}`);
  }
}

function one(line: number, message: string): ReadBlock {
  return { mistakes: [{ line, message }] };
}

/** A quote that never closes runs to the end of the block; the line to mend is where it opens. */
function findOpening(document: Document.Parsed, offset: number): number {
  let found = offset;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[0] <= offset && offset <= range[2]) found = range[0];
    },
  });
  return found;
}

interface Place {
  lineAt(offset: number): number;
  toJs(node: Node): unknown;
}

function toNamed(pair: Pair, place: Place): NamedField {
  const { key, value } = pair as Pair<Node, Node | null>; // parseDocument makes nodes of keys and values, always
  const line = place.lineAt(key.range?.[0] ?? 0);
  const name = String(isScalar(key) ? key.value : key);
  if (value === null) return [name, { value: null, line, endLine: line, items: [], inside: [] }];
  return [name, { ...toField(value, place), line }];
}

function toField(node: Node, place: Place): Field {
  const { lineAt, toJs } = place;
  const [start, end] = node.range ?? [0, 0];
  const line = lineAt(start);
  return {
    value: toJs(node),
    line,
    endLine: Math.max(line, lineAt(Math.max(start, end - 1))),
    items: isSeq<Node>(node) ? node.items.map((item) => ({ ...toField(item, place), inside: [] })) : [],
    inside: isMap(node) ? node.items.map((pair) => toNamed(pair, place)) : [],
  };
}
