import type { AnswerRecord, GradedCase } from '../../../domain/calibration.ts';
import { keepFinite, logOdds } from './smoothing.ts';

/**
 * Holds offsets back as prior cases would: between ½ and 4 it matters little, and an answer that was graded once or twice
 * hardly moves.
 */
const RIDGE = 2;

/** Halvings of the range in which an offset must lie: far below what any chance shows. */
const HALVINGS = 50;

/**
 * What a diagnosis names, as one name, whichever part of it is judged: what an engine falls back on is a cause, and whether its
 * service is right hangs on the category beside it. Undefined when it names neither.
 */
export function nameAnswer({
  service,
  category,
}: {
  readonly service: string | null;
  readonly category: string | null;
}): string | undefined {
  const named = [category, service].filter((part) => part !== null);
  return named.length === 0 ? undefined : named.join(' at ').toLowerCase();
}

/**
 * An engine has answers that it falls back on where it knows little, and they are right less often than their scores
 * promise. For each answer the offset that makes the curve's promises come true of it, drawn towards none. `cases` hold
 * chances by the curve in `score`.
 */
export function fitRecord(cases: readonly GradedCase[]): AnswerRecord {
  const byAnswer = new Map<string, GradedCase[]>();
  for (const one of cases) {
    if (one.answer === undefined) continue;
    const known = byAnswer.get(one.answer);
    if (known) known.push(one);
    else byAnswer.set(one.answer, [one]);
  }
  const answers = [...byAnswer].map(([answer, graded]) => {
    const right = graded.filter(({ isRight }) => isRight).length;
    const promised = graded.map(({ score }) => logOdds(score));
    return { answer, offset: findOffset(promised, right), n: graded.length, right };
  });
  return { answers: answers.sort((a, b) => (a.answer < b.answer ? -1 : 1)) };
}

/** An answer that was never graded stays as the curve has it. */
export function applyRecord(record: AnswerRecord, chance: number, answer: string | undefined): number {
  const found = findAnswer(record, answer);
  return found === undefined ? chance : keepFinite(toChance(logOdds(chance) + found.offset));
}

export function findAnswer(
  { answers }: AnswerRecord,
  answer: string | undefined,
): AnswerRecord['answers'][number] | undefined {
  return answers.find((one) => one.answer === answer);
}

/**
 * Solves Σ chance(logOdds + offset) + ridge · offset = right: the penalised likelihood's one maximum. By halving, because
 * Newton's steps swing for ever where many sure promises were all broken.
 */
function findOffset(promised: readonly number[], right: number): number {
  let low = -promised.length / RIDGE;
  let high = -low;
  for (let step = 0; step < HALVINGS; step++) {
    const offset = (low + high) / 2;
    const expected = promised.reduce((sum, odds) => sum + toChance(odds + offset), RIDGE * offset);
    if (expected < right) low = offset;
    else high = offset;
  }
  return (low + high) / 2;
}

function toChance(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
