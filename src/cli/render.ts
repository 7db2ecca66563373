import { styleText } from 'node:util';

const WIDTH = 100;

/** The few marks that this program's text output is made of; plain text where colours are not wanted. */
export const paint = {
  title: (text: string) => styleText('bold', text),
  good: (text: string) => styleText('green', text),
  warning: (text: string) => styleText('yellow', text),
  danger: (text: string) => styleText('red', text),
  quiet: (text: string) => styleText('dim', text),
};

/**
 * An answer whose every text is safe to show: knowledge and telemetry may hold control characters, and those rewrite
 * what a terminal has shown already. `--json` needs none of this.
 */
export function plain<T>(answer: T): T {
  const strip = (_key: string, value: unknown) =>
    typeof value === 'string' ? value.replace(/[\p{Cc}\p{Cf}]/gu, (found) => (found === '\n' ? found : '')) : value;
  // Answers are JSON already: the round trip gives the same shape.
  return JSON.parse(JSON.stringify(answer), strip) as T;
}

export function heading(text: string): string {
  return `\n${paint.title(text)}\n`;
}

/** Breaks at spaces to fit a terminal; continuation lines are indented as deep as the first one's text. */
export function wrap(text: string, indent = 2, first = ' '.repeat(indent)): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== first.trim()) {
      lines.push(line);
      line = ' '.repeat(indent);
    }
    line += line.endsWith(' ') ? word : ` ${word}`;
  }
  return `${[...lines, line].join('\n')}\n`;
}

export function bar(share: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + paint.quiet('·'.repeat(width - filled));
}

/** Milliseconds for people: `2.6 ms`, `775 ms`, `1.24 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms >= 100 ? Math.round(ms) : Math.round(ms * 10) / 10} ms`;
}

/** A share for people: `87 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A chance, rounded down as decisions read it: 19.9 % is not 20 % sure. */
export function percentBelow(chance: number): string {
  return `${Math.floor(chance * 100 + 1e-9)} %`;
}

/** From when to when; a day stands on each side, for windows may lie days apart. */
export function formatRange({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${formatSecond(from)} to ${formatSecond(to)}`;
}

/** A time in UTC, to the second: `2026-03-31 12:00:00Z`. */
export function formatSecond(time: string): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`;
}
