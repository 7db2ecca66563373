import type { MitigationStep, Risk } from '../../domain/diagnosis.ts';
import type { Step } from '../../domain/document.ts';
import { type Clause, type Effect, findEffect, findInnerScript, isDestroying, isDryRun } from './risk-rules.ts';

/** No step of a person is longer; what stands beyond was not judged, so commands that go on are not trusted. */
const MAX_JUDGED = 4_000;

/** Prose is judged by phrases, not by words: "the dropped requests" destroy nothing. */
const PROSE_DESTROYS = [
  /\b(?:irreversibl[ey]|cannot be undone|destructive|data loss|loses? (?:data|messages)|discards?)\b/i,
  /\b(?:delete|drop|truncate|purge|wipe|destroy)s?\s(?:the|an?|all|every|its?|their|any|from|table|database|keyspace|index|schema)\b/i,
];

/** Prose that names a program is read as a command from there to the end of the line. */
const PROGRAM_IN_PROSE =
  /\b(?:(?:kubectl|oc|rabbitmqctl|rabbitmqadmin|nodetool|helm|terraform|docker|redis-cli|cqlsh|psql)\s|(?:rm|dd|git)\s[-a-z])/;

/** Changes to what is running: not destructive, but somebody should know. */
const PROSE_CHANGES = /\b(?:restart|roll ?back|scale|fail ?over|reboot|kill)\b/i;

/** Restarts and kills cannot be taken back, though nothing is lost for good. */
const PROSE_CANNOT_BE_UNDONE = /\b(?:rollout\s{1,9}restart|reboot|kill(?:all)?|pkill)\b/i;

/**
 * A stored step with what it risks, judged by rules over its words and commands. The rules err on the side of caution:
 * what looks destructive needs approval even when its author thought it safe, and what no rule knows cannot be undone.
 */
export function toMitigationStep(step: Step, document: string): MitigationStep {
  const prose = step.text.slice(0, MAX_JUDGED);
  const effect = judgeCommands(step.commands);
  const destructive = effect === 'destroys' || isProseDestroying(prose);
  const isChanging = effect !== 'reads' || PROSE_CHANGES.test(prose);
  const risk: Risk = destructive ? 'high' : isChanging ? 'medium' : 'low';
  return {
    step: step.text,
    commands: step.commands,
    citation: { document, source: step.source },
    risk,
    destructive,
    reversible: !destructive && effect !== 'unknown' && !PROSE_CANNOT_BE_UNDONE.test(prose),
    needsApproval: destructive,
  };
}

function judgeCommands(commands: readonly string[]): Effect {
  const script = commands.join('\n');
  return script.length > MAX_JUDGED ? 'destroys' : worst(commands.flatMap((command) => listEffects(command)));
}

function isProseDestroying(prose: string): boolean {
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span).filter((span) => span.includes(' '));
  const words = prose.replace(/`[^`\n]+`/g, ' ');
  const quoted = words.split('\n').flatMap((line) => {
    const at = line.search(PROGRAM_IN_PROSE);
    return at < 0 ? [] : [line.slice(at)];
  });
  return (
    PROSE_DESTROYS.some((rule) => rule.test(words)) ||
    worst([...spans, ...quoted].flatMap((command) => listEffects(command))) === 'destroys'
  );
}

/** What a script does, clause by clause. */
function listEffects(script: string, depth = 0): Effect[] {
  return readClauses(script).map((clause) => judgeClause(clause, depth));
}

function judgeClause(clause: Clause, depth: number): Effect {
  const words = withoutPrefix(clause.words);
  const known = clause.isOpaque ? 'unknown' : judgeWords(words, depth);
  if (known !== 'unknown') return known;
  return isDestroying(clause) && !isDryRun(words) ? 'destroys' : 'unknown';
}

function judgeWords(words: readonly string[], depth: number): Effect {
  const inner = findInnerScript(words);
  if (!inner) return findEffect(words);
  return depth < 3 ? worst(inner.flatMap((script) => listEffects(script, depth + 1))) : 'unknown';
}

function worst(effects: readonly Effect[]): Effect {
  const order: readonly Effect[] = ['destroys', 'unknown', 'can-be-undone'];
  return order.find((effect) => effects.includes(effect)) ?? 'reads';
}

/** `sudo`, shell keywords, a prompt and assignments stand before the program. */
function withoutPrefix(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^(?:\$|!|do|then|else|if|while|until|time|sudo|\w+=.*)$/s.test(word));
  return start < 0 ? [] : words.slice(start);
}

/** Every character falls to one of these, and none tries twice: what was planted cannot make it backtrack. */
const TOKEN = new RegExp(
  [
    /(?<blank>[^\S\n]+|\\\n)/,
    /(?<harmless>(?:\b\d|&)?>[>&]*[ \t]*(?:\/dev\/null(?![\w./-])|\d\b)|<)/,
    /(?<write>&?>+)/,
    /(?<end>[;|&\n()])/,
    /(?<string>'[^']*'|"(?:[^"\\]|\\[\s\S])*")/,
    /(?<open>["'][\s\S]*)/,
    /(?<comment>(?<![^\s;|&()])#[^\n]*)/,
    /(?<plain>\\[\s\S]|[^\s\\"';|&()<>#\d]+|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Splits a script into commands as far as judging it needs; `$(…)` becomes a command of its own. */
function readClauses(script: string): Clause[] {
  const inner: string[] = [];
  const outer = script.replace(/[$<>]\(([^()]*)\)/g, (_, command: string) => {
    inner.push(command);
    return 'X';
  });
  const clauses: Token[][] = [[]];
  for (const { groups = {} } of outer.matchAll(TOKEN)) {
    if (groups.end !== undefined) clauses.push([]);
    else clauses.at(-1)?.push(groups);
  }
  return [
    ...clauses.map(toClause).filter(({ words, isOpaque }) => words.length > 0 || isOpaque),
    ...inner.flatMap((command) => readClauses(command)),
  ];
}

type Token = Readonly<Record<string, string | undefined>>;

function toClause(tokens: readonly Token[]): Clause {
  const words: string[] = [];
  let isInWord = false;
  for (const token of tokens) {
    const part = wordPartOf(token);
    if (part !== undefined) words.push(isInWord ? `${words.pop() ?? ''}${part}` : part);
    isInWord = part !== undefined;
  }
  const text = tokens.map(({ comment, ...token }) => Object.values(token).find((part) => part !== undefined) ?? '');
  const isOpaque = tokens.some(
    ({ write, open, plain, string }) =>
      write !== undefined || open !== undefined || /`|\$$/.test(plain ?? '') || /^".*(?:`|\$\()/s.test(string ?? ''),
  );
  return { words, text: text.join(''), isOpaque };
}

/** What a token adds to a word, without quotes; undefined when it ends the word. */
function wordPartOf({ plain, string, open }: Token): string | undefined {
  if (string !== undefined)
    return string.startsWith("'") ? string.slice(1, -1) : string.slice(1, -1).replace(/\\([\s\S])/g, '$1');
  return open?.slice(1) ?? plain?.replace(/^\\/, '');
}
