/** Every character of `__proto__` may be written as an escape; only a text that names it so or so is walked. */
const PROTOTYPE_KEY = new RegExp(
  [...'__proto__'].map((letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`).join(''),
  'i',
);

/**
 * What `JSON.parse` made of `text`, without `__proto__` keys. A walk instead of a reviver, which takes more than twice as
 * long. It recurses: whoever calls it has bounded the nesting.
 */
export function dropPrototypeKeys(text: string, value: unknown): void {
  // Two plain searches first: they are many times as fast as the expression, and hardly any text gets past them.
  if ((text.includes('__proto__') || text.includes('\\u00')) && PROTOTYPE_KEY.test(text)) drop(value);
}

function drop(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  if (Array.isArray(value)) for (const item of value) drop(item);
  else for (const item of Object.values(value)) drop(item);
}
