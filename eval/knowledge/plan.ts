import type { App } from '../../src/app.ts';
import type { Incident, KnowledgeDocument, Runbook } from '../../src/domain/document.ts';
import type { AlertRule } from '../../src/review/rules.ts';
import type { QuestionGroup } from '../questions.ts';
import { type IncidentQuestions, listIncidentQuestions } from './incident-questions.ts';
import type { OwnKnowledge } from './own-knowledge.ts';
import { groupWritten, type WrittenQuestion } from './question-file.ts';
import { listAlertQuestions, withholdMeanings } from './runbook-questions.ts';

/** What is asked of a knowledge base, and of which state of it. */
export interface Plan {
  /** What a question may find, for the systems that hold texts. */
  readonly documents: readonly (Runbook | Incident)[];
  readonly groups: readonly QuestionGroup[];
  /** Asked like the first group, but nothing like them is known. */
  readonly strangers?: QuestionGroup;
  /** The service over the documents; closes what was opened for this plan alone. */
  readonly open: () => Promise<AsyncDisposable & { readonly app: Pick<App, 'search'> }>;
}

export interface PlanOptions {
  readonly rules: readonly AlertRule[];
  /** Questions of a file, for documents of either kind. */
  readonly written: readonly WrittenQuestion[];
}

export interface KnowledgeCounts {
  readonly runbooks: number;
  readonly incidents: IncidentQuestions['counts'];
}

/** Throws where nothing can be asked: a measurement of nothing must not look like a result. */
export function planKnowledge(
  knowledge: OwnKnowledge,
  { rules, written }: PlanOptions,
): { readonly plans: readonly Plan[]; readonly counts: KnowledgeCounts } {
  const runbooks = knowledge.documents.filter(isRunbook);
  const incidents = knowledge.documents.filter(isIncident);
  const past = listIncidentQuestions(incidents);
  const withheld = withholdMeanings(runbooks);
  const others = knowledge.documents.filter((document) => !isRunbook(document));
  const open = async () => ({ app: knowledge.app, [Symbol.asyncDispose]: async () => {} });
  const reopen = async () => {
    const app = await knowledge.reopen([...others, ...withheld.runbooks]);
    return { app, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
  };
  const incidentGroups = [...past.groups, ...groupWritten(written, 'incident')];
  const alertGroups = [...listAlertQuestions(runbooks, rules), ...groupWritten(written, 'runbook')];
  const strangers = past.groups.length > 0 ? { strangers: past.strangers } : {};
  const plans: Plan[] = [
    { documents: incidents, groups: incidentGroups, open, ...strangers },
    { documents: runbooks, groups: alertGroups, open },
    { documents: withheld.runbooks, groups: [withheld.group], open: reopen },
  ].map((plan) => ({ ...plan, groups: plan.groups.filter(({ questions }) => questions.length > 0) }));
  const asked = plans.filter(({ groups }) => groups.length > 0);
  if (asked.length === 0) throw nothingToAsk(runbooks.length, incidents.length);
  return { plans: asked, counts: { runbooks: runbooks.length, incidents: past.counts } };
}

function nothingToAsk(runbooks: number, incidents: number): Error {
  return new Error(
    `nothing to measure: among ${runbooks} runbooks and ${incidents} incidents not a single question has an answer. ` +
      'Alerts of runbooks, and categories or root-cause services of incidents, give some (docs/evaluation.md).',
  );
}

function isRunbook(document: KnowledgeDocument): document is Runbook {
  return document.kind === 'runbook';
}

function isIncident(document: KnowledgeDocument): document is Incident {
  return document.kind === 'incident';
}
