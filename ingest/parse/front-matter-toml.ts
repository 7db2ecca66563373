import { parse, TomlError } from 'smol-toml';
import { messageOf } from '../../src/domain/errors.ts';
import type { Field, NamedField, ReadBlock } from './front-matter.ts';
import type { FrontMatterBlock } from './front-matter-block.ts';

export function readToml(block: FrontMatterBlock): ReadBlock {
  try {
    const lines = block.text.split('\n');
    return { fields: Object.entries(parse(block.text)).map((entry) => toNamed(entry, lines, block.line)) };
  } catch (error) {
    const line = block.line + (error instanceof TomlError ? error.line : 0);
    // The rest of its message shows the lines around.
    const [message] = messageOf(error).split('\n');
    return { mistakes: [{ line, message: `broken front matter: ${message}` }] };
  }
}

/** The parser keeps no positions: a field stands where its name is first set, or its table opened. */
function toNamed([name, value]: readonly [string, unknown], lines: readonly string[], first: number): NamedField {
  const at = lines.findIndex((line) => setsName(line, name));
  const line = first + (at === -1 ? 0 : at + 1);
  const place = { line, endLine: line };
  const items = Array.isArray(value) ? value.map((item): Field => bare(toPlain(item), place)) : [];
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  const inside = isTable ? Object.entries(value).map((entry) => toNamed(entry, lines, first)) : [];
  return [name, { ...bare(toPlain(value), place), items, inside }];
}

function bare(value: unknown, place: { readonly line: number; readonly endLine: number }): Field {
  return { value, ...place, items: [], inside: [] };
}

/** TOML has dates of its own; everybody else reads them as text. */
function toPlain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

function setsName(line: string, name: string): boolean {
  const text = line.trimStart().replace(/^\[+|["']/g, '');
  return text.startsWith(name) && /^\s*[=.\]]/.test(text.slice(name.length));
}
