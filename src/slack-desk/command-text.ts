import { type TrueCause, VerdictRequest } from '../domain/feedback.ts';

/** What somebody wants who typed the command. */
export type Intent = { readonly isShared: boolean } & (
  | { readonly kind: 'help' }
  | { readonly kind: 'diagnosis' | 'outage'; readonly id: string }
  | { readonly kind: 'correct'; readonly id: string; readonly trueCause: TrueCause }
  | { readonly kind: 'question'; readonly question: string }
  | { readonly kind: 'mistake'; readonly advice: string }
);

const CORRECT_ADVICE =
  'say `correct ID service=NAME category=NAME`, with the service, the category or both, and `summary="in words"` if you like';

/** Slack sends three signs as entities; whatever is no subcommand is a question. */
export function readCommandText(sent: string): Intent {
  const text = sent.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').trim();
  const [first = '', ...rest] = text.split(/\s+/);
  const isShared = first.toLowerCase() === 'share' && rest.length > 0;
  const said = isShared ? text.slice(first.length).trim() : text;
  return { isShared, ...readWords(said) };
}

type Wanted = Intent extends infer One ? (One extends Intent ? Omit<One, 'isShared'> : never) : never;

function readWords(said: string): Wanted {
  const [verb = '', id, ...rest] = said.split(/\s+/);
  const name = verb.toLowerCase();
  if (said === '' || (name === 'help' && id === undefined)) return { kind: 'help' };
  if (name === 'correct' && (id === undefined || isId(id))) return readCorrection(id, rest.join(' '));
  const isLookUp = (name === 'diagnosis' || name === 'outage') && rest.length === 0;
  if (isLookUp && id !== undefined && isId(id)) return { kind: name, id };
  return { kind: 'question', question: said };
}

/** "outage yesterday" is a question: every id holds a digit. */
function isId(word: string): boolean {
  return /^[\w.:-]{6,200}$/.test(word) && /\d/.test(word);
}

/** Slack makes curly quotes of straight ones where people write on a phone. */
const FACT = /\b(service|category|summary)=(?:"([^"]*)"|“([^”]*)”|([^\s"“]\S*))/g;

function readCorrection(id: string | undefined, facts: string): Wanted {
  const found = [...facts.matchAll(FACT)].map(([, key = '', ...values]) => [key, values.find(Boolean) ?? ''] as const);
  const isAllRead = facts.replace(FACT, '').trim() === '';
  const read = VerdictRequest.safeParse({ verdict: 'corrected', by: '-', trueCause: Object.fromEntries(found) });
  const trueCause = read.data?.trueCause;
  if (id === undefined || trueCause === undefined || !isAllRead) return { kind: 'mistake', advice: CORRECT_ADVICE };
  return { kind: 'correct', id, trueCause };
}
