import type { AlertCoverage, Coverage } from './coverage.ts';
import type { Finding } from './finding.ts';

/** A dead link misleads whoever is woken by the alert, so it is an error; a gap is work to be done. */
export function toCoverageFindings(coverage: Coverage): Finding[] {
  return [
    ...coverage.problems.map(({ path, line, message }) => toFinding('unreadable-rules', 'error', path, line, message)),
    ...coverage.alerts.flatMap(toAlertFinding),
    ...coverage.unreachedRunbooks.map(({ path, line, id }) => {
      const message = `no alerting rule leads to runbook ${id}: name an alert in its \`alerts\`, link it from a rule, or remove it`;
      return toFinding('unreached-runbook', 'warning', path, line, message);
    }),
  ];
}

function toAlertFinding({ alert, path, line, status, link, runbook, nearest }: AlertCoverage): Finding[] {
  const near = nearest && `the nearest is ${nearest.id} (${nearest.path}:${nearest.line}, ${nearest.score.toFixed(2)})`;
  if (status === 'dead-link') {
    const mend = runbook ? `${runbook.path} is its runbook: link that` : (near ?? 'there is no runbook at all');
    return [
      toFinding('dead-runbook-link', 'error', path, line, `${alert} links to ${link}, which is not here; ${mend}`),
    ];
  }
  if (status === 'covered') return [];
  const message = `${alert} has no runbook; ${near ?? 'there is none to start from'}. Start one with: precedent new runbook --alert ${alert}`;
  return [toFinding('alert-without-runbook', 'warning', path, line, message)];
}

function toFinding(rule: string, severity: Finding['severity'], path: string, line: number, message: string): Finding {
  return { rule, severity, path, line, message };
}

/** One line for the whole, for people. */
export function summariseCoverage({ counts, share }: Coverage): string {
  const { alerts, covered, deadLinks, unreached } = counts;
  return `${covered} of ${alerts} alerts have a runbook (${Math.round(share * 100)} %), ${deadLinks} dead links, ${unreached} runbooks that no alert reaches`;
}
