import { createInterface } from 'node:readline/promises';
import { PrecedentError } from '../domain/errors.ts';
import type { CommandContext } from './context.ts';
import type { Answers, NewKind } from './new-templates.ts';

/** As the flags name them; lists with commas between. */
export type Given = Readonly<Partial<Record<Question['name'], string>>>;

export interface Question {
  readonly name: 'title' | 'alert' | 'service' | 'owner' | 'severity' | 'date';
  readonly ask: string;
  /** What an empty answer means; undefined where there has to be an answer. */
  readonly fallback?: (given: Given) => string;
  readonly isWrong?: (answer: string) => string | undefined;
}

/** Puts a question to somebody and gives their answer. */
export type Ask = (text: string) => Promise<string>;

const severity = (fallback: string): Question => ({ name: 'severity', ask: 'Severity', fallback: () => fallback });

export function listQuestions(kind: NewKind, today: string): readonly Question[] {
  if (kind === 'runbook') {
    return [
      { name: 'alert', ask: 'Alert, as the rule names it' },
      { name: 'service', ask: 'Service that it is about' },
      { name: 'title', ask: 'Title in words', fallback: ({ alert = '' }) => toWords(alert) },
      { name: 'owner', ask: 'Team that owns it', fallback: () => '' },
      severity('warning'),
    ];
  }
  return [
    { name: 'title', ask: 'What happened, in one line' },
    { name: 'date', ask: 'Day it happened', fallback: () => today, isWrong: whyNoDay },
    { name: 'service', ask: 'Services involved, with commas between' },
    { name: 'alert', ask: 'Alerts that fired, with commas between', fallback: () => '' },
    severity('sev3'),
  ];
}

/** `CheckoutLatencyHigh` → `Checkout latency high`; what is in capitals stays. */
function toWords(alert: string): string {
  const words = alert.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[\s_-]+/);
  return words.map((word, at) => (at > 0 && /^[A-Z][a-z]/.test(word) ? word.toLowerCase() : word)).join(' ');
}

function whyNoDay(answer: string): string | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(answer) ? Date.parse(answer) : Number.NaN;
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(answer);
  return isDay ? undefined : `must be a day such as 2026-03-01, not ${JSON.stringify(answer)}`;
}

/** Flags first; a person is asked for the rest. Without a person every missing or wrong flag is told at once. */
export async function collectAnswers(
  questions: readonly Question[],
  flags: Given,
  ask: Ask | undefined,
): Promise<Given> {
  const given: Record<string, string> = {};
  const problems: { path: string; message: string }[] = [];
  for (const question of questions) {
    const flag = flags[question.name]?.trim();
    const answer = flag || (ask ? await askFor(question, given, ask) : (question.fallback?.(given) ?? ''));
    given[question.name] = toOneLine(answer);
    const isMissing = answer === '' && question.fallback === undefined;
    const message = isMissing ? `is needed (${question.ask.toLowerCase()})` : question.isWrong?.(answer);
    if (message !== undefined) problems.push({ path: `--${question.name}`, message });
  }
  if (problems.length === 0) return given;
  throw new PrecedentError('input-invalid', `${problems.length} answer(s) are missing or wrong`, { problems });
}

async function askFor({ ask: text, fallback, isWrong }: Question, given: Given, ask: Ask): Promise<string> {
  const standing = fallback?.(given);
  let hint = standing ? ` [${standing}]` : standing === undefined ? '' : ' (may stay empty)';
  for (;;) {
    const answer = (await ask(`${text}${hint}: `)).trim() || standing;
    const reason = answer === undefined ? 'an answer is needed' : isWrong?.(answer);
    if (answer !== undefined && reason === undefined) return answer;
    hint = ` (${reason})`;
  }
}

/** Pasted text may hold line breaks, and front matter must not. */
function toOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

export function toAnswers(given: Given, today: string): Answers {
  const listIn = (text = '') => text.split(',').flatMap((word) => word.trim() || []);
  return {
    title: given.title ?? '',
    alerts: listIn(given.alert),
    services: listIn(given.service),
    owner: given.owner ?? '',
    severity: given.severity ?? '',
    date: given.date || today,
  };
}

/** Asks on the terminal; undefined where nobody sits there. */
export function openTerminal(context: CommandContext): (Disposable & { readonly ask: Ask }) | undefined {
  if (!context.isInteractive || process.stdin.isTTY !== true) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Whoever ends the input has no more answers; the question alone would wait for ever.
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () => reject(new PrecedentError('interrupted', 'stopped before all questions were answered')));
  });
  ended.catch(() => {});
  return {
    ask: (text) => Promise.race([lines.question(text, { signal: context.signal }), ended]),
    [Symbol.dispose]: () => lines.close(),
  };
}
