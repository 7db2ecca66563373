/** The JSON of a file, or the line of its first mistake. */
export type JsonText = { readonly body: unknown } | { readonly line: number };

/**
 * One JSON value, or one per line as the OpenTelemetry Collector's file exporter writes them: then the traces of all
 * lines are one body, because the spans of a trace may be spread over several.
 */
export function readJson(text: string): JsonText {
  try {
    return { body: JSON.parse(text) };
  } catch (error) {
    return readLines(text) ?? { line: lineOfMistake(text, error) };
  }
}

/** JSON is YAML: a topology may be written in either. */
export function isYamlInJson(body: unknown): boolean {
  return typeof body === 'object' && body !== null && ('services' in body || 'apiVersion' in body);
}

function readLines(text: string): JsonText | undefined {
  const resourceSpans: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parseLine(line);
    // A first line that is no value of its own belongs to a value of many lines.
    if (!isRecord(value)) return index === 0 ? undefined : { line: index + 1 };
    // Metrics and logs may stand in the same file.
    if (Array.isArray(value['resourceSpans'])) for (const one of value['resourceSpans']) resourceSpans.push(one);
  }
  return { body: { resourceSpans } };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** V8 says the position; where it does not, the text ended too early. Its message quotes the text, so it is not shown. */
function lineOfMistake(text: string, error: unknown): number {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const before = position === undefined ? text.trimEnd() : text.slice(0, Number(position));
  return before.split('\n').length;
}
