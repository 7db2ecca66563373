import { interval, renderTable, round, signedInterval, tally } from '../report/format.ts';
import { DIGEST } from './judge.ts';
import { ALL, METHODS, type TraceReport, type TraceSlice } from './report.ts';

const CONDITION_NAMES: Readonly<Record<string, string>> = {
  lost: '30 % of spans lost',
  skew: 'clocks off by up to 3 s',
  'onset-late': 'begins 60 s after the window does',
  'onset-early': 'began 60 s before, so the baseline shows it too',
};
const SHAPES = ['saturation', 'slowdown', 'more-load', 'less-load', 'none'] as const;
/** More of them are in the JSON. */
const MISSES_SHOWN = 40;

/** The report on one set of faults, made up or recorded. */
export function renderTraceReport(title: string, introduction: string, report: TraceReport): string {
  const sections = [
    renderAccuracy(report.slices),
    '### Beside other rankings, in the same run: AC@1 / AC@3',
    renderMethods(report.slices),
    ...renderHarder(report),
    ...renderHealthy(report),
    ...renderShapes(report),
    renderTakenForHealthy(report),
    renderSpeed(report),
    ...renderMisses(report),
  ];
  return [`## ${title}`, introduction, ...sections].join('\n\n');
}

/** Where there is but one system, its name says nothing. */
function tabulate(
  slices: readonly TraceSlice[],
  header: readonly string[],
  cellsOf: (slice: TraceSlice) => readonly string[],
): string {
  const hasSystems = new Set(slices.map(({ system }) => system)).size > 1;
  const named = (system: string) => (hasSystems ? [system] : []);
  return renderTable(
    [...named('system'), 'fault', 'n', ...header],
    slices.map((slice) => [...named(slice.system), slice.faultType, String(slice.n), ...cellsOf(slice)]),
  );
}

function renderAccuracy(slices: readonly TraceSlice[]): string {
  return tabulate(slices, ['AC@1', 'AC@3', 'Avg@5'], ({ methods }) => {
    const figures = methods[DIGEST];
    return figures ? [figures.ac1, figures.ac3, figures.avg5].map(interval) : [];
  });
}

function renderMethods(slices: readonly TraceSlice[]): string {
  return tabulate(slices, METHODS, ({ methods }) =>
    METHODS.map((method) => {
      const figures = methods[method];
      return figures ? `${round2(figures.ac1.value)} / ${round2(figures.ac3.value)}` : '';
    }),
  );
}

function round2(value: number): string {
  return value.toFixed(2).replace(/^0\./, '.');
}

function renderHarder({ harder }: TraceReport): string[] {
  if (harder.length === 0) return [];
  const rows = harder.map(({ condition, faultType, easy, hard, paired }) => [
    CONDITION_NAMES[condition] ?? condition,
    faultType,
    String(hard.n),
    round(easy.value),
    interval(hard),
    signedInterval(paired.difference),
    tally(paired),
  ]);
  const header = ['made harder', 'fault', 'n', 'AC@1 otherwise', 'AC@1', 'difference', 'wins / ties / losses'];
  return ['### The same cases, made harder', renderTable(header, rows)];
}

function renderHealthy({ falseAlarms }: TraceReport): string[] {
  if (falseAlarms.length === 0) return [];
  const rows = falseAlarms.map(({ faultType, rate }) => [faultType, String(rate.n), interval(rate)]);
  return ['### Healthy windows', renderTable(['window', 'n', 'with a suspect'], rows)];
}

function renderShapes({ shapes }: TraceReport): string[] {
  if (shapes.length === 0) return [];
  const rows = shapes.map(({ faultType, n, expected, named, counts }) => [
    faultType,
    String(n),
    expected[0] ?? 'none',
    interval(named),
    ...SHAPES.map((kind) => String(counts[kind] ?? 0)),
  ]);
  return [
    '### Shapes of the load: in how many cases each is named',
    renderTable(['fault', 'n', 'expected', 'named', ...SHAPES], rows),
  ];
}

function renderTakenForHealthy({ takenForHealthy }: TraceReport): string {
  const missed = takenForHealthy.filter(({ ids }) => ids.length > 0);
  const told = missed.map(({ faultType, rate, ids }) => `${faultType} ${ids.length} of ${rate.n}`);
  return `Faults taken for healthy: ${told.join(', ') || 'none'}.`;
}

function renderSpeed({ speed: { cases, spans, seconds } }: TraceReport): string {
  const pace = spans > 0 ? `, ${((seconds / spans) * 1e6).toFixed(1)} µs a span` : '';
  return `${cases} cases, ${spans.toLocaleString('en')} spans, analysed in ${seconds.toFixed(1)} s${pace} (reading not counted).`;
}

/** Of recorded faults alone: whoever wants to see those made up can make them again. */
function renderMisses({ cases, harder }: TraceReport): string[] {
  if (harder.length > 0) return [];
  const missed = cases.filter(
    ({ ranked, culprits }) => culprits.length > 0 && !culprits.includes(ranked[DIGEST]?.[0] ?? ''),
  );
  const lines = missed.slice(0, MISSES_SHOWN).map(({ id, faultType, culprits, ranked }) => {
    const suspects = (ranked[DIGEST] ?? []).slice(0, 3).join(', ') || 'nobody';
    return `- ${id} (${faultType}): ${culprits.join(' and ')}, but suspected ${suspects}`;
  });
  return lines.length > 0 ? ['### Not first', lines.join('\n')] : [];
}

/** What a slice is called where there is no table. */
export function titleOf({ system, faultType, n }: TraceSlice): string {
  const fault = faultType === ALL ? 'all faults' : faultType;
  return `${system}, ${fault} (${n})`;
}
