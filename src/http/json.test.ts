import { expect, test } from 'vitest';
import { MAX_NESTING, parseJson } from './json.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('reads JSON with and without a byte order mark', () => {
  expect(parseJson(bytesOf('{"a":[1,"ü"]}'))).toEqual({ a: [1, 'ü'] });
  expect(parseJson(bytesOf('\ufeff{"a":1}'))).toEqual({ a: 1 });
});

test('says line, column and position of a mistake, and quotes nothing of the text', () => {
  expect(() => parseJson(bytesOf('{\n  "password": hunter2\n}'))).toThrow(
    'the body is not JSON: there is a mistake at line 2, column 15 (position 16)',
  );
  expect(() => parseJson(bytesOf('{"a":'))).toThrow('it ends too early at line 1, column 6 (position 5)');
});

test('nests as deep as allowed and not one level deeper', () => {
  expect(parseJson(bytesOf(nested(MAX_NESTING)))).toBeInstanceOf(Array);
  expect(() => parseJson(bytesOf(nested(MAX_NESTING + 1)))).toThrow('nested deeper than 200 levels, at byte 200');
});

test('brackets inside strings do not nest, whatever is escaped before them', () => {
  const text = JSON.stringify({ a: `\\"${'['.repeat(500)}`, b: '\\' });
  expect(parseJson(bytesOf(text))).toEqual(JSON.parse(text));
});

test('text that is not UTF-8 is refused', () => {
  expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
});

test('does not look for the place of a mistake in a very large body', () => {
  const text = `${' '.repeat(2 * 1024 * 1024)}{`;
  expect(() => parseJson(bytesOf(text))).toThrow('it is too large (2097153 characters) to say where');
});

test('a large body of escapes, or around a prototype key, is read in no time', () => {
  const escapes = `["${'\\u005f'.repeat(1_000_000)}"]`;
  const numbers = `{"a":[${'0,'.repeat(2_000_000)}0],"__proto__":1}`;
  const started = performance.now();
  parseJson(bytesOf(escapes));
  expect(parseJson(bytesOf(numbers))).not.toHaveProperty('__proto__', 1);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test.each([
  '{"__proto__":{"polluted":true},"a":1}',
  '{"\\u005f_proto__":{"polluted":true},"a":1}',
  '{"__\\u0070r\\u006Fto__":{"polluted":true},"a":1}',
])('drops prototype keys of %s', (text) => {
  const value = parseJson(bytesOf(text));
  expect(value).toEqual({ a: 1 });
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect({}).not.toHaveProperty('polluted');
});

test('drops prototype keys at every depth', () => {
  const text = '{"a":[{"__proto__":1,"b":{"__proto__":{"c":2},"d":3}}],"e":"__proto__"}';
  expect(JSON.stringify(parseJson(bytesOf(text)))).toBe('{"a":[{"b":{"d":3}}],"e":"__proto__"}');
});
