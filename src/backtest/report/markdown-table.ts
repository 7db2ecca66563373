/** Columns of one width, so that a terminal shows a table where a pull request renders one. Figures end in one line. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, at) => {
    const cells = rows.map((row) => row[at] ?? '');
    return { width: Math.max(3, ...[title, ...cells].map(widthOf)), isRight: cells.every(isFigure) };
  });
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ width, isRight }, at) => pad(cells[at] ?? '', width, isRight)).join(' | ')} |`;
  const rules = columns.map(({ width, isRight }) => '-'.repeat(width + 1) + (isRight ? ':' : '-'));
  return [line(header), `|${rules.join('|')}|`, ...rows.map(line)].join('\n');
}

function isFigure(cell: string): boolean {
  return /^[\d.–−]/.test(cell);
}

/** Longer names would wrap every row. */
const NAME_WIDTH = 60;

/**
 * A name of somebody else's as a code span: nothing in it becomes a link, a mention or markup, and nothing in it moves a
 * terminal's cursor.
 */
export function toCode(name: string, width = NAME_WIDTH): string {
  const text = toPlain(name).replaceAll('`', "'").replaceAll('|', '¦').trim();
  const letters = [...text];
  const short = letters.length > width ? `${letters.slice(0, width - 1).join('')}…` : text;
  return short === '' ? '–' : `\`${short}\``;
}

/** One line without control characters, reordering marks among them. */
export function toPlain(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ');
}

function pad(cell: string, width: number, isRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return isRight ? space + cell : cell + space;
}

function widthOf(cell: string): number {
  return [...cell].length;
}
