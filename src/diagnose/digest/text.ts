import type { CausalEdge, LoadShape, Suspect } from '../../domain/trace.ts';
import type { BaselineUse, TraceAnalysis } from '../../domain/trace-analysis.ts';
import { formatCount, toName } from './wording.ts';

/** RCACopilot's summaries have 120 to 140 words; more is not read and dilutes what is retrieved by it. */
const MAX_WORDS = 140;
const MAX_OTHERS = 4;

export interface TextParts {
  readonly suspects: readonly Suspect[];
  readonly causalPath: readonly CausalEdge[];
  readonly baseline: BaselineUse;
  /** Spans of the incident that had to be mended before they could be read. */
  readonly repaired: number;
  readonly shapes: readonly LoadShape[];
  readonly windows: TraceAnalysis['windows'];
  readonly compared?: TraceAnalysis['compared'];
}

/**
 * The digest in words. Every number in it stands in a suspect's reasons, a shape's or the description of the windows
 * already: the text only quotes.
 */
export function writeText(parts: TextParts): string {
  const { suspects, shapes } = parts;
  const [prime, ...others] = suspects;
  if (!prime) return fitWords(writeHealthy(parts));
  const path = describePath(parts.causalPath);
  return fitWords([
    `Prime suspect: ${describeSuspect(prime)}`,
    ...(path ? [path] : []),
    ...tellBaseline(parts.baseline),
    ...tellOnset(parts.windows),
    ...(prime.withoutBaseline ? ['Who is always slow is therefore suspect, too.'] : []),
    ...tellRepairs(parts.repaired),
    ...shapes.filter(({ reason }) => !prime.reasons.includes(reason)).map(toSentence),
    ...others.slice(0, MAX_OTHERS).map((other) => `Also: ${describeSuspect(other)}`),
  ]);
}

function toSentence({ reason }: LoadShape): string {
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;
}

function tellBaseline(baseline: BaselineUse): string[] {
  if (baseline === 'compared') return [];
  if (baseline === 'none') return ['There is no baseline to compare with.'];
  return ['The two windows share no operation, so nothing could be compared.'];
}

function tellOnset({ incident }: TextParts['windows']): string[] {
  if (incident.changedSince === undefined) return [];
  return ['Only the later part of the window shows it: the numbers are of that part.'];
}

function tellRepairs(repaired: number): string[] {
  if (repaired === 0) return [];
  const needed = `${formatCount(repaired, 'repair')} ${repaired === 1 ? 'was' : 'were'} needed`;
  return [`Judge with care: ${needed} to read the spans.`];
}

function writeHealthy(parts: TextParts): string[] {
  const { baseline, repaired, shapes } = parts;
  if (baseline !== 'compared') {
    return ['No suspect: nothing errs and no time is spent.', ...tellBaseline(baseline), ...tellRepairs(repaired)];
  }
  return [
    'Healthy: no suspect. No operation takes longer itself, errors begin nowhere that they did not before, and calls ' +
      'per request are as they were, within what two healthy windows differ by.',
    ...tellCompared(parts),
    ...tellRepairs(repaired),
    ...shapes.map(toSentence),
  ];
}

function tellCompared({ windows, compared }: TextParts): string[] {
  if (!compared || !windows.baseline) return [];
  const { operations, largestChange } = compared;
  const where = `${formatCount(windows.baseline.traces, 'trace')} before and ${windows.incident.traces} after`;
  const change = largestChange === undefined ? '' : `; the largest change is ${largestChange}`;
  return [
    `Compared ${operations === 1 ? 'was' : 'were'} ${formatCount(operations, 'operation')} in ${where}${change}.`,
  ];
}

function describeSuspect(suspect: Suspect): string {
  const operation = suspect.operation === undefined ? '' : ` (${toName(suspect.operation)})`;
  return `${toName(suspect.service)}${operation}: ${suspect.reasons.join('; ')}.`;
}

function describePath(path: readonly CausalEdge[]): string | undefined {
  const [first] = path;
  if (!first) return undefined;
  const steps = path.map((edge) => `→ ${toName(edge.to)}${edge.verified === 'span' ? '' : ` (${edge.verified})`}`);
  return `Path: ${[toName(first.from), ...steps].join(' ')}.`;
}

/** Whole sentences while they fit; the first is cut rather than dropped. */
function fitWords(sentences: readonly string[]): string {
  let words: string[] = [];
  for (const sentence of sentences) {
    const next = sentence.split(/\s+/);
    if (words.length + next.length <= MAX_WORDS) words = [...words, ...next];
    else if (words.length === 0) words = [...next.slice(0, MAX_WORDS - 1), '…'];
  }
  return words.join(' ');
}
