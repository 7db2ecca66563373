import { REDACTION_MARK } from '../domain/redaction.ts';

const MARKS = new RegExp(REDACTION_MARK.source, 'g');

/** `<password>`, `$PASSWORD`, `${…}`, `{{ … }}`, `%(…)s`, `%PASSWORD%`, `***`, `...`, `@file`, a shell's `$(…)`. */
const TEMPLATE = /^(?:<|\$[A-Za-z_{(]|\{|%[({A-Z_]|\[|\*{2}|\.{2,}|…|x{3,}$|@|!)/i;
const ENDS_TEMPLATE = /(?:\*{3,}|…|\.{3}|x{4,})$/i;

/** What documentation writes where a value belongs, types in a schema, and words that go on with a sentence. */
const WORDS = new Set(
  `password passwd pass passphrase pwd secret token key value apikey credential credentials user username string str
   text bool boolean int integer number object array bytes any void true false yes no on off null none nil undefined
   empty unset required optional default defaults prompt hidden masked redacted changeme change-me change_me example
   sample placeholder dummy foo bar baz test todo tbd unknown invalid expired missing wrong rotated auto random same
   see ask in is the a an and or for from of to with not stored via by per use using it its this that your my
   bearer basic ok enabled disabled generated file env`.split(/\s+/),
);
const PLACEHOLDER_PHRASE =
  /^(?:your|my|the|some|insert|replace|enter|put|example|dummy|fake|sample)[-_ ]|[-_](?:here|placeholder|example)$/i;

/** References to where a value is kept: a variable, a path, a secret store, a call. */
const REFERENCE =
  /^(?:env[.:]|process\.|os\.|ENV\[|vault:|op:\/\/|ref\+|arn:|file:|secret\/|secrets?\.|vars\.|\.{0,2}\/[\w.-]|~\/|[A-Za-z]:\\|projects\/|https?:\/\/[^@]*$)/;
const CALL = /^[A-Za-z_][\w.]*\(/;

/** Is this no value but the place of one? Commands with these are what a runbook is for. */
export function isPlaceholder(value: string): boolean {
  const bare = value.replace(/[.,:;!?)\]}]+$/, '');
  return (
    bare === '' ||
    isMarked(value) ||
    TEMPLATE.test(value) ||
    ENDS_TEMPLATE.test(value) ||
    /^(.)\1*$/.test(bare) ||
    WORDS.has(bare.toLowerCase()) ||
    PLACEHOLDER_PHRASE.test(bare) ||
    REFERENCE.test(value) ||
    CALL.test(value)
  );
}

/** Blacked out already, and nothing else stands beside the mark. */
function isMarked(value: string): boolean {
  return REDACTION_MARK.test(value) && !/[\p{L}\p{N}]/u.test(value.replace(MARKS, '').replace(/\\[nrt]/g, ''));
}

/** Could somebody have made this up as a name? Words and short numbers, joined: `checkout-db-v2`, `kube-system/token`. */
const NAME = /^[A-Za-z]{1,24}\d{0,3}(?:[-._/:]{1,2}(?:\d{1,3}|[A-Za-z]{1,24}\d{0,3}))*$/;
const CAMEL_CASE = /^[A-Z]?[a-z]+(?:[A-Z][a-z]+)*\d{0,2}$/;
const SCREAMING_CASE = /^[A-Z]+(?:_[A-Z0-9]+)+$/;
const MIN_RANDOM = 8;

/** Is this too irregular for a name or a word? */
export function looksRandom(value: string): boolean {
  if (value.length < MIN_RANDOM || /^\d+(?:\.\d+)?$/.test(value)) return false;
  if (CAMEL_CASE.test(value) || SCREAMING_CASE.test(value)) return false;
  if (NAME.test(value)) return /^[A-Za-z]+\d*$/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value);
  return /[A-Za-z]/.test(value) && (/\d/.test(value) || /[^\w./:-]/.test(value) || value.length >= 20);
}
