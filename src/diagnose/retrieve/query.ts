import type { DocumentKind } from '../../domain/document.ts';
import type { RetrievalPart } from '../../domain/evidence.ts';
import type { Signal } from '../../domain/signal.ts';
import type { TraceDigest } from '../../domain/trace.ts';
import type { Situation } from '../situation.ts';
import type { DocumentFilter } from './filter.ts';

/** As long as a question may be (domain/request.ts): names and texts of a thousand alerts are no better evidence. */
const MAX_TEXT = 20_000;

/** A digest has 140 words; one written elsewhere may ramble, and must not drown the alert. */
const MAX_DIGEST_TEXT = 2_000;

export interface RetrievalQuery extends DocumentFilter {
  /** What the dense and lexical legs read. May be empty when there are signals. */
  readonly text: string;
  readonly expression: string;
  readonly alertNames: readonly string[];
  readonly runbookUrls: readonly string[];
  /** Services the question is about: documents near them rank higher. */
  readonly services: readonly string[];
  readonly signals: readonly Signal[];
  readonly kinds: readonly DocumentKind[];
  readonly k: number;
  /** The day the question is asked; decay counts back from here. */
  readonly now: Date;
  /** Parts of the score that stay out, so that each can be judged by its absence. */
  readonly without: ReadonlySet<RetrievalPart>;
}

const NOTHING: ReadonlySet<RetrievalPart> = new Set();

/**
 * What a diagnosis asks of the knowledge: the alert's own words, its name in words, and everything structured. The
 * traces' first suspect counts as a service of the alert: that is where to look for precedents. A digest in words only
 * is asked by its words.
 */
export function buildQuery(
  situation: Situation,
  digest: TraceDigest | undefined,
  options: Pick<RetrievalQuery, 'kinds' | 'k' | 'now'> & Partial<Pick<RetrievalQuery, 'without' | 'withheld'>>,
): RetrievalQuery {
  return {
    text: [...situation.alertNames, situation.text, wordsOf(digest)].join('\n').trim().slice(0, MAX_TEXT),
    expression: situation.expression,
    alertNames: situation.alertNames,
    runbookUrls: situation.runbookUrls,
    services: [
      ...new Set([...situation.services, ...(digest?.suspects.slice(0, 1) ?? []).map(({ service }) => service)]),
    ],
    signals: [...new Set([...situation.signals, ...(digest?.signals ?? [])])],
    kinds: options.kinds,
    k: options.k,
    now: situation.asOf ?? options.now,
    without: options.without ?? NOTHING,
    ...(situation.asOf === undefined ? {} : { asOf: situation.asOf }),
    ...(options.withheld === undefined ? {} : { withheld: options.withheld }),
  };
}

/** Suspects and signals say it better; the words count when they are all there is. "Healthy" is no symptom to look up. */
function wordsOf(digest: TraceDigest | undefined): string {
  if (!digest || digest.healthy || digest.suspects.length > 0 || digest.signals.length > 0) return '';
  return digest.text.slice(0, MAX_DIGEST_TEXT);
}
