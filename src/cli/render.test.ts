import { describe, expect, it } from 'vitest';
import { bar, formatMs, formatRange, plain, wrap } from './render.ts';

describe('what a terminal is shown', () => {
  it('holds no control character that knowledge or telemetry brought along', () => {
    const answer = {
      step: 'kubectl get pods\x1b[2K\rrm -rf /',
      nested: [{ text: 'a\u202eb\u0007' }],
      n: 1,
      none: null,
    };
    expect(plain(answer)).toEqual({ step: 'kubectl get pods[2Krm -rf /', nested: [{ text: 'ab' }], n: 1, none: null });
  });

  it('keeps the line breaks of a command', () => {
    expect(plain({ command: 'curl \\\n  -s' }).command).toBe('curl \\\n  -s');
  });

  it('wraps at spaces and indents what follows', () => {
    const lines = wrap('word '.repeat(40), 4, '  1. ').split('\n');
    expect(lines[0]).toMatch(/^ {2}1\. word/);
    expect(lines[1]).toMatch(/^ {4}word/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it.each([
    [2.64, '2.6 ms'],
    [774.6, '775 ms'],
    [1_240, '1.24 s'],
  ])('says %f ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('says times in UTC whatever zone they came in, and says so', () => {
    expect(formatRange({ from: '2026-01-01T01:30:00.250+02:00', to: '2026-01-01T00:00:00Z' })).toBe(
      '2025-12-31 23:30:00Z to 2026-01-01 00:00:00Z',
    );
  });

  it('draws shares beyond 0..1 as empty and full', () => {
    expect(bar(-1, 4)).not.toContain('█');
    expect(bar(7, 4)).toBe('████');
  });
});
