/** One row of a Markdown table, told with the heads of its columns. */
export interface Row {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** A stretch of a passage: prose, or a table with its rows. */
export interface Block {
  readonly start: number;
  readonly text: string;
  readonly rows?: readonly Row[];
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** A table may stand right below a sentence, and a sentence right below a table. */
export function cutBlocks(passage: string): Block[] {
  const lines = listLines(passage);
  const blocks: Block[] = [];
  let prose: Line[] = [];
  const closeProse = () => {
    const text = prose.map((line) => line.text).join('\n');
    if (text.trim() !== '') blocks.push({ start: prose[0]?.start ?? 0, text });
    prose = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const table = takeTable(lines, at);
    const line = lines[at];
    if (table.length === 0) {
      if (line) prose.push(line);
      continue;
    }
    closeProse();
    blocks.push({ start: line?.start ?? 0, text: '', rows: tellRows(table) });
    at += table.length - 1;
  }
  closeProse();
  return blocks;
}

function listLines(passage: string): Line[] {
  let start = 0;
  return passage.split('\n').map((text) => {
    const line = { text, start };
    start += text.length + 1;
    return line;
  });
}

/** A head, the rule below it, and every line that still has columns. */
function takeTable(lines: readonly Line[], from: number): readonly Line[] {
  if (!lines[from]?.text.includes('|') || !isRule(lines[from + 1]?.text ?? '')) return [];
  let to = from + 2;
  while (lines[to]?.text.includes('|')) to++;
  return lines.slice(from, to);
}

function isRule(line: string): boolean {
  return /^[\s:|-]+$/.test(line) && line.includes('-') && line.includes('|');
}

function tellRows([head, , ...rows]: readonly Line[]): Row[] {
  const heads = cutCells(head?.text ?? '');
  return rows.flatMap(({ text: row, start }): Row[] => {
    const text = tellRow(heads, cutCells(row));
    return text === '' ? [] : [{ text, start, length: row.length }];
  });
}

/**
 * Cells side by side may be alternatives: joined without their heads they would make one sentence that nobody wrote. Only
 * the first column, which names the row, may lack a head; where no column has one, two cells are a name and its value.
 */
function tellRow(heads: readonly string[], cells: readonly string[]): string {
  const isNamed = heads.some((head) => head !== '');
  if (!isNamed) return cells.length === 2 ? cells.filter(Boolean).join(': ') : '';
  const told = heads.flatMap((head, at) => {
    const cell = cells[at] ?? '';
    if (cell === '' || (head === '' && at > 0)) return [];
    return [head === '' ? cell : `${head}: ${cell}`];
  });
  return told.join('; ');
}

function cutCells(row: string): string[] {
  const cells = row.trim().split(/(?<!\\)\|/);
  const first = cells[0]?.trim() === '' ? 1 : 0;
  const last = cells.length > 1 && cells.at(-1)?.trim() === '' ? -1 : undefined;
  return cells.slice(first, last).map((cell) => cell.replaceAll('\\|', '|').replace(/\s+/g, ' ').trim());
}
