import { type Redactor, writeRedactionMark } from './redaction.ts';

/** What stands where nobody could look for secrets. */
export const UNCHECKED = writeRedactionMark('unchecked');

/** Searched at once; milliseconds, even where nearly every word looks like a secret. */
const MAX_AT_ONCE = 65_536;

/**
 * Each of these texts without secrets. Many as one text, for each search costs as much as some thousand words; the
 * redactor keeps lines, so they can be told apart. Megabytes part by part, so that other work goes on between. Fails when
 * nobody can look for secrets: then nothing of them may be used.
 */
export async function redactTexts(texts: readonly string[], redact: Redactor): Promise<Map<string, string>> {
  const clean = new Map<string, string>();
  for (const part of partsOf(texts)) {
    if (clean.size > 0) await nextTurn();
    for (const [text, shown] of await redactPart(part, redact)) clean.set(text, shown);
  }
  return clean;
}

function* partsOf(texts: readonly string[]): Generator<readonly string[]> {
  let part: string[] = [];
  let length = 0;
  for (const text of texts) {
    if (part.length > 0 && length + text.length > MAX_AT_ONCE) {
      yield part;
      [part, length] = [[], 0];
    }
    part.push(text);
    length += text.length;
  }
  if (part.length > 0) yield part;
}

async function redactPart(texts: readonly string[], redact: Redactor): Promise<[text: string, shown: string][]> {
  // A blank line between two, so that what stands at the end of one names nothing in the next.
  const lines = (await redact(texts.join('\n\n'))).text.split('\n');
  let from = 0;
  const shown = texts.map((text): [string, string] => {
    const to = from + text.split('\n').length;
    const own = lines.slice(from, to).join('\n');
    from = to + 1;
    return [text, own];
  });
  if (from !== lines.length + 1) throw new Error('the redactor did not keep the lines');
  return shown;
}

/** What awaits only what is there already lets nobody else in. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
