import { type HtmlSection, renderPage } from '../../src/plots/page.ts';
import type { Ablation } from '../ablation.ts';
import type { Comparison, Metric } from '../comparison.ts';
import type { AbstentionCurves, Evaluation } from '../evaluation.ts';
import { SYSTEMS } from '../systems.ts';
import { nameQuestion } from './evaluation-markdown.ts';
import { interval, round, SYSTEM_NAMES, signedInterval, tally } from './format.ts';

import { drawBars, drawCurves, drawDifferences } from './plots.ts';

const INTRODUCTION =
  'Every figure is a mean over questions with its 95 % bootstrap interval. Where two intervals overlap, look at the ' +
  'differences question by question: they tell two systems apart sooner.';

/** Points of a curve that a table shows: enough to read it, few enough to scroll. */
const TABLE_POINTS = 20;

/** The report as one page: plots, each with its figures as a table. */
export function renderEvaluationPage(title: string, evaluation: Evaluation): string {
  const { comparisons, ablations, curves } = evaluation;
  const sections = [
    ...(['R@1', 'R@5', 'nDCG@10'] as const).map((metric) => sectionOfSystems(comparisons, metric)),
    sectionAgainstBm25(comparisons, 'nDCG@10'),
    ...(ablations.length > 0 ? [sectionOfAblations(ablations, 'nDCG@10')] : []),
    ...(curves.length > 0 ? [sectionOfRoc(evaluation), sectionOfRisk(curves)] : []),
  ];
  return renderPage({ title, introduction: INTRODUCTION }, sections);
}

function groupOf(comparison: Comparison): string {
  return `${comparison.set}, ${nameQuestion(comparison)} (${comparison.systems.hybrid['R@1'].n})`;
}

function sectionOfSystems(comparisons: readonly Comparison[], metric: Metric): HtmlSection {
  const bars = comparisons.flatMap((comparison) =>
    SYSTEMS.map((system) => ({
      group: groupOf(comparison),
      name: SYSTEM_NAMES[system],
      measured: comparison.systems[system][metric],
      isWhole: comparison.slice === 'all',
    })),
  );
  return {
    title: `${metric} of every system`,
    note: 'The same questions to all of them. In brackets how many; the line is the interval. The table also has those in their own words.',
    svg: drawBars(
      bars.filter(({ isWhole }) => isWhole),
      metric,
      (name) => name === SYSTEM_NAMES.hybrid,
    ),
    header: ['questions', 'system', metric],
    rows: bars.map(({ group, name, measured }) => [group, name, interval(measured)]),
  };
}

function sectionAgainstBm25(comparisons: readonly Comparison[], metric: Metric): HtmlSection {
  const bars = comparisons.map((comparison) => ({
    group: groupOf(comparison),
    name: 'hybrid − BM25',
    measured: comparison.againstBm25[metric].difference,
  }));
  return {
    title: `Against BM25, question by question: ${metric}`,
    note: 'Right of zero the hybrid is better. An interval that holds zero tells no difference.',
    svg: drawDifferences(bars, `difference of ${metric}`),
    header: ['questions', 'wins / ties / losses', 'mean difference'],
    rows: comparisons.map((comparison) => [
      groupOf(comparison),
      tally(comparison.againstBm25[metric]),
      signedInterval(comparison.againstBm25[metric].difference),
    ]),
  };
}

function sectionOfAblations(ablations: readonly Ablation[], metric: Metric): HtmlSection {
  const bars = ablations.map(({ set, variant, name, difference }) => ({
    group: `${set}, ${variant}`,
    name,
    measured: difference[metric].difference,
  }));
  return {
    title: `What each part is worth: ${metric} without it`,
    note: 'Left of zero the part is missed. A part that had no say in any answer is not shown.',
    svg: drawDifferences(bars, `difference of ${metric}`),
    header: ['questions', 'what', metric, 'wins / ties / losses', 'difference'],
    rows: ablations.map(({ set, variant, name, figures, difference }) => [
      `${set}, ${variant}`,
      name,
      round(figures[metric].value),
      tally(difference[metric]),
      signedInterval(difference[metric].difference),
    ]),
  };
}

function sectionOfRoc({ curves, abstention }: Evaluation): HtmlSection {
  const points = curves.flatMap(({ set, roc }) =>
    roc.map(({ falsePositives, truePositives }) => ({ line: set, x: falsePositives, y: truePositives })),
  );
  return {
    title: 'Is there an answer at all?',
    note: 'For every threshold: how many unanswerable questions get through, and how many answerable ones are kept.',
    svg: drawCurves(points, { x: 'unanswerable let through', y: 'answerable kept' }),
    header: ['set', 'n', 'AUROC', 'AUROC of BM25’s top score'],
    rows: abstention.map(({ set, auroc, falseAbstention, rightAbstention }) => [
      set,
      `${falseAbstention.n} + ${rightAbstention.n}`,
      interval(auroc.answerable),
      interval(auroc.bm25),
    ]),
  };
}

function sectionOfRisk(curves: readonly AbstentionCurves[]): HtmlSection {
  const points = curves.flatMap(({ set, risk }) =>
    risk.map(({ coverage, risk: wrong }) => ({ line: set, x: coverage, y: wrong })),
  );
  const shown = curves.flatMap(({ set, risk }) => {
    const step = Math.max(1, Math.ceil(risk.length / TABLE_POINTS));
    return risk.filter((_, at) => at % step === 0 || at === risk.length - 1).map((point) => ({ set, ...point }));
  });
  return {
    title: 'Risk by coverage',
    note: 'If only the surest questions were answered: how many of those answers would be wrong. An unanswerable question is always answered wrongly.',
    svg: drawCurves(points, { x: 'share of questions answered', y: 'share of answers that are wrong' }),
    header: ['set', 'answered', 'wrong'],
    rows: shown.map(({ set, coverage, risk }) => [set, round(coverage), round(risk)]),
  };
}
