import type { Ablation } from '../ablation.ts';
import { type Comparison, METRICS } from '../comparison.ts';
import type { Abstention, Evaluation } from '../evaluation.ts';
import { SYSTEMS } from '../systems.ts';
import { interval, renderTable, round, SYSTEM_NAMES, signed, signedInterval, tally } from './format.ts';

const SHOWN = ['R@1', 'R@5', 'nDCG@10'] as const;

/** The report as Markdown: first what is above what, then every figure with its 95 % bootstrap interval. */
export function renderEvaluation(title: string, evaluation: Evaluation): string {
  return [
    renderSummary(title, evaluation),
    ...renderAblations(evaluation.ablations),
    '## Every figure',
    ...evaluation.comparisons.map(renderComparison),
  ].join('\n\n');
}

/** One line per set and way of asking; R@1 / R@5 / nDCG@10. */
export function renderSummary(title: string, { comparisons, abstention }: Evaluation): string {
  return [
    `# ${title}: R@1 / R@5 / nDCG@10`,
    renderTable(
      ['set', 'question', 'n', ...SYSTEMS.map((system) => SYSTEM_NAMES[system])],
      comparisons.map(toSummaryRow),
    ),
    '## Against BM25, question by question: wins / ties / losses, and the mean difference',
    renderTable(['set', 'question', 'n', ...SHOWN.flatMap((metric) => [metric, '±'])], comparisons.map(toPairedRow)),
    ...renderAbstention(abstention),
  ].join('\n\n');
}

function renderAbstention(abstention: readonly Abstention[]): string[] {
  if (abstention.length === 0) return [];
  const header = ['set', 'question', 'n', 'AUROC', 'AUROC of BM25’s top score'];
  return [
    '## Is there an answer at all?',
    renderTable([...header, 'turned away wrongly', 'turned away rightly'], abstention.map(toAbstentionRow)),
  ];
}

function renderAblations(ablations: readonly Ablation[]): string[] {
  if (ablations.length === 0) return [];
  return [
    '## What each part is worth: the same questions without it',
    renderTable(
      ['set', 'question', 'n', 'what', ...SHOWN.flatMap((metric) => [metric, 'difference'])],
      ablations.map(({ set, variant, name, figures, difference }) => [
        set,
        variant,
        String(figures['R@1'].n),
        name,
        ...SHOWN.flatMap((metric) => [round(figures[metric].value), signed(difference[metric].difference.value)]),
      ]),
    ),
    'A part that had no say in any answer of a row is left out of it.',
  ];
}

export function nameQuestion({ variant, slice }: Pick<Comparison, 'variant' | 'slice'>): string {
  return slice === 'all' ? variant : `${variant}, own words`;
}

function toSummaryRow(comparison: Comparison): string[] {
  const { set, systems } = comparison;
  const figures = SYSTEMS.map((system) => SHOWN.map((metric) => round(systems[system][metric].value)).join(' / '));
  return [set, nameQuestion(comparison), String(systems.hybrid['R@1'].n), ...figures];
}

function toPairedRow(comparison: Comparison): string[] {
  const { set, systems, againstBm25 } = comparison;
  const pairs = SHOWN.flatMap((metric) => [tally(againstBm25[metric]), signedInterval(againstBm25[metric].difference)]);
  return [set, nameQuestion(comparison), String(systems.hybrid['R@1'].n), ...pairs];
}

function renderComparison({ set, variant, slice, systems }: Comparison): string {
  const { n } = systems.hybrid['R@1'];
  const which = slice === 'all' ? `${n} questions` : `${n} questions that share no fragment with their document`;
  const rows = SYSTEMS.map((system) => [
    SYSTEM_NAMES[system],
    ...METRICS.map((metric) => interval(systems[system][metric])),
  ]);
  return `### ${set}, ${variant} (${which})\n\n${renderTable(['system', ...METRICS], rows)}`;
}

function toAbstentionRow({ set, variant, auroc, falseAbstention, rightAbstention }: Abstention): string[] {
  return [
    set,
    variant,
    `${falseAbstention.n} + ${rightAbstention.n}`,
    interval(auroc.answerable),
    interval(auroc.bm25),
    interval(falseAbstention),
    interval(rightAbstention),
  ];
}
