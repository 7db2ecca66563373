import { RetrievalPart } from '../src/domain/evidence.ts';
import { byMetric, type Figures, judge, type Metric } from './comparison.ts';
import { measureMean } from './metrics.ts';
import { comparePaired, type Paired } from './paired.ts';
import type { Question, QuestionGroup } from './questions.ts';
import { type Answer, type Ask, allBut } from './search-service.ts';

/** What a part of the score is worth: the same questions without it. */
export interface Ablation {
  readonly set: string;
  readonly variant: string;
  /** `without diversity`, `dense only`. */
  readonly name: string;
  readonly figures: Figures;
  /** This against the whole: below 0 is what would be lost. */
  readonly difference: Readonly<Record<Metric, Paired>>;
}

interface Trial {
  readonly name: string;
  readonly without: readonly RetrievalPart[];
}

const ALONE: readonly Trial[] = [
  { name: 'dense only', without: allBut('dense') },
  { name: 'lexical only', without: allBut('lexical') },
];

/** `whole` holds the answers with nothing left out. A part without a say in any of them is passed over. */
export async function ablate(
  { set, variant, questions }: QuestionGroup,
  whole: readonly Answer[],
  ask: Ask,
): Promise<Ablation[]> {
  const ablations: Ablation[] = [];
  for (const { name, without } of [...listTrials(whole), ...ALONE]) {
    const answers: Answer[] = [];
    for (const question of questions) answers.push(await ask(question, without));
    const figures = byMetric((metric) => measureMean(valuesOf(metric, questions, answers)));
    const difference = byMetric((metric) =>
      comparePaired(valuesOf(metric, questions, answers), valuesOf(metric, questions, whole)),
    );
    ablations.push({ set, variant, name, figures, difference });
  }
  return ablations;
}

/** Diversity leaves no trace in a score, so it is always tried. */
function listTrials(whole: readonly Answer[]): Trial[] {
  const active = RetrievalPart.options.filter(
    (part) => part === 'diversity' || whole.some(({ parts }) => parts.has(part)),
  );
  return active.map((part) => ({ name: `without ${part}`, without: [part] }));
}

function valuesOf(metric: Metric, questions: readonly Question[], answers: readonly Answer[]): number[] {
  return questions.map((question, at) => judge(metric, answers[at]?.ranked ?? [], question));
}
