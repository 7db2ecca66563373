import { EdgeOrigin } from '../../src/domain/topology.ts';
import type { TopologyFragment } from './fragment.ts';

/** A mention with the file it stands in. */
export type Placed<Mention> = Mention & { readonly path: string; readonly sha: string };

export type ReportAt = (place: { readonly path: string; readonly line: number }, message: string) => void;

/** What all fragments mention of one sort, by path and then as each file has it. */
export function placeMentions<Mention extends object>(
  fragments: readonly TopologyFragment[],
  mentionsOf: (fragment: TopologyFragment) => readonly Mention[],
): Placed<Mention>[] {
  const inOrder = [...fragments].sort((a, b) => (a.path < b.path ? -1 : 1));
  return inOrder.flatMap((fragment) =>
    mentionsOf(fragment).map((mention) => ({ ...mention, path: fragment.path, sha: fragment.sha })),
  );
}

/** The most trusted origin first; the order of paths and lines stays below that. */
export function mostTrustedFirst<Mention extends { readonly by: EdgeOrigin }>(mentions: readonly Mention[]): Mention[] {
  return EdgeOrigin.options.flatMap((origin) => mentions.filter(({ by }) => by === origin));
}
