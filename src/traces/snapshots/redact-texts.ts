import { type Redactor, writeRedactionMark } from '../../domain/redaction.ts';

/** A redactor takes as long to start as to read thousands of characters, so many texts are read at once. */
const MAX_JOINED_CHARS = 100_000;
/** Ends every line and every word: findings stay on their side of it. */
const BETWEEN = '\n\0\n';

/** What each text becomes by itself, though many are read at once. A text that cannot be looked at is not shown. */
export async function redactTexts(texts: Iterable<string>, redact: Redactor): Promise<Map<string, string>> {
  const shown = new Map<string, string>();
  for (const batch of listBatches(new Set(texts))) {
    const redacted = await redactBatch(batch, redact);
    // One that stayed is kept as it was: a part of the joined text would keep all of that in memory.
    for (const [at, text] of batch.entries()) shown.set(text, redacted[at] === text ? text : (redacted[at] ?? ''));
  }
  return shown;
}

async function redactBatch(batch: readonly string[], redact: Redactor): Promise<string[]> {
  const parts = await redact(batch.join(BETWEEN)).then(
    ({ text }) => text.split(BETWEEN),
    () => [],
  );
  if (parts.length === batch.length) return parts;
  if (batch.length === 1) return [await redactAlone(batch[0] ?? '', redact)];
  // A private key that begins in one text and ends in another took what is between them.
  const half = batch.length >> 1;
  return [...(await redactBatch(batch.slice(0, half), redact)), ...(await redactBatch(batch.slice(half), redact))];
}

/** A text that holds what separates texts, or cannot be searched. */
function redactAlone(text: string, redact: Redactor): Promise<string> {
  return redact(text).then(
    (redaction) => redaction.text,
    () => writeRedactionMark('not-searched'),
  );
}

function* listBatches(texts: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  let chars = 0;
  for (const text of texts) {
    // What separates texts is in this one, too.
    const standsAlone = text.includes('\0');
    if (batch.length > 0 && (standsAlone || chars + text.length > MAX_JOINED_CHARS)) {
      yield batch;
      [batch, chars] = [[], 0];
    }
    if (standsAlone) yield [text];
    else {
      batch.push(text);
      chars += text.length + BETWEEN.length;
    }
  }
  if (batch.length > 0) yield batch;
}
