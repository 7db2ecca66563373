/** English words too common to tell documents apart, and words that every alert text holds. */
const STOP_WORDS = new Set(
  'a an and are as at be been but by can could did do does for from had has have if in into is it its may more no not of on or our should so such than that the their them then there these they this to was were when where which while will with would you your'.split(
    ' ',
  ),
);

/** Splits `KubePodCrashLooping`, `HTTPServer`, `pre-processor` and `node_memory_total` at their seams. */
export function splitIdentifiers(text: string): string {
  return text.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})/g, ' ').replace(/[_\-/.]+/g, ' ');
}

/** A word without seams: the common case, and the cheap one. */
const PLAIN_WORD = /^[A-Za-z]?[a-z0-9]*$/;

/**
 * Terms for lexical search: words in lower case without stop words and plural endings, and every identifier both in
 * its parts and whole, because whoever types `KubePodCrashLooping` means exactly that.
 */
export function tokenise(text: string): string[] {
  if (PLAIN_WORD.test(text)) return toTerms(text === '' ? [] : [text.toLowerCase()]);
  const parts =
    splitIdentifiers(text)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...toTerms(parts), ...listIdentifiers(text)];
}

/** Distinct terms of a question that are read: an alert has some dozens, and a log that was pasted whole says no more. */
const MAX_TERMS = 300;

/** Where `tokenise` could find something; it finds nothing that reaches over the rest. */
const WORD = /[\w\-/.\u0080-\uffff]+/g;

/** Terms of a question, up to the word that brings the `MAX_TERMS`th distinct one; repeated terms stay. */
export function tokeniseQuestion(text: string): string[] {
  // Two characters make one term; the four of `a-b,` make three.
  if (text.length <= MAX_TERMS) return tokenise(text);
  const distinct = new Set<string>();
  const terms: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    for (const term of tokenise(word)) {
      if (distinct.size === MAX_TERMS && !distinct.has(term)) return terms;
      distinct.add(term);
      terms.push(term);
    }
  }
  return tokenise(text);
}

/** Words made of several parts, in lower case: `kubepodcrashlooping`, `pre-processor`, `e42-7`. */
export function listIdentifiers(text: string): string[] {
  const words = text.match(/[\p{L}\p{N}](?:[\p{L}\p{N}_\-./]*[\p{L}\p{N}])?/gu) ?? [];
  return words
    .filter((word) => /[_\-/.]/.test(word) || /[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}/.test(word))
    .map((word) => word.toLowerCase());
}

function toTerms(words: readonly string[]): string[] {
  const terms: string[] = [];
  for (const word of words) if (!STOP_WORDS.has(word)) terms.push(stripPlural(word));
  return terms;
}

function stripPlural(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
