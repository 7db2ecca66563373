import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import { PrecedentError } from '../domain/errors.ts';
import { readNoiseFile, type WrittenRule } from './read-rules.ts';

/**
 * The file with one rule switched, and with who stands behind it where that is said. Only those words change: comments,
 * order and layout are their author's.
 */
export function switchRule(
  text: string,
  { name, enabled, reviewedBy }: { readonly name: string; readonly enabled: boolean; readonly reviewedBy?: string },
): string {
  const switched = setField(text, name, 'enabled', String(enabled));
  const edited =
    reviewedBy === undefined ? switched : setField(switched, name, 'reviewedBy', JSON.stringify(reviewedBy));
  const rule = readNoiseFile(edited, '').rules.find((each) => each.name === name);
  if (rule?.enabled !== enabled)
    throw new PrecedentError('input-invalid', `${name} cannot be switched: edit its file by hand`);
  return edited;
}

/** Puts the value in the place of the old one, or the field in front of `say`, which every rule has. */
function setField(text: string, name: string, field: string, value: string): string {
  const document = parseDocument(text);
  const listed = isMap(document.contents) ? document.contents.get('rules', true) : undefined;
  const items = isSeq<Node>(listed) ? listed.items.filter((item) => isMap(item)) : [];
  const rule = items.find((item) => item.get('name') === name);
  if (!rule) throw new PrecedentError('not-found', `no rule is called ${name}`);
  const there = findPair(rule, field)?.value;
  if (isScalar(there) && there.range) return splice(text, there.range[0], there.range[1], value);
  const say = findPair(rule, 'say')?.key;
  const start = isScalar(say) ? say.range?.[0] : undefined;
  if (start === undefined) throw new PrecedentError('input-invalid', `${name} has no \`say\``);
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  return splice(text, start, start, rule.flow ? `${field}: ${value}, ` : `${field}: ${value}\n${' '.repeat(column)}`);
}

function findPair(rule: YAMLMap, field: string): Pair | undefined {
  return rule.items.find(({ key }) => isScalar(key) && key.value === field);
}

function splice(text: string, start: number, end: number, words: string): string {
  return `${text.slice(0, start)}${words}${text.slice(end)}`;
}

/** A file of one rule. It is off, whatever whoever made the rule would have. */
export function writeRuleFile(rule: Omit<WrittenRule, 'enabled'>, comment: string): string {
  const { name, say, ...rest } = rule;
  const text = stringify({ rules: [{ name, say, enabled: false, ...rest }] }, { lineWidth: 0 });
  const head = comment.split('\n').map((line) => `# ${line}\n`);
  return `${head.join('')}${text}`;
}
