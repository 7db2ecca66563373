import { ANSWERABLE_THRESHOLD } from '../src/diagnose/retrieve/relevance/relevance.ts';
import { type Ablation, ablate } from './ablation.ts';
import { type Asked, type Comparison, compare, judge } from './comparison.ts';
import { type RiskPoint, type RocPoint, traceRisk, traceRoc } from './curves.ts';
import { type Measured, measureAuroc, measureMean } from './metrics.ts';
import type { Question, QuestionGroup } from './questions.ts';
import type { Answer } from './search-service.ts';
import { askAll, type Systems } from './systems.ts';

/** What every report is made of, whatever was asked. */
export interface Evaluation {
  readonly comparisons: readonly Comparison[];
  /** Empty when it was not asked for. */
  readonly ablations: readonly Ablation[];
  readonly abstention: readonly Abstention[];
  readonly curves: readonly AbstentionCurves[];
}

/** How well is a question that some document answers told from one that none does? */
export interface Abstention {
  readonly set: string;
  readonly variant: string;
  readonly auroc: { readonly answerable: Measured; readonly bm25: Measured };
  /** Share of the answerable questions that were turned away, and of the unanswerable ones. */
  readonly falseAbstention: Measured;
  readonly rightAbstention: Measured;
  readonly scores: { readonly answerable: readonly number[]; readonly strangers: readonly number[] };
}

/** Where a threshold could lie, and what it would cost. */
export interface AbstentionCurves {
  readonly set: string;
  readonly roc: readonly RocPoint[];
  /** Over answerable and unanswerable questions together; an answer is right when the first document is. */
  readonly risk: readonly RiskPoint[];
}

export type AskedInFull = Asked & { readonly answer: Answer };

export interface GroupEvaluation {
  readonly asked: readonly AskedInFull[];
  readonly comparisons: readonly Comparison[];
  readonly ablations: readonly Ablation[];
}

/** All questions of a group to all systems, and with `ablates` to ours with every part left out in turn. */
export async function evaluateGroup(
  group: QuestionGroup,
  systems: Systems,
  { ablates }: { readonly ablates: boolean },
): Promise<GroupEvaluation> {
  const asked: AskedInFull[] = [];
  for (const question of group.questions) asked.push({ question, ...(await askAll(question, systems)) });
  const answers = asked.map(({ answer }) => answer);
  const ablations = ablates ? await ablate(group, answers, systems.ask) : [];
  return { asked, comparisons: compare(group, asked), ablations };
}

/** For questions that were all asked already; where the report on alerts asks the strangers itself, see abstention.ts. */
export function judgeAbstention(
  { set, variant }: Pick<QuestionGroup, 'set' | 'variant'>,
  answered: readonly AskedInFull[],
  strangers: readonly AskedInFull[],
  { bm25 }: Pick<Systems, 'bm25'>,
): Abstention {
  const scoresOf = (asked: readonly AskedInFull[]) => asked.map(({ answer }) => answer.answerable);
  const topScores = (asked: readonly AskedInFull[]) =>
    asked.map(({ question }) => bm25.rank(question.text).find(({ id }) => isKnown(question, id))?.score ?? 0);
  const isTurnedAway = (score: number) => (score < ANSWERABLE_THRESHOLD ? 1 : 0);
  const scores = { answerable: scoresOf(answered), strangers: scoresOf(strangers) };
  return {
    set,
    variant,
    auroc: {
      answerable: measureAuroc(scores.answerable, scores.strangers),
      bm25: measureAuroc(topScores(answered), topScores(strangers)),
    },
    falseAbstention: measureMean(scores.answerable.map(isTurnedAway)),
    rightAbstention: measureMean(scores.strangers.map(isTurnedAway)),
    scores,
  };
}

export function traceCurves({ set, scores }: Abstention, answered: readonly AskedInFull[]): AbstentionCurves {
  const right = answered.map(({ question, answer }) => judge('R@1', answer.ranked, question) > 0);
  const ours = scores.answerable.map((score, at) => ({ score, isRight: right[at] ?? false }));
  const strangers = scores.strangers.map((score) => ({ score, isRight: false }));
  return { set, roc: traceRoc(scores.answerable, scores.strangers), risk: traceRisk([...ours, ...strangers]) };
}

export function joinEvaluations(parts: readonly Evaluation[]): Evaluation {
  return {
    comparisons: parts.flatMap(({ comparisons }) => comparisons),
    ablations: parts.flatMap(({ ablations }) => ablations),
    abstention: parts.flatMap(({ abstention }) => abstention),
    curves: parts.flatMap(({ curves }) => curves),
  };
}

function isKnown({ isKnown: known = () => true }: Question, id: string): boolean {
  return known(id);
}
