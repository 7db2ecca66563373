import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
import type { KnowledgeProblem } from '../domain/ingest-report.ts';
import type { NoiseRule } from '../domain/noise-rule.ts';
import { quote } from './cursor.ts';
import { findNearest } from './nearest.ts';
import { parseSentence } from './parse-sentence.ts';

/** More than a team can have read. */
const MAX_RULES = 500;

const RuleName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be small letters, digits and dashes, at most 63');
const Words = z.string().trim().min(1, 'must not be empty').max(500, 'has at most 500 characters');

/** One rule as a file has it. YAML reads an unquoted day as a text too. */
export const WrittenRule = z.object({
  name: RuleName,
  say: z.string(),
  enabled: z.boolean().default(false),
  reason: Words,
  owner: Words.optional(),
  until: z.iso.date('must be a day such as 2026-12-31').optional(),
  draftedBy: Words.optional(),
  reviewedBy: Words.optional(),
});
export type WrittenRule = Readonly<z.infer<typeof WrittenRule>>;

const FIELDS = Object.keys(WrittenRule.shape);

export interface NoiseFile {
  readonly rules: readonly NoiseRule[];
  /** What keeps a rule from being one. The others of the file hold. */
  readonly problems: readonly KnowledgeProblem[];
  /** The text is no YAML: nobody can say what it was to hold. */
  readonly isBroken: boolean;
}

interface Place {
  readonly path: string;
  lineAt(node: Node | undefined | null): number;
}

/** The rules of one `noise/*.yaml`, each with what is wrong with it. Never throws, whatever the text is. */
export function readNoiseFile(text: string, path: string): NoiseFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (node: Node | undefined | null) => Math.max(1, lineCounter.linePos(node?.range?.[0] ?? 0).line);
  const refuse = (line: number, message: string, isBroken = false): NoiseFile => ({
    ...{ rules: [], problems: [{ path, line, message }], isBroken },
  });
  const [error] = document.errors;
  if (error) return refuse(Math.max(1, lineCounter.linePos(error.pos[0]).line), `not readable: ${error.message}`, true);
  if (document.contents === null) return { rules: [], problems: [], isBroken: false };
  const listed = isMap(document.contents) ? document.contents.get('rules', true) : undefined;
  if (!isSeq<Node>(listed)) return refuse(1, 'a file of noise rules holds one list, `rules:`');
  if (listed.items.length > MAX_RULES) return refuse(1, `a file has at most ${MAX_RULES} rules`);
  const read = listed.items.map((item) => readItem(item, { path, lineAt }));
  return {
    rules: read.flatMap((each) => ('rule' in each ? [each.rule] : [])),
    problems: read.flatMap((each) => ('problems' in each ? each.problems : [])),
    isBroken: false,
  };
}

type ReadItem = { readonly rule: NoiseRule } | { readonly problems: readonly KnowledgeProblem[] };

function readItem(item: Node, { path, lineAt }: Place): ReadItem {
  const line = lineAt(item);
  if (!isMap(item)) return { problems: [{ path, line, message: 'a rule is a map of name, say, reason and more' }] };
  const placed = (key: string, message: string) => ({ path, line: lineAt(findKey(item, key) ?? item), message });
  // Aliases and merge keys are left unresolved: a bomb of them would be, too.
  const fields = Object.fromEntries(
    item.items.map(({ key, value }) => [nameOfKey(key), isScalar(value) ? value.value : null]),
  );
  const unknown = Object.keys(fields).filter((key) => !FIELDS.includes(key));
  const parsed = WrittenRule.safeParse(fields);
  const wrong = parsed.success ? [] : parsed.error.issues;
  const problems = [
    ...unknown.map((key) => placed(key, explainUnknown(key))),
    ...wrong.map(({ path: [key = ''], message }) => {
      const why = Object.hasOwn(fields, String(key)) ? message : 'is needed';
      return placed(String(key), `${String(key)}: ${why}`);
    }),
  ];
  if (!parsed.success || problems.length > 0) return { problems };
  return toRule(parsed.data, { path, line }, placed);
}

function toRule(
  written: WrittenRule,
  place: Pick<NoiseRule, 'path' | 'line'>,
  placed: (key: string, message: string) => KnowledgeProblem,
): ReadItem {
  const { name, say, enabled, draftedBy, reviewedBy } = written;
  const parsed = parseSentence(say);
  if (!parsed.ok) return { problems: [placed('say', `say: ${parsed.mistake.message}`)] };
  if (enabled && draftedBy === 'llm' && reviewedBy === undefined) {
    const message = `a model drafted ${name} and nobody has reviewed it: name in reviewedBy who has, or set enabled to false`;
    return { problems: [placed('enabled', message)] };
  }
  const { until: ownUntil, owner, reason } = written;
  const until = [ownUntil, parsed.sentence.until].filter((day) => day !== undefined).sort()[0];
  const rule: NoiseRule = {
    ...{ name, say, enabled, reason, sentence: parsed.sentence, ...place },
    ...(owner === undefined ? {} : { owner }),
    ...(until === undefined ? {} : { until }),
    ...(draftedBy === undefined ? {} : { draftedBy }),
    ...(reviewedBy === undefined ? {} : { reviewedBy }),
  };
  return { rule };
}

function nameOfKey(key: unknown): string {
  return String(isScalar(key) ? key.value : key).slice(0, 100);
}

function findKey(item: YAMLMap, name: string): Node | undefined {
  const key = item.items.find((pair) => nameOfKey(pair.key) === name)?.key;
  return isScalar(key) ? key : undefined;
}

function explainUnknown(key: string): string {
  const nearest = findNearest(key, FIELDS);
  const meant = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
  return `${quote(key)} is nothing that a rule has (${FIELDS.join(', ')})${meant}`;
}

/** Rules of several files: of two with one name, the first is the rule. */
export function mergeNoiseFiles(files: readonly Pick<NoiseFile, 'rules' | 'problems'>[]): Omit<NoiseFile, 'isBroken'> {
  const byName = new Map<string, NoiseRule>();
  const problems = files.flatMap((file) => file.problems);
  for (const rule of files.flatMap((file) => file.rules)) {
    const { name, path, line } = rule;
    const other = byName.get(name);
    if (other) problems.push({ path, line, message: `${name} is the name of a rule in ${other.path}:${other.line}` });
    else if (byName.size >= MAX_RULES) problems.push({ path, line, message: `there are more than ${MAX_RULES} rules` });
    else byName.set(name, rule);
  }
  return { rules: [...byName.values()], problems };
}
