/**
 * How long a server asks to be left alone, in milliseconds; undefined when it does not say so in a way that is understood.
 * A date is taken against the server's own clock where it sends one: the two clocks may differ.
 */
export function readRetryAfter(headers: Headers | undefined, now: Date): number | undefined {
  // OpenAI and Azure say it more exactly as well.
  const exact = readNumber(headers?.get('retry-after-ms'));
  if (exact !== undefined) return exact;
  const told = headers?.get('retry-after');
  const seconds = readNumber(told);
  if (seconds !== undefined) return seconds * 1_000;
  const until = readDate(told);
  if (until === undefined) return undefined;
  return Math.max(0, until - (readDate(headers?.get('date')) ?? now.getTime()));
}

function readNumber(text: string | null | undefined): number | undefined {
  return text && /^\d{1,12}(\.\d{1,6})?$/.test(text.trim()) ? Number(text) : undefined;
}

/** As HTTP writes dates. Anything looser (`2`, `-1`) is a number that somebody got wrong. */
function readDate(text: string | null | undefined): number | undefined {
  if (!text || !/^[A-Za-z]{3,9}, /.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
