import { renderTable } from './markdown.ts';
import type { TraceReport } from './traces.ts';

/** The report on trace faults as Markdown: per system and fault type, how often the culprit came first. */
export function renderTraces({ slices, takenForHealthy, misses }: TraceReport): string {
  const rows = slices.map(({ system, faultType, method, n, top1, top3 }) => [
    system,
    faultType,
    method,
    String(n),
    top1.toFixed(2),
    top3.toFixed(2),
  ]);
  return [
    '# Trace faults',
    renderTable(['system', 'fault', 'method', 'n', 'top 1', 'top 3'], rows),
    `Taken for healthy: ${takenForHealthy.join(', ') || 'none'}.`,
    ...misses.map(
      ({ id, culprit, suspects }) => `- ${id}: ${culprit}, but suspected ${suspects.join(', ') || 'nobody'}`,
    ),
  ].join('\n\n');
}
