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

  it('tells each row of a table with the heads of its columns', () => {
    expect(cut('| at | what |\n|---|---|\n| 09:02 | rolled out |\n| 09:28 | rolled back |')).toEqual([
      { words: 'at: 09:02; what: rolled out', lines: [12, 12], commands: [] },
      { words: 'at: 09:28; what: rolled back', lines: [13, 13], commands: [] },
    ]);
  });

  it('keeps alternatives apart that stand side by side, also right below a sentence', () => {
    const table =
      'Two kinds:\n| | disk | memory |\n|---|---|---|\n| seen as | writes fail | exit code 137 \\| OOM |\nThat is all.';
    expect(cut(table).map(({ words }) => words)).toEqual([
      'Two kinds:',
      'seen as; disk: writes fail; memory: exit code 137 | OOM',
      'That is all.',
    ]);
  });

  it('tells no row whose columns have no heads, but a name with its value', () => {
    expect(cut('| writes fail | exit code 137 |')).toEqual([]);
    expect(cut('| | | |\n|---|---|---|\n| disk | writes fail | exit code 137 |')).toEqual([]);
    expect(cut('| | |\n|---|---|\n| disk | 40 GiB |').map(({ words }) => words)).toEqual(['disk: 40 GiB']);
  });

  it('keeps a passage together with its commands', () => {
    expect(cut('- Look at the pods:\n\n  ```sh\n  kubectl get pods\n  kubectl get nodes\n  ```')).toEqual([
      { words: 'Look at the pods:', lines: [10, 15], commands: ['kubectl get pods\nkubectl get nodes'] },
    ]);
  });

  it('takes a long hostile line in its stride', () => {
    const start = performance.now();
    cut('a|b\n-|-\nc\n'.repeat(2_000));
    cut(`${'a. '.repeat(20_000)}\n${'| '.repeat(20_000)}\n${'- '.repeat(20_000)}`);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
