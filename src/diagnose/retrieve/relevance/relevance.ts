import type { Answerable } from '../../../domain/evidence.ts';
import { formatSource } from '../../../domain/source.ts';
import type { Knowledge } from '../knowledge.ts';
import type { RetrievalQuery } from '../query.ts';
import { createEvidenceReader, type Found, type OwnEvidence } from './evidence.ts';

/**
 * Two logistic curves, fitted by `npm run eval -- relevance` on five public sets of alerts, symptoms and the documents
 * that answer them, in bases of 8 to 159 documents; half of the questions had no answer there. It says how well they do on
 * a set that was left out (docs/adr/0011-relevance.md). They hold for the bundled embedding model: `meaning` is a cosine.
 */
export const ANSWER_CURVE = { offset: -0.53, meaning: 5.19, words: 0.99, choices: -0.28 } as const;
export const ROW_CURVE = { offset: -0.85, own: 0.99, behind: -2.75 } as const;

/** A lower chance is no answer. Set by the same command where one answerable question in twenty is turned away. */
export const ANSWERABLE_THRESHOLD = 0.21;

/** Hardly a base was smaller or larger where the curves were fitted: beyond, the nearest measured size speaks. */
const MEASURED_CHOICES = { fewest: 10, most: 158 } as const;

/** Words count by the logarithm of their share: from a tenth to a fifth is as far as from a third to two thirds. */
const NO_WORDS = 0.05;

/** What is typical of the best document where there is an answer, and where there is none: the reason names what departs. */
const TYPICAL = {
  answered: { similarity: 0.71, coverage: 0.6 },
  unanswered: { similarity: 0.4, coverage: 0.33 },
} as const;

export interface Judgement {
  /** Chance that there is an answer among the best, and why. */
  readonly answerable: Answerable;
  /** Chance that this very document answers; never more than that there is an answer. */
  of(key: string): number;
}

/**
 * Is there an answer, and is this it? The fused score cannot say (scaling gives every query a 1), so this looks at
 * absolute evidence: a name, the signals, or one document among `best` that both means the same and says the same. Only the
 * last is a calibrated chance; a name and a resemblance by signals stand beside it as they are, as lower bounds.
 * Naming a service is no answer, unless services are all that is asked for.
 */
export function judgeRelevance(
  query: Pick<RetrievalQuery, 'text' | 'kinds'>,
  best: readonly string[],
  found: Found,
  knowledge: Pick<Knowledge, 'documents' | 'lexical'>,
): Judgement {
  const read = createEvidenceReader(query, found, knowledge);
  const named = listNamed(query, found, knowledge);
  const candidates = best
    .flatMap((key): Candidate[] => {
      const evidence = read(key);
      return evidence ? [{ key, evidence, logOdds: answerLogOdds(evidence) }] : [];
    })
    .sort((a, b) => b.logOdds - a.logOdds);
  const [strongest] = candidates;
  const answerable = judgeAnswer(strongest, named, found, knowledge);
  return {
    answerable,
    of: (key) => {
      const evidence = read(key);
      const rival = candidates.find((other) => isSameKind(other.key, key, knowledge));
      const byWords = evidence ? rowChance(answerLogOdds(evidence), rival?.logOdds) : 0;
      return Math.min(answerable.score, Math.max(byWords, named.get(key) ?? 0, found.signals.get(key) ?? 0));
    },
  };
}

interface Candidate {
  readonly key: string;
  readonly evidence: OwnEvidence;
  readonly logOdds: number;
}

/** Log-odds that there is an answer, where this is the best evidence for one. */
export function answerLogOdds(evidence: OwnEvidence): number {
  const { meaning, words, choices } = featuresOf(evidence);
  return (
    ANSWER_CURVE.offset + ANSWER_CURVE.meaning * meaning + ANSWER_CURVE.words * words + ANSWER_CURVE.choices * choices
  );
}

/** What the curve reads of a document. */
export function featuresOf({ similarity, coverage, choices }: OwnEvidence) {
  const { fewest, most } = MEASURED_CHOICES;
  return {
    meaning: similarity,
    words: Math.log(NO_WORDS + coverage),
    choices: Math.log2(Math.min(most, Math.max(fewest, choices))),
  };
}

/** A runbook and a past incident may both be the answer: each kind was measured by itself. */
function isSameKind(a: string, b: string, { documents }: Pick<Knowledge, 'documents'>): boolean {
  return documents.get(a)?.kind === documents.get(b)?.kind;
}

/** Who stands behind the strongest is less likely to be the answer; who stands beside it may be another one. */
function rowChance(own: number, strongest = own): number {
  return chanceOf(ROW_CURVE.offset + ROW_CURVE.own * own + ROW_CURVE.behind * Math.max(0, strongest - own));
}

export function chanceOf(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

function judgeAnswer(
  strongest: Candidate | undefined,
  named: ReadonlyMap<string, number>,
  found: Found,
  knowledge: Pick<Knowledge, 'documents'>,
): Answerable {
  const name = highest(named);
  if (name === 1) return { score: 1, reason: 'the query names a document, or an error code that it alone quotes' };
  const score = strongest ? chanceOf(strongest.logOdds) : 0;
  const signals = highest(found.signals);
  if (signals > Math.max(score, name)) {
    return { score: signals, reason: `the signals of a past incident resemble these by ${percent(signals)}` };
  }
  if (name > score) return { score: name, reason: 'a document is about the same alert, or quotes the same error code' };
  if (!strongest) return { score: 0, reason: 'nothing was found' };
  return { score, reason: explain(strongest, score, found, knowledge) };
}

/** What lifts the best document above a stranger, or what it lacks to be an answer. */
function explain(
  { key, evidence }: Candidate,
  score: number,
  { dense }: Found,
  { documents }: Pick<Knowledge, 'documents'>,
): string {
  const isAnswered = score >= ANSWERABLE_THRESHOLD;
  const usual = featuresOf({ ...evidence, ...(isAnswered ? TYPICAL.unanswered : TYPICAL.answered) });
  const own = featuresOf(evidence);
  const side = isAnswered ? 1 : -1;
  const meaning = side * ANSWER_CURVE.meaning * (own.meaning - usual.meaning);
  const words = side * ANSWER_CURVE.words * (own.words - usual.words);
  const only = isAnswered ? '' : 'only ';
  const what =
    words >= meaning
      ? `holds ${only}${percent(evidence.coverage)} of the query's telling words`
      : `is ${only}${percent(evidence.similarity)} similar in meaning`;
  const source = dense.get(key)?.placement.chunk.source ?? documents.get(key)?.source;
  const where = source ? ` (${formatSource(source)})` : '';
  return `${isAnswered ? '' : 'nothing close: '}the best document ${what}${where}`;
}

/** Documents that the query names, and how surely. */
function listNamed(
  { kinds }: Pick<RetrievalQuery, 'kinds'>,
  { exact }: Found,
  { documents }: Pick<Knowledge, 'documents'>,
): Map<string, number> {
  const onlyServices = kinds.every((kind) => kind === 'service');
  return new Map([...exact].filter(([key]) => onlyServices || documents.get(key)?.kind !== 'service'));
}

/** Not by spreading: a hundred thousand incidents are too many arguments. */
function highest(scores: ReadonlyMap<string, number>): number {
  let most = 0;
  for (const score of scores.values()) most = Math.max(most, score);
  return most;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
