import { type Redactor, writeRedactionMark } from './redaction.ts';

/** What stands where nobody could look for secrets. */
export const UNCHECKED = writeRedactionMark('unchecked');

/**
 * Each of these texts without secrets. As one text, for each search costs as much as some thousand words; the redactor
 * keeps lines, so they can be told apart. Fails when nobody can look for secrets: then nothing of them may be used.
 */
export async function redactTexts(texts: readonly string[], redact: Redactor): Promise<Map<string, string>> {
  if (texts.length === 0) return new Map();
  // A blank line between two, so that what stands at the end of one names nothing in the next.
  const lines = (await redact(texts.join('\n\n'))).text.split('\n');
  const clean = new Map<string, string>();
  let from = 0;
  for (const text of texts) {
    const to = from + text.split('\n').length;
    clean.set(text, lines.slice(from, to).join('\n'));
    from = to + 1;
  }
  if (from !== lines.length + 1) throw new Error('the redactor did not keep the lines');
  return clean;
}
