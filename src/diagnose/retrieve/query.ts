import type { DocumentKind } from '../../domain/document.ts';
import type { Signal } from '../../domain/signal.ts';
import type { TraceDigest } from '../../domain/trace.ts';
import type { Situation } from '../situation.ts';

export interface RetrievalQuery {
  /** What the dense and lexical legs read. May be empty when there are signals. */
  readonly text: string;
  readonly expression: string;
  readonly alertNames: readonly string[];
  readonly runbookUrls: readonly string[];
  /** Services the question is about: documents near them rank higher. */
  readonly services: readonly string[];
  /** When given, documents about none of these are left out. */
  readonly onlyServices?: readonly string[];
  readonly signals: readonly Signal[];
  readonly kinds: readonly DocumentKind[];
  readonly k: number;
  /** The day the question is asked; decay counts back from here. */
  readonly now: Date;
  /** Incidents of this day and later are unknown, and so are undated ones: nobody can say they came before. */
  readonly asOf?: Date;
}

/**
 * What a diagnosis asks of the knowledge: the alert's own words, its name in words, and everything structured. The
 * traces' first suspect counts as a service of the alert: that is where to look for precedents.
 */
export function buildQuery(
  situation: Situation,
  digest: TraceDigest | undefined,
  options: { readonly kinds: readonly DocumentKind[]; readonly k: number; readonly now: Date },
): RetrievalQuery {
  return {
    text: [...situation.alertNames, situation.text].join('\n').trim(),
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
    ...(situation.asOf === undefined ? {} : { asOf: situation.asOf }),
  };
}
