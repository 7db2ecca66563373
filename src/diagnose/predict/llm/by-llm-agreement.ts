import type { Hypothesis, RootCause, RootCausePrediction } from '../../../domain/diagnosis.ts';
import { isSameCause } from './llm-answer.ts';

/** Share of their words that two summaries must have in common to mean the same: more than half says so. */
const SAME_MEANING = 0.5;

/** Shares are summed over what is told, so more is told than one answer would name. */
const MAX_HYPOTHESES = 8;

/** With fewer, one answer or two would be all that count. */
const MIN_HELD_OUT = 4;

export type Agreement = 'plain' | 'held-out';

/** Words that any summary of any cause has. */
const FILLERS: ReadonlySet<string> = new Set(
  'the and was were that this with for from has had have not are its which because when then than into onto after before while all any'.split(
    ' ',
  ),
);

interface Group {
  /** Places in the list of answers, in order. */
  readonly members: readonly number[];
  readonly choosing: number;
  /** Share of the answers that count. */
  readonly support: number;
  /** The answer nearest to all others of its group. */
  readonly central: RootCausePrediction;
}

/**
 * One answer out of several to the same question (self-consistency, arXiv 2203.11171), grouped by meaning: the largest
 * group's most central member, and the group's share instead of what a model says of its own certainty. `held-out`: from
 * four answers on, every other one chooses and the rest count (after Sem-ECE, arXiv 2605.08432). A share among the very
 * answers that made a group the largest says too much of how often the next one agrees; but fewer of them choose.
 */
export function agreeOn(
  predictions: readonly [RootCausePrediction, ...RootCausePrediction[]],
  agreement: Agreement = 'plain',
): RootCausePrediction {
  const [only] = predictions;
  if (predictions.length === 1) return only;
  const isHeldOut = agreement === 'held-out' && predictions.length >= MIN_HELD_OUT;
  const [chosen, ...others] = listGroups(predictions, isHeldOut).sort(bySize);
  if (!chosen) return only;
  return { ...chosen.central, hypotheses: toHypotheses(chosen, others) };
}

/** Groups by meaning: the same category and service, and for a cause that nobody saw before words in common as well. */
export function groupByMeaning(causes: readonly RootCause[]): number[][] {
  const groups: number[][] = [];
  for (const [index, cause] of causes.entries()) {
    const near = groups.filter((group) => group.some((other) => meansSame(cause, causes[other])));
    // Linked by this one, they all mean the same: so the order of the answers makes no difference.
    groups.push([...near.flat(), index].sort((a, b) => a - b));
    for (const group of near) groups.splice(groups.indexOf(group), 1);
  }
  return groups.sort(([a = 0], [b = 0]) => a - b);
}

function meansSame(a: RootCause, b: RootCause | undefined): boolean {
  if (!b || !isSameCause(a, b)) return false;
  return a.category !== 'unseen' || overlap(a.summary, b.summary) >= SAME_MEANING;
}

/** Words in common, as a share of the words of both (Dice). Numbers count, two letters do not. */
export function overlap(a: string, b: string): number {
  const [left, right] = [listWords(a), listWords(b)];
  if (left.size + right.size === 0) return 1;
  const common = [...left].filter((word) => right.has(word)).length;
  return (2 * common) / (left.size + right.size);
}

function listWords(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => (word.length > 2 || /\p{N}/u.test(word)) && !FILLERS.has(word)));
}

function listGroups(
  predictions: readonly [RootCausePrediction, ...RootCausePrediction[]],
  isHeldOut: boolean,
): Group[] {
  const chooses = (place: number) => !isHeldOut || place % 2 === 0;
  const counts = (place: number) => !isHeldOut || place % 2 === 1;
  const counting = predictions.filter((_, place) => counts(place)).length;
  return groupByMeaning(predictions.map(({ rootCause }) => rootCause)).map((members) => ({
    members,
    choosing: members.filter(chooses).length,
    support: members.filter(counts).length / counting,
    central: centralOf(
      members.flatMap((place) => predictions[place] ?? []),
      predictions[0],
    ),
  }));
}

/** Whoever was named first wins a draw: any rule would do, and this one needs nobody's own certainty. */
function bySize(a: Group, b: Group): number {
  return b.choosing - a.choosing || (a.members[0] ?? 0) - (b.members[0] ?? 0);
}

function centralOf(members: readonly RootCausePrediction[], fallback: RootCausePrediction): RootCausePrediction {
  const nearness = members.map(({ rootCause: { summary } }) =>
    members.reduce((sum, other) => sum + overlap(summary, other.rootCause.summary), 0),
  );
  return members[nearness.indexOf(Math.max(...nearness))] ?? fallback;
}

/** What was chosen leads; then the other groups by their share, then rivals that no answer believed in. */
function toHypotheses(chosen: Group, others: readonly Group[]): Hypothesis[] {
  const lead = ({ central, support }: Group): Hypothesis[] => {
    const [first] = central.hypotheses;
    return first ? [{ ...first, support }] : [];
  };
  const voted = [chosen, ...[...others].sort((a, b) => b.support - a.support)].flatMap(lead);
  const rivals = chosen.central.hypotheses
    .slice(1)
    .filter((rival) => !voted.some((hypothesis) => isSameCause(hypothesis, rival)))
    .map((rival) => ({ ...rival, support: 0 }));
  return [...voted, ...rivals].slice(0, MAX_HYPOTHESES);
}
