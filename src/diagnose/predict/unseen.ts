import type { Citation, Hypothesis, MitigationStep, RootCausePrediction } from '../../domain/diagnosis.ts';
import { type Incident, keyOf } from '../../domain/document.ts';
import type { JudgedNovelty } from '../causes/causes.ts';
import { toName } from '../digest/wording.ts';
import type { Evidence } from '../evidence.ts';

/**
 * Up to here `unseen` leads: of incidents of known kinds one in twenty is called new by mistake, and most of the answers
 * that it replaces then would have been right. A judgement, as is the next.
 */
const LEADS = 0.05;
/** Up to here it is named: one incident in four is this strange, and beyond that it says nothing. */
const NAMED = 0.25;

/** The steps of the runbook that the alert names or that is about a service. */
export type RunbookSteps = (evidence: Evidence, service: string | null) => MitigationStep[];

/**
 * Where the signals are unlike every known kind of fault, `unseen` stands at the service that shows it: first where that
 * is strange enough, else below the best known cause. Known causes stay as leads, but nobody should do what was done
 * against a cause that is not believed, so only a runbook's steps stay.
 */
export function considerUnseen(
  prediction: RootCausePrediction,
  evidence: Evidence,
  runbookSteps: RunbookSteps,
): RootCausePrediction {
  const { novelty } = evidence;
  if (novelty === undefined || novelty.p > NAMED) return prediction;
  const unseen = toHypothesis(novelty);
  const known = prediction.hypotheses;
  if (novelty.p > LEADS) return { ...prediction, hypotheses: placeBelow(known, unseen) };
  const { contributing: _, ...rest } = prediction;
  return {
    ...rest,
    rootCause: { service: unseen.service, category: unseen.category, summary: unseen.summary },
    hypotheses: [unseen, ...known.map((one) => leave(one, unseen.support))],
    mitigation: runbookSteps(evidence, unseen.service),
  };
}

/**
 * True for an answer that names a service and says that its kind of fault is new; without a service there is no
 * precedent. A model's answer has a service only where a block that it cites shows it.
 */
export function namesNewKind(
  { novelty }: Pick<Evidence, 'novelty'>,
  { engine, rootCause, hypotheses }: Pick<RootCausePrediction, 'engine' | 'rootCause' | 'hypotheses'>,
): boolean {
  const [best] = hypotheses;
  if (rootCause.category !== 'unseen' || best?.category !== 'unseen') return false;
  return engine === 'llm' ? rootCause.service !== null : novelty !== undefined;
}

/** As likely as not at the bar, so that it has most of the say exactly where it leads. */
function shareOf({ p }: JudgedNovelty): number {
  return LEADS / (LEADS + p);
}

/** Never above the best known cause, however little that one has of the say. */
function placeBelow(known: readonly Hypothesis[], unseen: Hypothesis): Hypothesis[] {
  const [best] = known;
  if (best === undefined) return [];
  const share = Math.min(unseen.support, best.support / (1 + best.support));
  const left = known.map((one) => leave(one, share));
  const support = Math.min(share, left[0]?.support ?? 0);
  return [...left, { ...unseen, support }].sort((a, b) => b.support - a.support);
}

/** What a known cause has of the say when another has a share. */
function leave(hypothesis: Hypothesis, share: number): Hypothesis {
  return { ...hypothesis, support: hypothesis.support * (1 - share) };
}

function toHypothesis(novelty: JudgedNovelty): Hypothesis {
  const { service, nearest } = novelty;
  const strange = tellStrange(novelty);
  return {
    service,
    category: 'unseen',
    summary: `A kind of fault that no past incident shows. ${tellNearest(novelty)} ${capitalise(strange)}.`,
    support: shareOf(novelty),
    citations: nearest.map(citeCause),
    check: null,
    reasons: [strange],
  };
}

function tellNearest({ service, nearest }: JudgedNovelty): string {
  const kinds = [...new Set(nearest.flatMap(({ category }) => category ?? []))];
  const known = nearest.map(({ id }) => id).join(', ');
  const of = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`;
  return `What ${toName(service)} shows is unlike even the nearest, ${known}${of}.`;
}

function tellStrange({ n, stranger }: JudgedNovelty): string {
  if (stranger === 0) return `none of ${n} past incidents was as unlike the others`;
  return `only ${stranger} of ${n} past incidents ${stranger === 1 ? 'was' : 'were'} as unlike the others`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The incidents that it was compared with. */
function citeCause(incident: Incident): Citation {
  const cause = incident.sections.find(({ role }) => role === 'root-cause');
  return { document: keyOf(incident), source: (cause ?? incident).source };
}
