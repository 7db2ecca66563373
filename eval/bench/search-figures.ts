/** Figures from samples: pure, so that the arithmetic behind a printed table can be tested. */

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** By nearest rank: every figure is one that was measured. */
export function percentilesOf(samples: readonly number[]): Percentiles {
  if (samples.length === 0) throw new Error('percentiles of nothing');
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export interface LatencyRow {
  readonly name: string;
  readonly search: Percentiles;
  /** One embedding and one Chroma query, one after the other, of the same questions. */
  readonly floor: Percentiles;
  /** Milliseconds of processor time that our process spends on one of each, on average. */
  readonly processor: { readonly search: number; readonly floor: number };
}

/** What a search may take: docs/scaling.md. */
export const BARS = { p50: 1.25, p99: 3, block: 20, throughput: 0.8, recall: 0.98 } as const;

/** The tail is held against the floor's median, which is the harder reading; its own tail stands beside it. */
export function buildLatencyTable(rows: readonly LatencyRow[]): string {
  const head = [
    'question',
    'search p50 / p95 / p99 ms',
    'embedding + Chroma p50 / p95 / p99 ms',
    `p50 ÷ p50 (≤ ${BARS.p50})`,
    `p99 ÷ p50 (≤ ${BARS.p99})`,
    'p99 ÷ p99',
    'processor ms, search and floor',
  ];
  const cells = rows.map(({ name, search, floor, processor }) => [
    name,
    tell(search),
    tell(floor),
    mark(search.p50 / floor.p50, BARS.p50),
    mark(search.p99 / floor.p50, BARS.p99),
    (search.p99 / floor.p99).toFixed(2),
    `${processor.search.toFixed(1)}, ${processor.floor.toFixed(1)}`,
  ]);
  return toTable(head, cells);
}

function tell({ p50, p95, p99 }: Percentiles): string {
  return [p50, p95, p99].map((value) => value.toFixed(1)).join(' / ');
}

/** A figure, and a mark when it misses its bar. */
function mark(value: number, most: number): string {
  return `${value.toFixed(2)}${value > most ? ' ✗' : ''}`;
}

export interface Measured {
  readonly chunks: number;
  readonly value: number;
}

/**
 * How a figure goes on as the knowledge grows: memory and whole passes over it by the chunk, on a line; a search, which
 * sees little of it, by a power of its size. `neither` is not guessed at.
 */
export type Trend = 'line' | 'rises' | 'falls' | 'neither';

/**
 * Through the two largest sizes: smaller ones are mostly what everything costs anyway. A figure that seems to go the
 * wrong way is noise, and stays as it is.
 */
export function extrapolate(points: readonly Measured[], chunks: number, trend: Trend): number | undefined {
  const [last, before] = [...points].sort((a, b) => b.chunks - a.chunks);
  if (!last || !before || trend === 'neither' || before.value <= 0 || before.chunks === last.chunks) return undefined;
  if (trend === 'line') {
    const slope = (last.value - before.value) / (last.chunks - before.chunks);
    return last.value + Math.max(0, slope) * (chunks - last.chunks);
  }
  const power = Math.log(last.value / before.value) / Math.log(last.chunks / before.chunks);
  return last.value * (chunks / last.chunks) ** (trend === 'rises' ? Math.max(0, power) : Math.min(0, power));
}

export interface CostRow {
  readonly name: string;
  readonly digits: number;
  readonly points: readonly Measured[];
  readonly trend: Trend;
}

/** A column for each size that was measured, and one for a size that was not. */
export function buildCostTable(rows: readonly CostRow[], beyond: number): string {
  const sizes = [...new Set(rows.flatMap(({ points }) => points.map(({ chunks }) => chunks)))].sort((a, b) => a - b);
  const head = ['', ...sizes.map((size) => size.toLocaleString('en')), `${beyond.toLocaleString('en')}, extrapolated`];
  const cells = rows.map(({ name, digits, points, trend }) => {
    const measured = sizes.map((size) => points.find(({ chunks }) => chunks === size)?.value.toFixed(digits) ?? '–');
    const guess = extrapolate(points, beyond, trend);
    return [name, ...measured, guess === undefined ? '–' : `≈ ${Number(guess.toPrecision(2)).toLocaleString('en')}`];
  });
  return toTable(head, cells);
}

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
