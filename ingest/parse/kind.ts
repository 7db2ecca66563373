import { findAlertHeading } from './alert-names.ts';
import { findDate } from './dates.ts';
import type { FrontMatter } from './front-matter.ts';
import type { MarkdownFile } from './markdown.ts';
import { findRole } from './sections.ts';

export type ProseKind = 'runbook' | 'incident';

export const UNKNOWN_KIND =
  'nothing in it tells whether it is a runbook or a postmortem: move it to runbooks/ or incidents/, name it by a glob in precedent.yaml, or write `type: runbook` (or `type: incident`) into its front matter';

const STATED: Readonly<Record<ProseKind, ReadonlySet<string>>> = {
  runbook: new Set(['runbook', 'playbook', 'sop', 'standard operating procedure', 'troubleshooting guide']),
  incident: new Set([
    ...['incident', 'incident report', 'incident review', 'postmortem', 'post mortem', 'rca', 'root cause analysis'],
    ...['retrospective', 'post incident review', 'pir', 'coe'],
  ]),
};

const TITLES: Readonly<Record<ProseKind, RegExp>> = {
  incident:
    /\b(?:post-?\s?mortem|incident (?:report|review)|post-incident|root cause analysis|rca|retrospective|outage)\b/i,
  runbook: /\b(?:runbook|playbook|sop|standard operating procedure|troubleshooting)\b/i,
};

/** What its front matter says that a file is. */
export function statedKind({ fields }: FrontMatter): ProseKind | undefined {
  const value = fields.get('kind')?.value;
  if (typeof value !== 'string') return undefined;
  const word = value
    .toLowerCase()
    .trim()
    .replace(/[\s_-]+/g, ' ');
  return (['runbook', 'incident'] as const).find((kind) => STATED[kind].has(word));
}

/** What a file is when neither its place nor itself says so: by its sections and its title. */
export function inferKind(name: string, markdown: MarkdownFile, { fields }: FrontMatter): ProseKind | undefined {
  if (/(?:^|\/)skill$/i.test(name)) return 'runbook';
  const scores = {
    incident: scoreIncident(name, markdown) + (fields.has('rootCause') ? 2 : 0),
    runbook: scoreRunbook(markdown) + (fields.has('alerts') ? 1 : 0),
  };
  const titles = [markdown.title?.text ?? '', String(fields.get('title')?.value ?? ''), name.replace(/[/_]/g, ' ')];
  for (const kind of ['incident', 'runbook'] as const) {
    if (titles.some((title) => TITLES[kind].test(title))) scores[kind] += TITLE_WEIGHT;
  }
  const enough = isFrontPage(name) ? ENOUGH_FOR_FRONT_PAGE : 1;
  if (Math.max(scores.incident, scores.runbook) < enough || scores.incident === scores.runbook) return undefined;
  return scores.incident > scores.runbook ? 'incident' : 'runbook';
}

const TITLE_WEIGHT = 1.5;
/** The first page of any repository may have a section on troubleshooting. */
const ENOUGH_FOR_FRONT_PAGE = 2.5;

function isFrontPage(name: string): boolean {
  return /(?:^|\/)(?:readme|index|_index|contributing|changelog|security)$/i.test(name);
}

function scoreIncident(name: string, { headings, sections }: MarkdownFile): number {
  const roles = new Set(headings.map(({ text }) => findRole(text, 'incident')));
  const opening = sections
    .slice(0, 3)
    .map(({ text }) => text.slice(0, 2_000))
    .join('\n');
  const isDated = findDate(name) !== undefined || headings.slice(0, 1).some(({ text }) => findDate(text) !== undefined);
  return (
    (roles.has('root-cause') ? 2 : 0) +
    (roles.has('timeline') ? 2 : 0) +
    (roles.has('follow-up') ? 0.75 : 0) +
    (roles.has('impact') && (isDated || findDate(opening) !== undefined) ? 1 : 0) +
    (isDated && /\b(?:root cause|outage|incident|why did)\b/i.test(opening) ? 1 : 0)
  );
}

function scoreRunbook({ headings }: MarkdownFile): number {
  const roles = new Set(headings.map(({ text }) => findRole(text, 'runbook')));
  const isSaid = headings.some(({ text }) =>
    /^(?:meaning|what does this alert mean|alert description|when to use)\b/i.test(text),
  );
  return (
    (isSaid ? 2 : 0) +
    (roles.has('diagnosis') ? 1.5 : 0) +
    (roles.has('mitigation') ? 1 : 0) +
    (roles.has('rollback') ? 1 : 0) +
    (headings.some(({ text }) => findAlertHeading(text) !== undefined) ? 1 : 0)
  );
}
