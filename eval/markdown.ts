import type { DigestReport } from './digests.ts';
import type { FusionReport } from './fusion.ts';
import { interval, renderTable, round } from './report/format.ts';

export { renderTable };

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

/** The best hypothesis of each digest against the truth; abstaining does not hide it. */
export function renderDigests(reports: readonly DigestReport[]): string {
  const rows = reports.map(({ system, protocol, method, pastIncidents, ...shares }) => [
    `${system}, ${protocol}`,
    `${shares.service.n} of ${pastIncidents} past`,
    method,
    ...[shares.service, shares.category, shares.both, shares.abstained, shares.backed].map(interval),
  ]);
  return [
    '# Anomaly digests: is the best hypothesis right?',
    renderTable(['system', 'asked', 'method', 'service', 'category', 'both', 'abstained', 'backed'], rows),
  ].join('\n\n');
}
