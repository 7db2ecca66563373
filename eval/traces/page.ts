import { type HtmlSection, renderPage } from '../../src/plots/page.ts';
import { interval } from '../report/format.ts';
import { drawBars } from '../report/plots.ts';
import { BASELINES } from './baselines.ts';
import { DIGEST } from './judge.ts';
import { titleOf } from './markdown.ts';
import type { TraceReport } from './report.ts';

/** Rankers by themselves are in the tables; nine bars a fault are too many to look at. */
const DRAWN: readonly string[] = [DIGEST, ...BASELINES];

export interface TitledReport {
  readonly title: string;
  readonly report: TraceReport;
}

/** The same figures as one page with plots. */
export function renderTracePage(reports: readonly TitledReport[]): string {
  const introduction =
    'How often the culprit of a fault comes first, or among the first three, with the 95 % interval (Wilson).';
  const sections = reports.flatMap((one) => (['ac1', 'ac3'] as const).map((figure) => sectionOf(one, figure)));
  return renderPage({ title: 'Trace faults', introduction }, sections);
}

function sectionOf({ title, report }: TitledReport, figure: 'ac1' | 'ac3'): HtmlSection {
  const label = figure === 'ac1' ? 'AC@1' : 'AC@3';
  const bars = report.slices.flatMap((slice) =>
    DRAWN.flatMap((name) => {
      const measured = slice.methods[name]?.[figure];
      return measured ? [{ group: titleOf(slice), name, measured }] : [];
    }),
  );
  return {
    title: `${title}: ${label}`,
    note: 'The digest beside the simplest rankings, on the same windows.',
    svg: drawBars(bars, label, (name) => name === DIGEST),
    header: ['faults', 'method', label],
    rows: bars.map(({ group, name, measured }) => [group, name, interval(measured)]),
  };
}
