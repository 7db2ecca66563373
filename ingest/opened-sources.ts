import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { SourceState } from '../src/domain/knowledge-source.ts';
import type { Before } from './before.ts';
import { explainEmptied } from './lost.ts';
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

/** Sources that have lost all their files are as good as away: what is served of them stands, and that is told. */
export function withoutEmptied(
  sources: OpenedSources,
  emptied: readonly SourceCheckout[],
  before: Before | undefined,
): OpenedSources {
  const explained = new Map(emptied.map((checkout) => [checkout.name, explainEmptied(checkout, before)]));
  return {
    ...sources,
    states: sources.states.map((state) => explained.get(state.name)?.state ?? state),
    problems: [...sources.problems, ...[...explained.values()].map(({ problem }) => problem)],
  };
}

/** A source has no lines; its name stands for its path. */
function tellProblem(source: SourceCheckout | UnreachableSource): KnowledgeProblem[] {
  if (source.problem === undefined) return [];
  const location = isUnreachable(source) ? source.location : source.state.location;
  const consequence = isUnreachable(source)
    ? 'what was published of it stays'
    : `its copy of ${source.state.sha?.slice(0, 12) ?? 'before'} is read`;
  return [{ path: source.name || location, line: 1, message: `${source.problem} (${consequence})` }];
}
