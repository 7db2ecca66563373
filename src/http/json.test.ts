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

test.each(['{"__proto__":{"polluted":true},"a":1}', '{"\\u005f_proto__":{"polluted":true},"a":1}'])(
  'drops prototype keys of %s',
  (text) => {
    const value = parseJson(bytesOf(text));
    expect(value).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  },
);
