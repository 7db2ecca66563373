import type { Citation, Hypothesis, MitigationStep, RootCausePrediction } from '../../domain/diagnosis.ts';
import { type Incident, type KnowledgeDocument, keyOf, type Section, sectionText } from '../../domain/document.ts';
import type { Evidence, RankedIncident, RankedRunbook } from '../evidence.ts';
import { adaptCause } from './adapt-cause.ts';
import { chooseChecks } from './checks.ts';
import { findContributing } from './contributing.ts';
import { toMitigationStep } from './mitigation.ts';
import { considerUnseen } from './unseen.ts';
import { isUnverified, isVerified } from './unverified.ts';
import { type Candidate, voteForCause } from './vote.ts';

const MAX_HYPOTHESES = 4;
const MAX_SUMMARY = 400;

/**
 * The engine that needs no model: retrieved incidents and the trace evidence vote for (category, service); the words
 * of cause and mitigation come from the best supported precedent and the matching runbook. Nothing is invented: where
 * no precedent fits, or none that was reviewed, and where the signals are unlike every known kind, the cause is `unseen`.
 */
export function predictByPrecedent(evidence: Evidence): RootCausePrediction {
  const candidates = voteForCause(evidence);
  const contributing = findContributing(candidates, evidence);
  const told = [...new Set([...candidates.slice(0, MAX_HYPOTHESES), ...contributing])];
  const checks = chooseChecks(told, evidence);
  const all = new Map(told.map((candidate, at) => [candidate, toHypothesis(candidate, checks[at] ?? null)]));
  const hypotheses = [...all.values()].slice(0, MAX_HYPOTHESES);
  const best = candidates.find((candidate) => !isUnverified(candidate));
  const beside = contributing.flatMap((candidate) => all.get(candidate) ?? []);
  const prediction: RootCausePrediction = {
    engine: 'precedent',
    rootCause: (best && all.get(best)) ?? {
      service: evidence.digest?.suspects[0]?.service ?? null,
      category: 'unseen',
      summary: unseen(evidence),
    },
    hypotheses,
    ...(beside.length === 0 ? {} : { contributing: beside }),
    mitigation: best ? mitigationOf([best, ...contributing], evidence) : runbookSteps(evidence, null),
  };
  return considerUnseen(prediction, evidence, runbookSteps);
}

function toHypothesis(candidate: Candidate, check: Hypothesis['check']): Hypothesis {
  const { service, category, support, members, seenAt } = candidate;
  const reasons = [
    ...(isUnverified(candidate) ? ['only drafts tell of it, which nobody reviewed'] : []),
    ...candidate.reasons.map(({ told }) => told),
  ];
  return {
    service,
    category,
    summary: summarise(candidate),
    support,
    citations: members.map(({ incident }) => cite(incident, causeSection(incident))),
    check,
    ...(reasons.length === 0 ? {} : { reasons }),
    ...(seenAt === undefined ? {} : { seenAt }),
  };
}

/** As its postmortem tells it; when that happened at another service, told for this one. */
function summarise({ best: { incident }, service, seenAt }: Candidate): string {
  const text = causeOf(incident);
  const adapted = service === null || seenAt === undefined ? text : adaptCause(text, seenAt, service);
  return adapted.length <= MAX_SUMMARY ? adapted : `${adapted.slice(0, MAX_SUMMARY - 1)}…`;
}

/** The words of the cause as its postmortem wrote them; front matter first, the section second. */
function causeOf(incident: Incident): string {
  const text = incident.rootCause?.summary ?? sectionText(incident, 'root-cause');
  return (text || sectionText(incident, 'summary')).trim().split(/\n\s*\n/)[0] ?? '';
}

function causeSection(incident: Incident): Section | undefined {
  return incident.sections.find((section) => section.role === 'root-cause');
}

function cite(document: KnowledgeDocument, section?: Section): Citation {
  return { document: keyOf(document), source: section?.source ?? document.source };
}

/**
 * The runbook that the alert names comes first, for its steps are orders; then what was done last time, which is a
 * report: it holds what was tried in vain, too. Nothing is left out, for steps refer to each other.
 */
function mitigationOf(causes: readonly Candidate[], evidence: Evidence): MitigationStep[] {
  const reports = new Set(causes.map(({ best }) => best.incident));
  return [
    ...runbookSteps(evidence, causes[0]?.service ?? null),
    ...[...reports].flatMap((incident) => stepsOf(incident, evidence)),
  ];
}

/**
 * Steps of the best runbook that the alert names or that is about the service; a merely similar one gives none. What
 * replaces it comes before it.
 */
function runbookSteps(evidence: Evidence, service: string | null): MitigationStep[] {
  const matching = evidence.runbooks.filter(
    ({ runbook, scores }) => scores.exact === 1 || (service !== null && runbook.services.includes(service)),
  );
  const chosen = matching.find(({ runbook }) => isVerified(runbook)) ?? matching[0];
  if (!chosen) return [];
  return [...listSuccessors(chosen, evidence), chosen].flatMap(({ runbook }) => stepsOf(runbook, evidence));
}

/** Runbooks at hand that replace it, the newest first. */
function listSuccessors({ runbook }: RankedRunbook, { runbooks, superseded }: Evidence): RankedRunbook[] {
  const successors: RankedRunbook[] = [];
  const seen = new Set([keyOf(runbook)]);
  for (let key = superseded?.get(keyOf(runbook)); key !== undefined && !seen.has(key); key = superseded?.get(key)) {
    const successor = runbooks.find((other) => keyOf(other.runbook) === key);
    if (successor && isVerified(successor.runbook)) successors.unshift(successor);
    seen.add(key);
  }
  return successors;
}

function stepsOf(document: KnowledgeDocument, { superseded }: Evidence): MitigationStep[] {
  return document.steps.map((step) => toMitigationStep(step, keyOf(document), superseded));
}

function unseen({ precedents }: Evidence): string {
  const nearest: RankedIncident | undefined = precedents[0];
  if (!nearest) return 'No past incident explains this.';
  const isDraft = nearest.incident.category !== undefined && !isVerified(nearest.incident);
  return `No past incident explains this. The nearest, ${nearest.incident.id}, ${isDraft ? 'is a draft that nobody reviewed' : 'names no root cause'}.`;
}
