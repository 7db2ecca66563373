import { toOneLine } from './escape.ts';

export type FieldValue = string | readonly string[] | Readonly<Record<string, string>>;

/** `name: value` lines between two fences. Values are one line each, so that none can close the block or begin another. */
export function writeFrontMatter(fields: Readonly<Record<string, FieldValue>>, notes: readonly string[] = []): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => writeField(name, value));
  return ['---', ...lines, ...notes.map((note) => `# ${note}`), '---', ''].join('\n');
}

function writeField(name: string, value: FieldValue): string[] {
  if (typeof value === 'string') return [`${name}: ${toYaml(value)}`];
  if (isList(value)) {
    const isShort = value.every((item) => !/\s/.test(item));
    if (isShort) return [`${name}: [${value.map(toYaml).join(', ')}]`];
    return [`${name}:`, ...value.map((item) => `  - ${toYaml(item)}`)];
  }
  return [`${name}:`, ...Object.entries(value).map(([key, inner]) => `  ${key}: ${toYaml(inner)}`)];
}

function isList(value: FieldValue): value is readonly string[] {
  return Array.isArray(value);
}

/** A day and plain words stand as they are; all else is quoted as in JSON, which YAML reads. */
function toYaml(value: string): string {
  const text = toOneLine(value);
  const isPlain = /^(?:[\p{L}_][\p{L}\p{N}_./ -]*|\d{4}-\d\d-\d\d)$/u.test(text);
  if (isPlain && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text) && !/precedent-lint/i.test(text)) return text;
  return JSON.stringify(text)
    .replace(/[\uFFFE\uFFFF]/g, escapeCharacter)
    .replace(/precedent-lint/gi, (words) => words.replace('-', '\\u002d'));
}

/** What YAML does not count as printable. */
function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}
