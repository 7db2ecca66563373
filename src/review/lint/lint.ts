import { type Finding, sortFindings } from '../finding.ts';
import type { ReviewedKnowledge } from '../knowledge.ts';
import { duplicateAlert, runbookWithoutAlert } from './alerts.ts';
import { destructiveWithoutRollback } from './commands.ts';
import { duplicateTitle, supersedesUnknown } from './documents.ts';
import { staleValidated } from './freshness.ts';
import { incidentWithoutDate, incidentWithoutRootCause } from './incidents.ts';
import { brokenFrontMatter, ingestProblem, unreadFile } from './ingest.ts';
import { deadRelativeLink } from './links.ts';
import type { Rule } from './rule.ts';
import { missingMitigation, missingTitle, tooShort, unfilledSection } from './sections.ts';
import { unknownDependency, unknownService } from './services.ts';
import { secretInText, unclosedFence } from './text.ts';

/** Everything that is looked for. The order is that of the documentation's table. */
export const RULES: readonly Rule[] = [
  missingMitigation,
  unfilledSection,
  tooShort,
  missingTitle,
  duplicateTitle,
  runbookWithoutAlert,
  duplicateAlert,
  supersedesUnknown,
  staleValidated,
  destructiveWithoutRollback,
  incidentWithoutDate,
  incidentWithoutRootCause,
  unknownService,
  unknownDependency,
  deadRelativeLink,
  unclosedFence,
  secretInText,
  brokenFrontMatter,
  ingestProblem,
  unreadFile,
];

/** What the authors of the knowledge should look at, sorted by place. Pure: `today` is an ISO day. */
export function lintKnowledge(knowledge: ReviewedKnowledge, today: string): Finding[] {
  const disabled = new Map(knowledge.files.map(({ path, text }) => [path, listDisabled(text)]));
  const findings = RULES.flatMap(({ id, severity, find }) =>
    find(knowledge, today)
      .filter(({ path }) => !disabled.get(path)?.has(id))
      .map(({ path, line, message }): Finding => ({ path, line, rule: id, severity, message })),
  );
  return sortFindings(findings);
}

/** `<!-- precedent-lint-disable too-short, stale-validated -->`, in YAML after `#`: not for this file. */
function listDisabled(text: string): ReadonlySet<string> {
  const comments = text.matchAll(/(?:<!--|#|\{\/\*)[ \t]*precedent-lint-disable[ \t]([\w, \t-]*)/g);
  return new Set([...comments].flatMap(([, ids = '']) => ids.replace(/-->?$/, '').split(/[\s,]+/)));
}
