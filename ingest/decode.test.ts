import { describe, expect, it } from 'vitest';
import { decodeText } from './decode.ts';

const decode = (content: string | Uint8Array) =>
  decodeText(typeof content === 'string' ? Buffer.from(content) : content, 'runbooks/One.md');

describe('a file’s bytes as text', () => {
  it('drops a byte order mark and carriage returns, and keeps the lines', () => {
    expect(decode('\ufeff# A\r\n\r\nb\rc\n')?.text).toBe('# A\n\nb\nc\n');
  });

  it('reads what is not UTF-8 as well as it can, and says on which line it began to guess', () => {
    const file = decode(Buffer.from('# Caf\u00e9\n\nd\u00e9j\u00e0 vu\n', 'latin1'));
    expect(file?.text).toBe('# Café\n\ndéjà vu\n');
    expect(file?.problems).toEqual([
      { path: 'runbooks/One.md', line: 1, message: expect.stringContaining('not UTF-8') },
    ]);
    const later = decode(Buffer.concat([Buffer.from('# Größe\nfine\n'), Buffer.from([0x61, 0xff, 0x0a])]));
    expect(later?.problems[0]?.line).toBe(3);
  });

  it('reads UTF-16 with its mark, and asks for UTF-8', () => {
    const file = decode(Buffer.from('\ufeff# Wide\n', 'utf16le'));
    expect(file?.text).toBe('# Wide\n');
    expect(file?.problems[0]?.message).toContain('UTF-16LE');
  });

  it('knows bytes that are no text', () => {
    expect(decode(Uint8Array.from([1, 0, 2]))).toBeUndefined();
    expect(decode('')?.text).toBe('');
  });
});
