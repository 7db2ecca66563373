import type { Confidence } from '../domain/confidence.ts';
import type {
  AbstainReason,
  Diagnosis,
  MitigationStep,
  Precedent,
  Provenance,
  RootCausePrediction,
  RunbookEvidence,
} from '../domain/diagnosis.ts';
import { keyOf } from '../domain/document.ts';
import type { Answerable } from '../domain/evidence.ts';
import type { TraceDigest } from '../domain/trace.ts';
import { describeSituation } from './describe-situation.ts';
import type { Evidence, RankedIncident, RankedRunbook } from './evidence.ts';
import { namesNewKind } from './predict/unseen.ts';
import { ANSWERABLE_THRESHOLD } from './retrieve/relevance/relevance.ts';

/** Below this the honest answer is "no precedent", with the best leads beside it. */
const MIN_RAW_CONFIDENCE = 0.3;

/** Evidence, prediction and confidence become one diagnosis; thresholds decide whether it answers or abstains. */
export function answer(
  parts: {
    readonly evidence: Evidence;
    readonly prediction: RootCausePrediction;
    readonly confidence: Confidence;
    readonly answerable: Answerable;
  },
  frame: { readonly id: string; readonly createdAt: Date; readonly provenance: Provenance },
): Diagnosis {
  const { evidence, prediction, confidence } = parts;
  const reason = reasonToAbstain(parts);
  return {
    id: frame.id,
    kind: reason === undefined ? 'answered' : 'abstained',
    ...(reason === undefined ? {} : { reason }),
    engine: prediction.engine,
    rootCause:
      reason === undefined
        ? pickRootCause(prediction)
        : { service: null, category: 'unseen', summary: EXPLANATIONS[reason] },
    hypotheses: [...prediction.hypotheses],
    ...(prediction.contributing ? { contributing: [...prediction.contributing] } : {}),
    mitigation: prediction.mitigation.filter((step) => reason === undefined || isNamed(step, evidence)),
    precedents: evidence.precedents.map(toPrecedent),
    runbooks: evidence.runbooks.map(toRunbookEvidence),
    suspects: [...(evidence.digest?.suspects ?? [])],
    causalPath: [...(evidence.digest?.causalPath ?? [])],
    digest: evidence.digest?.text ?? null,
    ...tellWindows(evidence.digest),
    confidence: reason === undefined ? confidence : withhold(confidence, reason),
    provenance: frame.provenance,
    situation: describeSituation(evidence, frame.createdAt),
    createdAt: frame.createdAt.toISOString(),
  };
}

function tellWindows(digest: TraceDigest | undefined): Pick<Diagnosis, 'shapes' | 'windows'> {
  return digest?.windows ? { shapes: digest.shapes, windows: digest.windows } : {};
}

const EXPLANATIONS: Readonly<Record<AbstainReason, string>> = {
  'no-precedent':
    'No past incident resembles this one closely enough. What was found is beside it as leads, not as an answer.',
  'weak-evidence': 'Past incidents resemble this one only loosely; none of their causes is supported well enough.',
  'low-confidence':
    'Answers as unsure as this one were wrong too often on this history. The likeliest causes are beside it as leads.',
};

const WITHHELD: Readonly<Record<AbstainReason, string>> = {
  'no-precedent': 'no precedent is near enough',
  'weak-evidence': 'no cause is supported well enough',
  'low-confidence': 'not sure enough',
};

/** Leads may be surer than it takes to act, and there is still no answer to act on. */
function withhold(confidence: Confidence, reason: AbstainReason): Confidence {
  const { calibration, decision, reasons } = confidence;
  if (decision === undefined || decision === 'abstain') return confidence;
  const [first = '', ...rest] = reasons;
  const ofLeads = calibration === undefined ? first : first.replace(`${decision}: `, 'leads: ');
  return { ...confidence, decision: 'abstain', reasons: [`abstain: ${WITHHELD[reason]}; ${ofLeads}`, ...rest] };
}

function reasonToAbstain({
  evidence,
  prediction,
  confidence,
  answerable,
}: {
  readonly evidence: Evidence;
  readonly prediction: RootCausePrediction;
  readonly confidence: Confidence;
  readonly answerable: Answerable;
}): AbstainReason | undefined {
  // No document answers what is of a new kind, which is what is said of it: its service is judged alone.
  const isNew = namesNewKind(evidence, prediction);
  if (!isNew && (prediction.rootCause.category === 'unseen' || answerable.score < ANSWERABLE_THRESHOLD))
    return 'no-precedent';
  if (confidence.decision === 'abstain') return 'low-confidence';
  const chance = isNew ? confidence.service : confidence.calibrated;
  return chance === null && confidence.raw < MIN_RAW_CONFIDENCE ? 'weak-evidence' : undefined;
}

/** Without a precedent, only the runbook that the alert itself names is safe to follow. */
function isNamed({ citation }: MitigationStep, { runbooks }: Evidence): boolean {
  return runbooks.some(({ runbook, scores }) => scores.exact === 1 && keyOf(runbook) === citation.document);
}

function pickRootCause({ rootCause: { service, category, summary } }: RootCausePrediction): Diagnosis['rootCause'] {
  return { service, category, summary };
}

function toPrecedent({ incident, score, relevance, scores, alike }: RankedIncident): Precedent {
  return {
    id: incident.id,
    title: incident.title,
    score,
    relevance,
    scores,
    alike: [...alike],
    category: incident.category ?? null,
    rootCause: incident.rootCause
      ? { service: incident.rootCause.service ?? null, summary: incident.rootCause.summary }
      : null,
    mitigation: incident.steps.map((step) => step.text),
    date: incident.date ?? null,
    duration: incident.duration ?? null,
    source: (incident.sections.find(({ role }) => role === 'root-cause') ?? incident).source,
  };
}

function toRunbookEvidence({ runbook, score, relevance, scores, source, excerpt }: RankedRunbook): RunbookEvidence {
  return { id: runbook.id, title: runbook.title, score, relevance, scores, excerpt, source };
}
