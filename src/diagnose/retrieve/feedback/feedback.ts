import type { GradedDiagnosis } from '../../../domain/feedback.ts';
import { type Judgement, listJudgements } from './judgements.ts';
import { type ComparedSituation, createSituationIndex, toSituationTerms } from './similarity.ts';

/** What people said of documents when something similar was going on. */
export interface FeedbackIndex {
  /**
   * By document key, 0.1..0.9: above 0.5 the document has helped in similar situations, below it has led astray. What
   * nobody judged in a similar situation, or people are even about, is left out.
   */
  priors(query: FeedbackQuery): ReadonlyMap<string, number>;
}

export interface FeedbackQuery extends ComparedSituation {
  /** Verdicts of this moment and later are unknown. */
  readonly asOf?: Date;
}

/** A verdict given in a situation less similar than this says nothing about the present one. */
const MIN_SIMILARITY = 0.5;

/** Nobody has judged the document, or as many for it as against it. */
const EVEN = 0.5;

/** Nobody is ever sure: however many agree, the next verdict can still be the other one. */
const LEAST_PRIOR = 0.1;

/** A person's nth verdict on one document counts 1/n, and none after these: diligence is not a majority. */
const MAX_PER_PERSON = 10;

/**
 * People who say the same of one document over one diagnosis and count. Names cost nothing to invent, so a crowd is
 * believed only when it comes back over another diagnosis: alone, one diagnosis moves a prior to 0.2 or 0.8.
 */
const MAX_AGREEING = 3;

export const NO_FEEDBACK: FeedbackIndex = { priors: () => new Map() };

export interface FeedbackBuilder {
  /**
   * A diagnosis that did not write down its situation teaches nothing. One that was added before counts once. Among
   * equally similar ones, those added first count first.
   */
  add(graded: GradedDiagnosis): void;
  readonly index: FeedbackIndex;
}

/** Grows by one diagnosis at a time, so that reading a thousand of them can leave others their turn. */
export function createFeedbackBuilder(): FeedbackBuilder {
  const added = new Set<string>();
  const situations = createSituationIndex();
  const documents = new Map<string, number>();
  const pairs = new Map<string, number>();
  const judgements: NumberedJudgement[][] = [];
  return {
    add(graded) {
      const { id, situation } = graded.diagnosis;
      if (situation === undefined || added.has(id)) return;
      added.add(id);
      situations.add(toSituationTerms(situation));
      judgements.push(
        firstToAgree(listJudgements(graded)).map(({ document, person, isGain, at }) => ({
          document: numberOf(documents, document),
          pair: numberOf(pairs, `${document}\n${person}`),
          isGain,
          at: at.getTime(),
        })),
      );
    },
    index: {
      priors: (query) => {
        if (documents.size === 0) return new Map();
        const tally = createTally(documents.size, pairs.size);
        const before = query.asOf?.getTime() ?? Number.POSITIVE_INFINITY;
        for (const { at, similarity } of situations.search(toSituationTerms(query), MIN_SIMILARITY)) {
          for (const judgement of judgements[at] ?? []) if (judgement.at < before) tally.count(judgement, similarity);
        }
        return tally.priors(documents);
      },
    },
  };
}

/** Numbers instead of names, because a question may have to count tens of thousands of judgements. */
interface NumberedJudgement {
  readonly document: number;
  /** The document and the person who judged it. */
  readonly pair: number;
  readonly isGain: boolean;
  readonly at: number;
}

/** The earliest, so that no later voice changes what counted as of a moment before it; `judgements` are of one diagnosis. */
function firstToAgree(judgements: readonly Judgement[]): Judgement[] {
  const agreeing = new Map<string, number>();
  return [...judgements]
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.person < b.person ? -1 : 1))
    .filter(({ document, isGain }) => {
      const key = `${isGain} ${document}`;
      const nth = (agreeing.get(key) ?? 0) + 1;
      agreeing.set(key, nth);
      return nth <= MAX_AGREEING;
    });
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** Shares smoothed as if one verdict for and one against had been given before: a single one moves little. */
function createTally(documents: number, pairs: number) {
  const gains = new Float64Array(documents);
  const totals = new Float64Array(documents);
  const given = new Uint32Array(pairs);
  return {
    count({ document, pair, isGain }: NumberedJudgement, similarity: number): void {
      const nth = (given[pair] ?? 0) + 1;
      given[pair] = nth;
      if (nth > MAX_PER_PERSON) return;
      totals[document] = (totals[document] ?? 0) + similarity / nth;
      if (isGain) gains[document] = (gains[document] ?? 0) + similarity / nth;
    },
    priors(keys: ReadonlyMap<string, number>): Map<string, number> {
      const priors = new Map<string, number>();
      for (const [key, document] of keys) {
        const prior = ((gains[document] ?? 0) + 1) / ((totals[document] ?? 0) + 2);
        if (Math.abs(prior - EVEN) > 1e-9) priors.set(key, Math.min(1 - LEAST_PRIOR, Math.max(LEAST_PRIOR, prior)));
      }
      return priors;
    },
  };
}
