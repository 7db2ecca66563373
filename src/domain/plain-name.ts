const MAX_NAME = 60;
/** Few words need no room of others, and a sentence of six says no more than who wrote it. */
const MAX_NAME_WORDS = 6;
/** Names of spans are shorter; a digest made elsewhere may hold anything. */
const MAX_READ = 500;

/**
 * Names come from telemetry and alerts, so from anybody: one line, bounded, and unable to speak as the sentences around them
 * do. What looks like a name is written as it is; all else loses the signs that sentences are made of and stands in quotes,
 * which it cannot close.
 */
export function toName(text: string): string {
  const line = text
    .slice(0, MAX_READ)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  const name = cutName(withoutSpeech(line));
  if (name === '') return '-';
  return name === cutName(line) && isOrdinary(name) ? name : `“${name}”`;
}

/** What quotes, cuts up and points: quotes of all kinds, semicolons, arrows, `×`, runs of angle brackets, marks of markup and chat. */
const SIGNS = /["`´“”„‟«»‹›;×\u2190-\u21ff\u27f0-\u27ff\u2900-\u297f\u2b00-\u2bff]|[<>]{3,}|<[/|｜]|[|｜]>/g;
/** What ends a clause, and brackets that begin a word or a link: `[P1]`, `](`. A colon or a dot within a word is part of it. */
const CLAUSES = /[:.!?,]+(?=\s|$)|[：﹕∶、。，！？；]|(?<!\S)!?[[<]|\]\(/g;
/** Letters of another script between Latin ones are there to look like them; so many letters without case are a sentence. */
const DISGUISED =
  /[A-Za-z][\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}][A-Za-z]|(?:\p{Lo}\P{Lo}?){16}/u;

/** Again while it helps: what is taken out may leave a sign at the end of a word. Every round but the last has fewer signs. */
function withoutSpeech(line: string): string {
  const next = line.replace(SIGNS, ' ').replace(CLAUSES, ' ').replace(/\s+/g, ' ').trim();
  return next === line ? line : withoutSpeech(next);
}

function isOrdinary(name: string): boolean {
  const words = name.split(' ');
  const isClosed = (open: string, close: string) => name.split(open).length === name.split(close).length;
  return (
    words.length <= 4 &&
    // Numbers that stand by themselves would read as the digest's own.
    (words.length === 1 || !words.some((word) => /^[\p{N}+±]/u.test(word))) &&
    !/^[)\]}]/.test(name) &&
    !DISGUISED.test(name) &&
    isClosed('(', ')') &&
    isClosed('[', ']')
  );
}

/** Sentences lose their end, single words their middle: methods of one long class differ at the end. */
function cutName(name: string): string {
  const words = name.split(' ');
  const few = words.length > MAX_NAME_WORDS ? `${words.slice(0, MAX_NAME_WORDS).join(' ')}…` : name;
  if (few.length <= MAX_NAME) return few;
  if (words.length > 1) return `${few.slice(0, MAX_NAME - 1).trimEnd()}…`;
  return `${few.slice(0, MAX_NAME / 3)}…${few.slice(-(MAX_NAME - MAX_NAME / 3 - 1))}`;
}
