import type { Measured } from '../metrics.ts';
import type { Paired } from '../paired.ts';
import type { System } from '../systems.ts';

export const SYSTEM_NAMES: Readonly<Record<System, string>> = {
  bm25: 'BM25',
  'bm25-repeats': 'BM25, repeated words counted',
  langchain: 'LangChain, stock recipe',
  dense: 'dense leg',
  lexical: 'lexical leg',
  rrf: 'both legs by reciprocal rank',
  hybrid: 'hybrid',
};

export function round(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

export function signed(value: number): string {
  const text = round(value);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

export function interval({ value, low, high }: Measured): string {
  return `${round(value)} [${round(low)}–${round(high)}]`;
}

export function signedInterval({ value, low, high }: Measured): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

export function tally({ wins, ties, losses }: Paired): string {
  return `${wins} / ${ties} / ${losses}`;
}

export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
