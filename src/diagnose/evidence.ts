import type { Incident, Runbook } from '../domain/document.ts';
import type { ScoreBreakdown } from '../domain/evidence.ts';
import type { SourceRef } from '../domain/source.ts';
import type { ServiceGraph } from '../domain/topology.ts';
import type { TraceDigest } from '../domain/trace.ts';
import type { BackedCause, JudgedNovelty } from './causes/causes.ts';
import type { CauseChances } from './causes/chances.ts';
import type { Situation } from './situation.ts';

export interface RankedIncident {
  readonly incident: Incident;
  readonly score: number;
  /** Calibrated chance that it answers, 0..1. */
  readonly relevance: number;
  /** How near it is in itself, 0..1; `score` only orders. */
  readonly similarity: number;
  readonly scores: ScoreBreakdown;
  /** Ids of incidents that say nearly the same, or belong to the same outage. */
  readonly alike: readonly string[];
}

export interface RankedRunbook {
  readonly runbook: Runbook;
  readonly score: number;
  /** Calibrated chance that it answers, 0..1. */
  readonly relevance: number;
  readonly scores: ScoreBreakdown;
  /** The passage that matched best, and where it stands. */
  readonly source: SourceRef;
  readonly excerpt: string;
}

/** Everything an engine may use, and all that a citation may point to. Best first. */
export interface Evidence {
  readonly situation: Situation;
  readonly digest: TraceDigest | undefined;
  readonly precedents: readonly RankedIncident[];
  readonly runbooks: readonly RankedRunbook[];
  readonly graph: ServiceGraph;
  /** What the team's own history says of the signals; absent where nobody asked it. */
  readonly causes?: readonly BackedCause[];
  /** The same in full, for scores; absent where `causes` are none. */
  readonly chances?: CauseChances | undefined;
  /** How unlike every known kind of fault the signals are; absent where history is too short to say. */
  readonly novelty?: JudgedNovelty | undefined;
  /** Documents here that another one replaces: both by key. Absent where nobody looked. */
  readonly superseded?: ReadonlyMap<string, string>;
}
