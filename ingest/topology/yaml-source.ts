import { type Document, isNode, type Node } from 'yaml';
import { messageOf } from '../../src/domain/errors.ts';
import type { Report } from './report.ts';

/** One document of a YAML file, with what is needed to say where in the file a node stands. */
export interface YamlSource {
  readonly document: Document;
  readonly report: Report;
  readonly text: string;
  /** What names the system when nothing in the document does. */
  readonly fallbackName: string;
  readonly lineAt: (offset: number) => number;
}

type Placed = Pick<Node, 'range'>;

export function lineOf(node: Placed, yaml: YamlSource): number {
  return yaml.lineAt(node.range?.[0] ?? 0);
}

/** First and last line of what is written of a node, without the empty lines that follow it. */
export function linesOf(node: Placed, yaml: YamlSource): { readonly line: number; readonly endLine: number } {
  const [start = 0, end = 0] = node.range ?? [];
  const written = yaml.text.slice(start, end).trimEnd().length;
  return { line: yaml.lineAt(start), endLine: yaml.lineAt(start + written) };
}

/** The node as plain data; an alias that leads nowhere, or to too much, is told and gives nothing. */
export function toPlain(node: Node, yaml: YamlSource): unknown {
  try {
    return node.toJS(yaml.document);
  } catch (error) {
    yaml.report(lineOf(node, yaml), messageOf(error));
    return undefined;
  }
}

/** The line of what stands at `path`, or of the innermost thing on the way there that the document holds. */
export function lineAlong(path: readonly PropertyKey[], yaml: YamlSource): number {
  for (let length = path.length; length >= 0; length--) {
    const node = yaml.document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lineOf(node, yaml);
  }
  return lineOf(yaml.document.contents ?? {}, yaml);
}
