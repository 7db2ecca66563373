import type { DiagnosisRow } from './diagnosis-measure.ts';
import { type Percentiles, toTable } from './search-figures.ts';

/** A diagnosis without an LLM may take so many times what a search of the same alert takes. */
export const MAX_RATIO = 2;

export function buildDiagnosisTable(rows: readonly DiagnosisRow[]): string {
  const head = [
    'question',
    'search p50 / p95 / p99 ms',
    'diagnosis p50 / p95 / p99 ms',
    'p50 ÷ p50',
    `p95 ÷ p95 (≤ ${MAX_RATIO})`,
  ];
  const cells = rows.map(({ name, search, diagnosis }) => {
    const ratio = diagnosis.p95 / search.p95;
    const missed = ratio > MAX_RATIO ? ' ✗' : '';
    const median = (diagnosis.p50 / search.p50).toFixed(2);
    return [name, tell(search), tell(diagnosis), median, `${ratio.toFixed(2)}${missed}`];
  });
  return toTable(head, cells);
}

function tell({ p50, p95, p99 }: Percentiles): string {
  return [p50, p95, p99].map((value) => value.toFixed(1)).join(' / ');
}
