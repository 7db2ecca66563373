import { NOISE_BOUNDS, type NoiseField, type NoiseTest, NoiseVerb } from '../domain/noise-rule.ts';
import { type Cursor, mistakeAt, next, peek, quote, refuse, take } from './cursor.ts';
import { findNearest } from './nearest.ts';
import { BARE_VERBS, LIST_VERBS, RESERVED, SENDERS, SUBJECTS, VERB_WORDS } from './words.ts';

/** `the label team is one of web, db`. */
export function readTest(cursor: Cursor): NoiseTest {
  if (++cursor.tests > NOISE_BOUNDS.tests) {
    throw mistakeAt(
      peek(cursor).at,
      `a rule makes ${NOISE_BOUNDS.tests} tests at most: use “is one of”, or make two rules of it`,
    );
  }
  const field = readField(cursor);
  const verb = readVerb(cursor);
  const { at } = peek(cursor);
  const values = readValues(cursor, verb);
  if (field.kind === 'sender') assertSenders(values, verb, at);
  return { kind: 'test', field, verb, values };
}

function readField(cursor: Cursor): NoiseField {
  if (!take(cursor, 'the')) refuse(cursor, '“the”, with which a test begins: “the alert is …”', ['the']);
  const subject = SUBJECTS.find((word) => take(cursor, word));
  if (subject === undefined) {
    return refuse(cursor, `one of ${SUBJECTS.join(', ')}; any other label is “the label NAME”`, SUBJECTS);
  }
  if (subject !== 'label' && subject !== 'annotation') return { kind: subject };
  return { kind: subject, name: readValue(cursor, `the name of the ${subject}`) };
}

/** Each first word once, for whoever mistypes it. */
const VERB_STARTS = [...new Set(Object.values(VERB_WORDS).map(([first = '']) => first))];

function readVerb(cursor: Cursor): NoiseVerb {
  // The longest come first, so that `is not` is not `is` of a value called `not`.
  const verb = Object.entries(VERB_WORDS).find(([, words]) => take(cursor, ...words))?.[0];
  if (verb !== undefined) return NoiseVerb.parse(verb);
  const verbs = NoiseVerb.options.map((option) => `“${option}”`).join(', ');
  return refuse(cursor, `one of ${verbs}`, VERB_STARTS);
}

function readValues(cursor: Cursor, verb: NoiseVerb): string[] {
  if (BARE_VERBS.has(verb)) return [];
  const values = [readValue(cursor, 'a value')];
  while (LIST_VERBS.has(verb) && peek(cursor).kind === 'comma') {
    next(cursor);
    if (values.length >= NOISE_BOUNDS.values) {
      throw mistakeAt(peek(cursor).at, `a list has at most ${NOISE_BOUNDS.values} values`);
    }
    values.push(readValue(cursor, 'a value after the comma'));
  }
  refuseMore(cursor, verb);
  return values;
}

/** The two ways in which people go on where the grammar does not. */
function refuseMore(cursor: Cursor, verb: NoiseVerb): void {
  const { kind, text, at } = peek(cursor);
  if (kind === 'comma') throw mistakeAt(at, `only “is one of” and “is none of” take a list; “${verb}” takes one value`);
  const isValue = kind === 'quoted' || (kind === 'word' && !RESERVED.has(text.toLowerCase()));
  const isSlip =
    kind === 'word' && findNearest(text, ['and', 'or', 'unless', 'between', 'until', 'then']) !== undefined;
  if (isValue && !isSlip) {
    throw mistakeAt(at, `${quote(text)} is one word too many: put double quotes around a value of several words`);
  }
}

function readValue(cursor: Cursor, what: string): string {
  const { kind, text, at } = peek(cursor);
  const isBare = kind === 'word' && !RESERVED.has(text.toLowerCase());
  if (kind === 'word' && !isBare) {
    refuse(cursor, `${what} (words of the grammar need double quotes there: "${text}")`);
  }
  if (!isBare && kind !== 'quoted') refuse(cursor, what);
  // Whether it is there at all is what `is missing` asks.
  if (text.trim() === '')
    throw mistakeAt(at, 'an empty value fits everything or nothing: use “is missing” or “is present”');
  if (text.length > NOISE_BOUNDS.value) throw mistakeAt(at, `a value has at most ${NOISE_BOUNDS.value} characters`);
  return next(cursor).text;
}

/** A sender that there is not would never be met. */
function assertSenders(values: readonly string[], verb: NoiseVerb, at: number): void {
  const isWhole = verb === 'is' || verb === 'is not' || LIST_VERBS.has(verb);
  const unknown = isWhole ? values.find((value) => !SENDERS.includes(value.toLowerCase())) : undefined;
  if (unknown === undefined) return;
  const nearest = findNearest(unknown, SENDERS);
  const meant = nearest === undefined ? '' : ` (did you mean ${quote(nearest)}?)`;
  throw mistakeAt(at, `expected one of the senders ${SENDERS.join(', ')}, but found ${quote(unknown)}${meant}`);
}
