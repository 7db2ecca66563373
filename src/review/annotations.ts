import { createHash } from 'node:crypto';
import { type Finding, sortFindings } from './finding.ts';

export const FINDING_FORMATS = ['text', 'json', 'github', 'gitlab'] as const;
export type FindingFormat = (typeof FINDING_FORMATS)[number];

/** Findings for a terminal, for a machine, or as annotations of a pull or merge request. */
export function renderFindings(
  findings: readonly Finding[],
  format: FindingFormat,
  /** The file as its repository names it: annotations with any other path are not shown. */
  inRepository: (path: string) => string = (path) => path,
): string {
  const sorted = sortFindings(findings);
  if (format === 'json') return `${JSON.stringify(sorted)}\n`;
  if (format === 'text') return sorted.map((finding) => `${toText(finding)}\n`).join('');
  const placed = sorted.map((finding) => ({ ...finding, path: inRepository(finding.path) }));
  if (format === 'gitlab') return `${JSON.stringify(toCodeQuality(placed), null, 2)}\n`;
  return errorsFirst(placed)
    .map((finding) => `${toWorkflowCommand(finding)}\n`)
    .join('');
}

function toText({ path, line, severity, rule, message }: Finding): string {
  return `${withoutControls(path)}:${line}  ${severity}  ${rule}  ${withoutControls(message)}`;
}

/**
 * Messages and paths are what the files say and are called: a control character rewrites what a terminal has shown
 * already, and a new line may begin with a command to the CI that reads it.
 */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** GitHub shows ten errors and ten warnings of a step, so what fails the check comes before what only advises. */
function errorsFirst(findings: readonly Finding[]): Finding[] {
  return (['error', 'warning'] as const).flatMap((severity) => findings.filter((each) => each.severity === severity));
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands */
export function toWorkflowCommand({ path, line, severity, rule, message }: Finding): string {
  const properties = `file=${escapeProperty(path)},line=${line},title=${escapeProperty(rule)}`;
  return `::${severity} ${properties}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
function toCodeQuality(findings: readonly Finding[]) {
  const seen = new Map<string, number>();
  return findings.map(({ path, line, severity, rule, message }) => {
    // Without the line: a finding that only moved is the same finding. Equal ones are told apart by their order.
    const words = [path, rule, message].join('\0');
    const occurrence = seen.get(words) ?? 0;
    seen.set(words, occurrence + 1);
    return {
      description: message,
      check_name: rule,
      fingerprint: createHash('sha256').update(`${words}\0${occurrence}`).digest('hex'),
      severity: severity === 'error' ? 'major' : 'minor',
      location: { path, lines: { begin: line } },
    };
  });
}
