import { describe, expect, it } from 'vitest';
import { readAnnotations, readLabels, toText, toUrl } from './words.ts';

describe('labels', () => {
  it('are texts, whatever a sender made them', () => {
    expect(readLabels({ a: 1, b: true, c: ' x ', d: ['p', 2] })).toEqual({ a: '1', b: 'true', c: 'x', d: 'p, 2' });
  });

  it('leave out what says nothing', () => {
    expect(readLabels({ a: '', b: null, c: {}, ' ': 'x', d: [] })).toEqual({});
    for (const odd of [null, 'text', 7, ['a'], undefined]) expect(readLabels(odd)).toEqual({});
  });

  it('are cut to what a name or a value can be, and so are annotations', () => {
    const huge = 'x'.repeat(100_000);
    const [[name = '', value = ''] = []] = Object.entries(readLabels({ [huge]: huge }));
    expect([name.length, value.length]).toEqual([200, 4_096]);
    expect(readAnnotations({ a: huge })['a']).toHaveLength(20_000);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`l${at}`, at]));
    expect(Object.keys(readLabels(many))).toHaveLength(200);
  });

  it('may have any name without touching a prototype', () => {
    const labels = readLabels(JSON.parse('{"__proto__": "x", "constructor": "y"}'));
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
    expect(labels['constructor']).toBe('y');
  });

  it('hold only what can be written as UTF-8', () => {
    expect(toText('a\u0000b\ud800', 10)).toBe('a\ufffdb\ufffd');
    expect(toText('x😀', 2)).toBe('x\ufffd');
  });
});

describe('a URL', () => {
  it('is one that a browser may open', () => {
    expect(toUrl('https://example.com/a')).toBe('https://example.com/a');
    for (const other of ['javascript:alert(1)', '', 'file:///etc', 7]) expect(toUrl(other)).toBeUndefined();
  });
});
