import type { MitigationStep, Risk } from '../../domain/diagnosis.ts';
import type { Step } from '../../domain/document.ts';
import { isDestroying, isDryRun, isOverwriting } from './risk/destroy-rules.ts';
import { findInnerScripts, type InnerScript } from './risk/inner-scripts.ts';
import { isUnknownOrder as isUnknown } from './risk/mild-rules.ts';
import { type Effect, findEffect } from './risk/risk-rules.ts';
import { type Clause, readClauses } from './risk/shell-clauses.ts';

/** No step of a person is longer; what stands beyond was not judged, so commands that go on are not trusted. */
const MAX_JUDGED = 4_000;

/** Scripts in scripts are read so far; what is deeper is not known. */
const MAX_DEPTH = 3;

/** Prose is judged by phrases, not by words: "the dropped requests" destroy nothing. */
const PROSE_DESTROYS = [
  /\b(?:irreversibl[ey]|cannot be undone|destructive|data loss|loses? (?:data|messages)|discards?)\b/i,
  /\b(?:delete|drop|truncate|purge|wipe|destroy)s?\s(?:the|an?|all|every|its?|their|any|from|table|database|keyspace|index|schema)\b/i,
  // An order begins its sentence, or what is to be done then: "Delete pod db-0."
  /(?:^|[.;:!?]\s|\n|\bthen\s)(?:delete|drop|truncate|purge|wipe|destroy)\s|\band\s(?:delete|truncate|purge|wipe|destroy)\s/i,
  /\b(?:remove|empty|erase|clear|format)\s(?:the|an?|all|every|its?|their|any)\s(?:\S{1,40}\s){0,2}(?:data|disks?|director(?:y|ies)|files?|folders?|indexe?s?|messages?|pvcs?|queues?|snapshots?|backups?|tables?|topics?|volumes?)\b/i,
];

/** A command between the words of an order. */
const ORDERED = /\b(?:run|execute|invoke|issue|type)\s`([^`\n]+)`/gi;

/** Prose that names a program is read as a command from there to the end of the line. */
export const PROGRAM_IN_PROSE =
  /\b(?:(?:kubectl|oc|rabbitmqctl|rabbitmqadmin|nodetool|helm|terraform|docker|redis-cli|cqlsh|psql|etcdctl|gsutil|kafka-[\w-]{1,40}(?:\.sh)?|mongosh|systemctl|wipefs|mkfs(?:\.\w{1,9})?)\s|(?:rm|dd|git|curl|wget)\s[-a-z]|(?:zfs|zpool)\s(?:destroy|rollback)\s)/;

/** Changes to what is running: not destructive, but somebody should know. */
const PROSE_CHANGES = /\b(?:restart|roll ?back|scale|fail ?over|reboot|kill)\b/i;

/** Restarts and kills cannot be taken back, though nothing is lost for good. */
const PROSE_CANNOT_BE_UNDONE = /\b(?:rollout\s{1,9}restart|reboot|kill(?:all)?|pkill)\b/i;

/**
 * A stored step with what it risks, judged by rules over its words and commands. The rules err on the side of caution:
 * what looks destructive needs approval even when its author thought it safe, and so does what no rule knows, for no list of
 * what destroys is ever whole.
 */
export function toMitigationStep(
  step: Step,
  document: string,
  superseded?: ReadonlyMap<string, string>,
): MitigationStep {
  const prose = step.text.slice(0, MAX_JUDGED);
  const effect = worst([judgeCommands(step.commands), judgeOrders(prose)]);
  const destructive = effect === 'destroys' || isProseDestroying(prose);
  const isChanging = effect !== 'reads' || PROSE_CHANGES.test(prose);
  const successor = superseded?.get(document);
  const risk: Risk = destructive ? 'high' : isChanging ? 'medium' : 'low';
  return {
    step: step.text,
    commands: step.commands,
    citation: { document, source: step.source },
    risk,
    destructive,
    reversible: !destructive && effect !== 'unknown' && !PROSE_CANNOT_BE_UNDONE.test(prose),
    needsApproval: destructive || effect === 'unknown',
    ...(successor === undefined ? {} : { supersededBy: successor }),
  };
}

function judgeCommands(commands: readonly string[]): Effect {
  const script = commands.join('\n');
  return script.length > MAX_JUDGED ? 'destroys' : worst(commands.flatMap((command) => listEffects(command)));
}

/** Commands that the words tell to run stand in no fence, and risk as much. */
function judgeOrders(prose: string): Effect {
  return worst([...prose.matchAll(ORDERED)].flatMap(([, command = '']) => listEffects(command)));
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

/** What a script does, clause by clause; what it is fed goes to the first. */
function listEffects(script: string, depth = 0, fed?: Clause['input']): Effect[] {
  return readClauses(script).map((clause, at) =>
    judgeClause(at === 0 && clause.input === undefined ? { ...clause, input: fed } : clause, depth),
  );
}

function judgeClause(clause: Clause, depth: number): Effect {
  const { words, assigned } = withoutPrefix(clause.words);
  // What is assigned may be run by its name later on.
  const effects = depth < MAX_DEPTH ? assigned.flatMap((value) => listDestroying(value, depth + 1)) : [];
  return worst([...effects, judgeProgram({ ...clause, words }, depth)]);
}

function judgeProgram(clause: Clause, depth: number): Effect {
  if (isOverwriting(clause)) return 'destroys';
  const known = clause.isOpaque ? 'unknown' : judgeWords(clause, depth);
  if (known !== 'unknown') return known;
  if (isDryRun(clause.words)) return 'unknown';
  return isDestroying(clause) || isUnknownOrder(clause, depth) ? 'destroys' : 'unknown';
}

function judgeWords(clause: Clause, depth: number): Effect {
  const inner = findInnerScripts(clause);
  if (!inner) return findEffect(clause.words);
  const judge = ({ script, input }: InnerScript) => listEffects(script, depth + 1, input);
  return depth < MAX_DEPTH ? worst(inner.flatMap(judge)) : 'unknown';
}

/** What stands within a script of its own was judged there; `kubectl get … > file` is known but for the file. */
function isUnknownOrder(clause: Clause, depth: number): boolean {
  return findInnerScripts(clause) === undefined && judgeWords(clause, depth) === 'unknown' && isUnknown(clause.words);
}

/** Values are rarely scripts: only what destroys counts. */
function listDestroying(value: string, depth: number): Effect[] {
  return value.includes(' ') ? listEffects(value, depth).filter((effect) => effect === 'destroys') : [];
}

function worst(effects: readonly Effect[]): Effect {
  const order: readonly Effect[] = ['destroys', 'unknown', 'can-be-undone'];
  return order.find((effect) => effects.includes(effect)) ?? 'reads';
}

/** `sudo`, shell keywords, a prompt and assignments stand before the program. */
function withoutPrefix(words: readonly string[]): { readonly words: readonly string[]; readonly assigned: string[] } {
  const assigned: string[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, value] = /^\w+=(.*)$/s.exec(word) ?? [];
    if (value !== undefined) assigned.push(value);
    else if (words[at - 1] === 'sudo' && /^-[ugh]$/.test(word)) at++;
    else if (!/^(?:\$|!|do|then|else|if|while|until|time|sudo)$/.test(word) && !isFlagOfSudo(words, at)) break;
  }
  return { words: words.slice(at), assigned };
}

function isFlagOfSudo(words: readonly string[], at: number): boolean {
  return words[at]?.startsWith('-') === true && words.slice(0, at).includes('sudo');
}
