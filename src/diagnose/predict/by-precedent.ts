import type { Citation, Hypothesis, MitigationStep, RootCausePrediction } from '../../domain/diagnosis.ts';
import { type Incident, type KnowledgeDocument, keyOf, type Section, sectionText } from '../../domain/document.ts';
import type { Evidence, RankedIncident } from '../evidence.ts';
import { toMitigationStep } from './mitigation.ts';
import { type Candidate, voteForCause } from './vote.ts';

const MAX_HYPOTHESES = 4;
const MAX_SUMMARY = 400;

/**
 * The engine that needs no model: retrieved incidents and the trace evidence vote for (category, service); the words
 * of cause and mitigation come from the best supported precedent and the matching runbook. Nothing is invented: where
 * no precedent fits, the cause is `unseen`.
 */
export function predictByPrecedent(evidence: Evidence): RootCausePrediction {
  const candidates = voteForCause(evidence);
  const hypotheses = candidates.slice(0, MAX_HYPOTHESES).map((candidate) => toHypothesis(candidate, evidence));
  const [best] = candidates;
  const [first] = hypotheses;
  return {
    engine: 'precedent',
    rootCause: first ?? {
      service: evidence.digest?.suspects[0]?.service ?? null,
      category: 'unseen',
      summary: unseen(evidence),
    },
    hypotheses,
    mitigation: best ? mitigationOf(best, evidence) : runbookSteps(evidence, null),
  };
}

function toHypothesis(candidate: Candidate, evidence: Evidence): Hypothesis {
  const { incident } = candidate.best;
  return {
    service: candidate.service,
    category: candidate.category,
    summary: causeOf(incident),
    support: candidate.support,
    citations: candidate.members.map((member) => cite(member.incident, causeSection(member.incident))),
    check: checkFor(incident, evidence),
    ...(candidate.reasons.length === 0 ? {} : { reasons: candidate.reasons.map(({ told }) => told) }),
    ...(candidate.seenAt === undefined ? {} : { seenAt: candidate.seenAt }),
  };
}

/** The words of the cause as its postmortem wrote them; front matter first, the section second. */
function causeOf(incident: Incident): string {
  const text = incident.rootCause?.summary ?? sectionText(incident, 'root-cause');
  const paragraph = (text || sectionText(incident, 'summary')).trim().split(/\n\s*\n/)[0] ?? '';
  return paragraph.length <= MAX_SUMMARY ? paragraph : `${paragraph.slice(0, MAX_SUMMARY - 1)}…`;
}

function causeSection(incident: Incident): Section | undefined {
  return incident.sections.find((section) => section.role === 'root-cause');
}

function cite(document: KnowledgeDocument, section?: Section): Citation {
  return { document: keyOf(document), source: section?.source ?? document.source };
}

/** What would confirm it: the first thing that a runbook about the same services says to look at. */
function checkFor(incident: Incident, evidence: Evidence): Hypothesis['check'] {
  const services = new Set(incident.services);
  for (const { runbook } of evidence.runbooks) {
    if (!runbook.services.some((service) => services.has(service))) continue;
    const section = runbook.sections.find(({ role, text }) => role === 'diagnosis' && text.trim() !== '');
    const text = section?.text.trim().split(/\n\s*\n/)[0];
    if (section && text) return { text, citation: cite(runbook, section) };
  }
  return null;
}

/**
 * The runbook that the alert names comes first, for its steps are orders; then what was done last time, which is a
 * report: it holds what was tried in vain, too. Nothing is left out, for steps refer to each other.
 */
function mitigationOf(candidate: Candidate, evidence: Evidence): MitigationStep[] {
  return [...runbookSteps(evidence, candidate.service), ...stepsOf(candidate.best.incident)];
}

/** Steps of the best runbook that the alert names or that is about the service; a merely similar one gives none. */
function runbookSteps(evidence: Evidence, service: string | null): MitigationStep[] {
  const matching = evidence.runbooks.find(
    ({ runbook, scores }) => scores.exact === 1 || (service !== null && runbook.services.includes(service)),
  );
  return matching ? stepsOf(matching.runbook) : [];
}

function stepsOf(document: KnowledgeDocument): MitigationStep[] {
  return document.steps.map((step) => toMitigationStep(step, keyOf(document)));
}

function unseen(evidence: Evidence): string {
  const nearest: RankedIncident | undefined = evidence.precedents[0];
  const lead = nearest ? ` The nearest, ${nearest.incident.id}, names no root cause.` : '';
  return `No past incident explains this.${lead}`;
}
