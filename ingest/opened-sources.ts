import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { SourceState } from '../src/domain/knowledge-source.ts';
import type { Before } from './before.ts';
import type { SourceCheckout } from './source-file.ts';
import { isUnreachable, type UnreachableSource } from './sources/open.ts';

export interface OpenedSources {
  readonly checkouts: readonly SourceCheckout[];
  /** Names of those that do not answer. */
  readonly away: readonly string[];
  /** In the order of the configuration; one that does not answer stands where it stood. */
  readonly states: readonly SourceState[];
  readonly problems: readonly KnowledgeProblem[];
}

/** What was opened, sorted by what can be done with it. */
export function sortSources(
  opened: readonly (SourceCheckout | UnreachableSource)[],
  before: Before | undefined,
): OpenedSources {
  const served = new Map(before?.generation.sources.map((state) => [state.name, state]));
  return {
    checkouts: opened.flatMap((source) => (isUnreachable(source) ? [] : source)),
    away: opened.filter(isUnreachable).map(({ name }) => name),
    states: opened.flatMap((source) => (isUnreachable(source) ? (served.get(source.name) ?? []) : source.state)),
    problems: opened.flatMap(tellProblem),
  };
}

/** A source has no lines; its name stands for its path. */
function tellProblem(source: SourceCheckout | UnreachableSource): KnowledgeProblem[] {
  if (source.problem === undefined) return [];
  const location = isUnreachable(source) ? source.location : source.state.location;
  return [{ path: source.name || location, line: 1, message: source.problem }];
}
