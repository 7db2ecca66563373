/** One word, value or mark of a sentence; `at` is its first character, counted from 1. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'comma' | 'open' | 'close' | 'end' | 'broken';
  /** Without its quotes. Of what is broken: why. */
  readonly text: string;
  readonly at: number;
}

const MARKS: Readonly<Record<string, Token['kind']>> = { ',': 'comma', '(': 'open', ')': 'close' };

/** What changes how a line is read, or nothing at all: who reviews a rule must see what it says. */
const UNSEEN = /\p{Cf}/u;

/** What ends a bare word. */
const WORD_END = /[\s,()"“”]/;

/** Each character is looked at once; what comes after something broken is not. */
export function tokenise(text: string): Token[] {
  const unseen = text.search(UNSEEN);
  if (unseen >= 0) return [broken('a character that nobody sees stands here: take it out', unseen)];
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    const mark = MARKS[character];
    if (/\s/.test(character)) at++;
    else if (mark !== undefined) tokens.push({ kind: mark, text: character, at: ++at });
    else {
      const [token, end] = character === '"' ? readQuoted(text, at) : readWord(text, at);
      tokens.push(token);
      if (token.kind === 'broken') return tokens;
      at = end;
    }
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }];
}

function readWord(text: string, start: number): [Token, number] {
  let end = start;
  if (!/['‘’]/.test(text[start] ?? '')) while (end < text.length && !WORD_END.test(text[end] ?? '')) end++;
  if (end > start) return [{ kind: 'word', text: text.slice(start, end), at: start + 1 }, end];
  return [broken('only straight double quotes (") go around a value', start), end];
}

/** `\"` and `\\` are the only escapes; a value is one line. */
function readQuoted(text: string, start: number): [Token, number] {
  const parts: string[] = [];
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') return [{ kind: 'quoted', text: parts.join(''), at: start + 1 }, at + 1];
    if (/\p{Cc}/u.test(character)) return [broken('a quoted value is one line, without control characters', at), at];
    if (character !== '\\') parts.push(character);
    else {
      const next = text[++at];
      if (next !== '"' && next !== '\\') {
        return [broken('after \\ inside quotes comes " or \\ and nothing else', at - 1), at];
      }
      parts.push(next);
    }
  }
  return [broken('the quotes that begin here never end: put " after the value', start), text.length];
}

function broken(why: string, offset: number): Token {
  return { kind: 'broken', text: why, at: offset + 1 };
}
