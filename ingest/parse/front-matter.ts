import type { KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import type { FrontMatterBlock } from './front-matter-block.ts';
import { canonicalName, isWrapper } from './front-matter-names.ts';
import { readToml } from './front-matter-toml.ts';
import { readYaml } from './front-matter-yaml.ts';

/** One value of a front matter and the lines of the file that it stands on. */
export interface Field {
  readonly value: unknown;
  readonly line: number;
  readonly endLine: number;
  /** When the value is a list: where each of its items stands. */
  readonly items: readonly Field[];
  /** When the value is a map: its own fields. */
  readonly inside: readonly NamedField[];
}

export type NamedField = readonly [name: string, field: Field];

export interface FrontMatter {
  readonly fields: ReadonlyMap<string, Field>;
  readonly problems: readonly KnowledgeProblem[];
}

/** What a format's reader finds: fields in order, or mistakes and then no field at all. */
export type ReadBlock =
  | { readonly fields: readonly NamedField[] }
  | { readonly mistakes: readonly { readonly line: number; readonly message: string }[] };

/** A block with a syntax error gives its problems and no field at all: half a front matter misleads more than none. */
export function readFrontMatter(block: FrontMatterBlock | undefined, path: string): FrontMatter {
  if (block === undefined) return { fields: new Map(), problems: [] };
  const read = block.format === 'toml' ? readToml(block) : readYaml(block);
  if ('mistakes' in read) {
    return { fields: new Map(), problems: read.mistakes.map((mistake) => ({ path, ...mistake })) };
  }
  const wrapped = read.fields.flatMap(([name, field]) => (isWrapper(name) ? field.inside : []));
  // What stands outside a wrapper wins over what stands inside.
  return {
    fields: new Map([...wrapped, ...read.fields].map(([name, field]) => [canonicalName(name), field])),
    problems: [],
  };
}
