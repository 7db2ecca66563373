import type { AbstentionReport } from './abstention.ts';
import type { DigestReport } from './digests.ts';
import type { FusionReport } from './fusion.ts';
import type { Measured } from './metrics.ts';
import { type Comparison, type Metric, type RetrievalReport, SYSTEMS, type System } from './retrieval.ts';

const NAMES: Readonly<Record<System, string>> = {
  bm25: 'BM25',
  'bm25-repeats': 'BM25, repeated words counted',
  dense: 'dense leg',
  lexical: 'lexical leg',
  rrf: 'both legs by reciprocal rank',
  hybrid: '**hybrid**',
};

const METRICS: readonly Metric[] = ['R@1', 'R@5', 'MRR@10', 'nDCG@10'];

/** The report as Markdown: first what is above what, then every figure with its 95 % bootstrap interval. */
export function renderRetrieval(report: RetrievalReport): string {
  return [renderSummary(report), '# Every figure', ...report.comparisons.map(renderComparison)].join('\n\n');
}

/** One line per set and way of asking; R@1 / R@5 / nDCG@10. */
export function renderSummary({ comparisons, abstention }: RetrievalReport): string {
  return [
    '# Retrieval: R@1 / R@5 / nDCG@10',
    renderTable(['set', 'question', 'n', ...SYSTEMS.map((system) => NAMES[system])], comparisons.map(toSummaryRow)),
    '## Is there an answer at all?',
    renderTable(
      ['set', 'question', 'n', 'AUROC', 'AUROC of BM25’s top score', 'turned away wrongly', 'turned away rightly'],
      abstention.map(toAbstentionRow),
    ),
  ].join('\n\n');
}

export function renderFusion({ sweeps, heldOut }: FusionReport): string {
  const shares = [...(sweeps[0]?.values.keys() ?? [])];
  const values = sweeps.map((sweep) => [sweep.set, ...shares.map((share) => round(sweep.values.get(share) ?? 0))]);
  return [
    '# Share of the dense leg: mean of R@1 and nDCG@10, names unknown',
    renderTable(['set', ...shares.map(String)], values),
    '## Chosen on all sets but one, judged on that one',
    renderTable(
      ['left out', 'chosen', 'value there'],
      heldOut.map(({ set, chosen, value }) => [set, String(chosen), round(value)]),
    ),
  ].join('\n\n');
}

function toSummaryRow({ set, variant, slice, systems }: Comparison): string[] {
  const figures = SYSTEMS.map((system) =>
    (['R@1', 'R@5', 'nDCG@10'] as const).map((metric) => round(systems[system][metric].value)).join(' / '),
  );
  const question = slice === 'all' ? variant : `${variant}, own words`;
  return [set, question, String(systems.hybrid['R@1'].n), ...figures];
}

function renderComparison({ set, variant, slice, systems }: Comparison): string {
  const { n } = systems.hybrid['R@1'];
  const which = slice === 'all' ? `${n} questions` : `${n} questions that share no fragment with their document`;
  const rows = SYSTEMS.map((system) => [NAMES[system], ...METRICS.map((metric) => interval(systems[system][metric]))]);
  return `## ${set}, ${variant} (${which})\n\n${renderTable(['system', ...METRICS], rows)}`;
}

function toAbstentionRow({ set, variant, auroc, falseAbstention, rightAbstention }: AbstentionReport): string[] {
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

function interval({ value, low, high }: Measured): string {
  return `${round(value)} [${round(low)}–${round(high)}]`;
}

function round(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}

/** The best hypothesis of each digest against the truth; abstaining does not hide it. */
export function renderDigests(reports: readonly DigestReport[]): string {
  const figure = ({ value, low, high }: Measured) => `${round(value)} [${round(low)}–${round(high)}]`;
  const rows = reports.map(({ system, pastIncidents, service, category, both, abstained }) => [
    system,
    `${service.n} of ${pastIncidents} past`,
    ...[service, category, both, abstained].map(figure),
  ]);
  return [
    '# Anomaly digests: is the best hypothesis right?',
    renderTable(['system', 'asked', 'service', 'category', 'both', 'abstained'], rows),
  ].join('\n\n');
}

export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
