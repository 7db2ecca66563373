/** A full stop inside a name or a number (`v1.2`, `e.g. this`) ends nothing: the next word must begin like a sentence. */
const SENTENCE_END = /(?<=[.!?])\s+(?=[\p{Lu}\p{N}`"'(])/u;

export function splitSentences(text: string): string[] {
  return text.split(SENTENCE_END).filter((sentence) => sentence.trim() !== '');
}

/** Whole sentences up to `limit` characters, or the first one cut at a word when even that is longer. */
export function cutAtSentence(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const sentence of splitSentences(text)) {
    if (kept.length + 1 + sentence.length > limit) break;
    kept = kept === '' ? sentence : `${kept} ${sentence}`;
  }
  return kept || `${text.slice(0, text.lastIndexOf(' ', limit - 1) + 1 || limit - 1).trimEnd()}…`;
}
