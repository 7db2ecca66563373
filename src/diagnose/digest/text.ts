import type { CausalEdge, Suspect } from '../../domain/trace.ts';
import { toName } from './wording.ts';

/** RCACopilot's summaries have 120 to 140 words; more is not read and dilutes what is retrieved by it. */
const MAX_WORDS = 140;

/** `foreign`: a baseline was given, but it shows none of the operations of the incident. */
export type BaselineUse = 'compared' | 'none' | 'foreign';

export interface TextParts {
  readonly suspects: readonly Suspect[];
  readonly causalPath: readonly CausalEdge[];
  readonly baseline: BaselineUse;
  /** Spans of the incident that had to be mended before they could be read. */
  readonly repaired: number;
  readonly loadKind?: 'calls_up' | 'calls_down' | undefined;
}

/** The digest in words. Every number in it stands in a suspect's reasons already: the text only quotes. */
export function writeText(parts: TextParts): string {
  if (parts.suspects.length === 0) return writeHealthy(parts);
  const [first, ...others] = parts.suspects.map(describeSuspect);
  const path = describePath(parts.causalPath);
  return fitWords([
    `Prime suspect: ${first ?? ''}`,
    ...(path ? [path] : []),
    ...tellBaseline(parts.baseline),
    ...tellRepairs(parts.repaired),
    ...others.slice(0, 4).map((other) => `Also: ${other}`),
  ]);
}

function tellBaseline(baseline: BaselineUse): string[] {
  if (baseline === 'compared') return [];
  if (baseline === 'none') return ['There is no baseline to compare with.'];
  return ['The two windows share no operation, so nothing could be compared.'];
}

function tellRepairs(repaired: number): string[] {
  return repaired === 0 ? [] : [`Judge with care: ${repaired} repairs were needed to read the spans.`];
}

function writeHealthy({ baseline, loadKind, repaired }: TextParts): string {
  if (baseline !== 'compared') {
    return ['No suspect: nothing errs and no time is spent.', ...tellBaseline(baseline), ...tellRepairs(repaired)].join(
      ' ',
    );
  }
  const load = {
    calls_up: ' Requests arrive faster than before.',
    calls_down: ' Requests arrive more slowly than before.',
  };
  return (
    'Healthy: no suspect. No operation takes longer itself, errors begin nowhere that they did not before, ' +
    [
      `and calls per request are as they were, within what two healthy windows differ by.${loadKind ? load[loadKind] : ''}`,
    ]
      .concat(tellRepairs(repaired))
      .join(' ')
  );
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
