import { PrecedentError, type Problem } from '../../domain/errors.ts';

/** A window of a hundred thousand bad spans needs one page of problems, not a hundred thousand. */
export const MAX_PROBLEMS = 20;
/** Enough of an id to find the span by. */
const MAX_ID = 64;
const MAX_WORDS = 200;

/** Of problems that are all alike a few show what is wrong. */
const ENOUGH_ALIKE = 3;

/** `count` is how many there are, when not all of them were named. */
export function invalidTraces(summary: string, problems: readonly Problem[], count = problems.length): PrecedentError {
  const first = problems[0];
  const isAlike = count > ENOUGH_ALIKE && new Set(problems.map(kindOf)).size === 1;
  const alike = isAlike ? ` (${count === MAX_PROBLEMS ? `${count} or more` : count} are like this)` : '';
  const detail = first ? `: ${first.path}: ${first.message}${alike}` : '';
  const shown = problems.slice(0, isAlike ? ENOUGH_ALIKE : MAX_PROBLEMS);
  return new PrecedentError('trace-invalid', `${summary}${detail}`, { problems: shown });
}

/** What a problem is apart from whose it is: without ids and numbers. */
function kindOf({ path, message }: Problem): string {
  const where = path.startsWith('span ') ? '' : path.replace(/\d+/g, '');
  return `${where} ${message.replace(/^span [^ ]*: /, '').replace(/\d+/g, '')}`;
}

/** An id as a message shows it: its beginning, and nothing that could speak. */
export function showId(id: string): string {
  return id.slice(0, MAX_ID).replace(/[^\w:./+=-]/g, '?');
}

/** Words of another program as a message shows them: one line, not long, and no more than words. */
export function showWords(text: string): string {
  return text.slice(0, MAX_WORDS).replace(/[^\w:./+=, ()'-]/g, '?');
}

/** Names what a value is without a word of what it holds. */
export function describeType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  if (typeof value === 'number') return Number.isFinite(value) ? 'a number' : 'a number out of range';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : 'true or false';
}
