/** Alerts, telemetry and knowledge are written by anybody: one line without anything that steers what shows it. */
export function toLine(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

/** As people count, not as UTF-16 does. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * At most `length` characters of a line, whole words only, and none of a command without the rest of it: half a command
 * may do more than the whole. Empty where not one word fits.
 */
export function cutLine(line: string, length: number): string {
  if (lengthOf(line) <= length) return line;
  const kept = [...line].slice(0, Math.max(0, length - 1)).join('');
  const words = kept.slice(0, kept.lastIndexOf(' ') + 1).trimEnd();
  const ticks = words.split('`').length - 1;
  const whole = (ticks % 2 === 0 ? words : words.slice(0, words.lastIndexOf('`'))).trimEnd();
  if (whole !== '') return `${whole}…`;
  // Not every script has spaces.
  return /\p{Lo}/u.test(kept) && !kept.includes('`') ? `${kept}…` : '';
}
