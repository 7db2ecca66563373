import type { NoiseCondition, NoiseField, NoiseSentence, NoiseTest } from '../domain/noise-rule.ts';
import { RESERVED } from './words.ts';

/** The rule back in words, the one way in which all rules of this meaning are said. Reading it gives the same rule. */
export function renderSentence({ when, unless, between, until }: NoiseSentence): string {
  return [
    `when ${renderCondition(when)}`,
    unless === undefined ? '' : ` unless ${renderCondition(unless)}`,
    between === undefined ? '' : ` between ${between.from} and ${between.to} UTC`,
    until === undefined ? '' : ` until ${until}`,
    ' then filter it out',
  ].join('');
}

function renderCondition(condition: NoiseCondition): string {
  if (condition.kind === 'test') return renderTest(condition);
  const parts = condition.conditions.map((part) =>
    part.kind === 'test' ? renderTest(part) : `(${renderCondition(part)})`,
  );
  return parts.join(condition.kind === 'all' ? ' and ' : ' or ');
}

function renderTest({ field, verb, values }: NoiseTest): string {
  return [`the ${renderField(field)} ${verb}`, values.map(renderValue).join(', ')].filter(Boolean).join(' ');
}

function renderField(field: NoiseField): string {
  return 'name' in field ? `${field.kind} ${renderValue(field.name)}` : field.kind;
}

/** Bare where it can only be read as one value. */
function renderValue(value: string): string {
  const isBare = /^[^\s,()"“”\\'‘’][^\s,()"“”\\]*$/.test(value) && !RESERVED.has(value.toLowerCase());
  return isBare ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
