import { describe, expect, it } from 'vitest';
import { buildSource } from '../testing/knowledge-builder.ts';
import { cutPieces } from './pieces.ts';

function cut(text: string) {
  const endLine = 10 + text.split('\n').length - 1;
  const section = { role: 'other' as const, text, source: { ...buildSource('a.md', 10), endLine } };
  return cutPieces(section).map(({ text: words, source, commands }) => ({
    words,
    lines: [source.line, source.endLine],
    commands,
  }));
}

describe('cutPieces', () => {
  it('cuts prose into sentences, each with the lines it stands in', () => {
    expect(cut('First it was slow. Then\nit stopped.\n\nVersion 1.2 mended it.')).toEqual([
      { words: 'First it was slow.', lines: [10, 10], commands: [] },
      { words: 'Then it stopped.', lines: [10, 11], commands: [] },
      { words: 'Version 1.2 mended it.', lines: [13, 13], commands: [] },
    ]);
  });

  it('cuts a table into rows, without its head and rule', () => {
    expect(cut('| at | what |\n|---|---|\n| 09:02 | rolled out |\n| 09:28 | rolled back |')).toEqual([
      { words: '09:02: rolled out', lines: [12, 12], commands: [] },
      { words: '09:28: rolled back', lines: [13, 13], commands: [] },
    ]);
  });

  it('keeps a passage together with its commands', () => {
    expect(cut('- Look at the pods:\n\n  ```sh\n  kubectl get pods\n  kubectl get nodes\n  ```')).toEqual([
      { words: 'Look at the pods:', lines: [10, 15], commands: ['kubectl get pods\nkubectl get nodes'] },
    ]);
  });

  it('takes a long hostile line in its stride', () => {
    const start = performance.now();
    cut(`${'a. '.repeat(20_000)}\n${'| '.repeat(20_000)}\n${'- '.repeat(20_000)}`);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
