import { expected, isFields, isMissing, type Mistake } from './raw-fields.ts';

/** Attributes of OTLP are `[{key, value: {stringValue | intValue | boolValue | …}}]`; undefined when these are. */
export function findAttributeMistake(attributes: unknown): Mistake | undefined {
  if (isMissing(attributes)) return undefined;
  if (!Array.isArray(attributes)) return expected('attributes', 'an array', attributes);
  for (let index = 0; index < attributes.length; index++) {
    const attribute: unknown = attributes[index];
    const at = `attributes[${index}]`;
    if (!isFields(attribute)) return expected(at, 'an object', attribute);
    const { key, value } = attribute;
    if (typeof key !== 'string') return expected(`${at}.key`, 'text', key);
    if (!isMissing(value) && !isFields(value)) return expected(`${at}.value`, 'an object', value);
  }
  return undefined;
}

/** The first of those that bear the name, as text; undefined when it is none or something composed. */
export function findAttribute(attributes: unknown, name: string): string | undefined {
  if (!Array.isArray(attributes)) return undefined;
  for (let index = 0; index < attributes.length; index++) {
    const attribute = attributes[index];
    if (attribute.key === name) return textOf(attribute.value);
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  if (!isFields(value)) return undefined;
  const { stringValue, intValue, boolValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof intValue === 'string' || typeof intValue === 'number') return String(intValue);
  return typeof boolValue === 'boolean' ? String(boolValue) : undefined;
}
