/**
 * Markdown as its author's paragraphs and list items, each word for word. A fence belongs to what stands before it, for
 * it holds the command that the words are about; so do lines that are set in.
 */
export function splitPassages(markdown: string): string[] {
  const lines = markdown.split('\n');
  const isFenced = markFences(lines);
  const passages: { readonly start: number; end: number }[] = [];
  let isOpen = false;
  for (const [at, line] of lines.entries()) {
    const last = passages.at(-1);
    const isBlank = line.trim() === '' && !isFenced[at];
    const belongs = isFenced[at] || /^\s/.test(line) || (isOpen && !isListItem(line));
    if (last && belongs && !isBlank) last.end = at;
    else if (!isBlank) passages.push({ start: at, end: at });
    isOpen = !isBlank;
  }
  return passages.map(({ start, end }) =>
    lines
      .slice(start, end + 1)
      .join('\n')
      .trim(),
  );
}

/** For each line whether it stands in a fence, or opens or closes one. */
function markFences(lines: readonly string[]): boolean[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const [, marker] = /^\s*(```|~~~)/.exec(line) ?? [];
    const wasOpen = fence !== undefined;
    if (fence === undefined) fence = marker;
    else if (fence === marker) fence = undefined;
    return wasOpen || marker !== undefined;
  });
}

function isListItem(line: string): boolean {
  return /^(?:[-*+]|\d{1,3}[.)])\s/.test(line);
}
