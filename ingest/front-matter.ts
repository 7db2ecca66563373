import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../src/domain/errors.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { FrontMatterBlock } from './markdown.ts';
import { findDate } from './metadata.ts';

/** One value of a front matter and the line of the file that it stands on. */
export interface Field {
  readonly value: unknown;
  readonly line: number;
  /** When the value is a list: where each of its items stands. */
  readonly items: readonly Field[];
}

export interface FrontMatter {
  readonly fields: ReadonlyMap<string, Field>;
  readonly problems: readonly KnowledgeProblem[];
}

/** Other spellings of the contract's names, without case, `_` and `-`. Unknown names are nobody's mistake and stay. */
const ALIASES: Readonly<Record<string, string>> = {
  alert: 'alerts',
  alertname: 'alerts',
  service: 'services',
  affectedservices: 'services',
  tag: 'tags',
  lastvalidated: 'validated',
  signal: 'signals',
  incidentdate: 'date',
  team: 'owner',
};

/** A first line of `---`, then `name: value`, and no second `---`: remark takes that for a rule and a paragraph. */
export function isUnclosed(text: string): boolean {
  return /^---[ \t]*\n[\w-]+:/.test(text) && !/\n---[ \t]*(?:\n|$)/.test(text);
}

/** A block with a syntax error gives its problems and no field at all: half a front matter misleads more than none. */
export function readFrontMatter(block: FrontMatterBlock | undefined, path: string): FrontMatter {
  if (block === undefined) return { fields: new Map(), problems: [] };
  const problem = (line: number, message: string): FrontMatter => ({
    fields: new Map(),
    problems: [{ path, line, message }],
  });
  if (block.format === 'toml')
    return problem(block.line, 'TOML front matter is not read: write it as YAML between --- lines');
  const lineCounter = new LineCounter();
  const document = parseDocument(block.text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => block.line + lineCounter.linePos(offset).line;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => toProblem(path, lineAt(error.pos[0]), error.message));
    return { fields: new Map(), problems };
  }
  if (document.contents === null) return { fields: new Map(), problems: [] };
  if (!isMap(document.contents)) return problem(block.line + 1, 'front matter must be `name: value` lines');
  try {
    const toJs = (node: Node) => node.toJS(document);
    return { fields: new Map(document.contents.items.map((pair) => toField(pair, toJs, lineAt))), problems: [] };
  } catch (error) {
    return problem(block.line, `broken front matter: ${messageOf(error)}`);
  }
}

function toProblem(path: string, line: number, message: string): KnowledgeProblem {
  return { path, line, message: `broken front matter: ${message}` };
}

function toField(pair: Pair, toJs: (node: Node) => unknown, lineAt: (offset: number) => number): [string, Field] {
  const { key, value } = pair as Pair<Node, Node | null>; // parseDocument makes nodes of keys and values, always
  const name = String(isScalar(key) ? key.value : key);
  const line = lineAt(key.range?.[0] ?? 0);
  const items = isSeq<Node>(value)
    ? value.items.map((item) => ({ value: toJs(item), line: lineAt(item.range?.[0] ?? 0), items: [] }))
    : [];
  return [canonicalName(name), { value: value === null ? null : toJs(value), line, items }];
}

const NAMES = new Map(
  [
    'title, alerts, services, owner, severity, validated, supersedes, tags, date, category, rootCause, duration, signals, outage, supersededBy',
  ]
    .flatMap((names) => names.split(', '))
    .map((name) => [name.toLowerCase(), name]),
);

function canonicalName(name: string): string {
  const bare = name.toLowerCase().replace(/[_\-\s]/g, '');
  return ALIASES[bare] ?? NAMES.get(bare) ?? name;
}

/** Takes fields one by one, each judged by itself: what is wrong becomes a problem, and the others are kept. */
export interface FieldReader {
  take<T>(name: string, schema: z.ZodType<T>): T | undefined;
  /** A list, or one value, or several with commas between. Wrong items are problems of their own lines. */
  takeList(name: string, schema?: z.ZodType<string, string>): string[] | undefined;
  readonly problems: readonly KnowledgeProblem[];
}

export const Text = z
  .union([z.string(), z.number(), z.boolean()], 'must be text')
  .transform(String)
  .pipe(z.string().trim());

/** A day, however it was written; the time of day goes. */
export const IsoDay = Text.transform((text) => findDate(text) ?? text).pipe(
  z.iso.date('must be a date such as 2026-03-01'),
);

export function createFieldReader(frontMatter: FrontMatter, path: string): FieldReader {
  const problems = [...frontMatter.problems];
  const check = <T>(name: string, field: Field, schema: z.ZodType<T>): T | undefined => {
    const result = schema.safeParse(field.value);
    if (result.success) return result.data;
    const reasons = result.error.issues.map((issue) => issue.message).join('; ');
    problems.push({ path, line: field.line, message: `${name}: ${reasons} (found ${show(field.value)})` });
    return undefined;
  };
  const find = (name: string) => {
    const field = frontMatter.fields.get(name);
    return field?.value === null || field?.value === '' ? undefined : field;
  };
  return {
    problems,
    take(name, schema) {
      const field = find(name);
      return field && check(name, field, schema);
    },
    takeList(name, schema = z.string()) {
      const field = find(name);
      if (field === undefined) return undefined;
      return listItems(field).flatMap((item) => check(name, item, Text.pipe(schema)) ?? []);
    },
  };
}

function listItems(field: Field): readonly Field[] {
  if (Array.isArray(field.value)) return field.items;
  if (typeof field.value !== 'string') return [field];
  return splitList(field.value).map((value) => ({ ...field, value }));
}

/** `web, "worker"` → web, worker. */
export function splitList(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((word) => word.trim().replace(/^["'`]|["'`]$/g, ''))
    .filter((word) => word !== '');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
