import type { AskCitation } from '../../src/domain/ask.ts';
import { formatSource } from '../../src/domain/source.ts';

/** Citations whose lines do not hold the words they quote. */
export function findStrangeCitations(
  citations: readonly AskCitation[],
  findText: (path: string) => string | undefined,
): string[] {
  return citations.flatMap(({ source, quote }) => {
    const text = findText(source.path);
    if (text === undefined) return [`${source.path} is not there`];
    const lines = text
      .split('\n')
      .slice(source.line - 1, source.endLine)
      .join('\n');
    const prose = lines.replace(/^[ \t]*(```|~~~)[\s\S]*?^[ \t]*\1[ \t]*$/gm, '');
    const isHeld = [lines, prose, source.path].some((whole) => inkOf(whole).includes(inkOf(quote)));
    return isHeld ? [] : [`${formatSource(source)}–${source.endLine} does not say: ${quote.slice(0, 200)}`];
  });
}

/** Steps are quoted without Markdown's marks and line breaks: the ink must be the same. */
function inkOf(text: string): string {
  return text.replace(/\]\([^)\n]{0,2000}\)/g, '').replace(/[\s*_`~[\]\\]/g, '');
}
