import type { KnowledgeDocument } from '../../domain/document.ts';
import { createPace, type Pace } from './pace.ts';

/** Noting one end of a path takes as long as reading so many characters. */
const END_COST = 30;

/** Who else has this end is asked of at most so many: oneself and two others already are several. */
const ENOUGH = 3;

/**
 * Runbooks that a newer one replaces, with that one's id. `supersedes` is written by people: the whole id, or as much of its end as
 * names one runbook (`web/WebSlow`, `WebSlow`), with or without `.md`. Nothing supersedes itself.
 */
export async function findSuccessors(
  documents: readonly KnowledgeDocument[],
  pace: Pace = createPace(),
): Promise<Map<string, string>> {
  const successors = new Map<string, string>();
  const runbooks = documents.filter((document) => document.kind === 'runbook');
  if (runbooks.every(({ supersedes }) => supersedes === undefined)) return successors;
  const ids = new Set(runbooks.map(({ id }) => id));
  const byEnd = await indexEnds(ids, pace);
  for (const { id, supersedes } of runbooks) {
    if (supersedes === undefined) continue;
    const target = supersedes.replace(/\.md$/i, '');
    const [only, another] = (byEnd.get(target) ?? []).filter((other) => other !== id);
    if (target !== id && ids.has(target)) successors.set(target, id);
    else if (only !== undefined && another === undefined) successors.set(only, id);
    await pace.spend(END_COST);
  }
  return successors;
}

/** Runbooks by every end of their path: `db/web/WebSlow`, `web/WebSlow`, `WebSlow`. */
async function indexEnds(ids: Iterable<string>, pace: Pace): Promise<ReadonlyMap<string, readonly string[]>> {
  const byEnd = new Map<string, string[]>();
  for (const id of ids) {
    const ends = listEnds(id);
    for (const end of ends) {
      const known = byEnd.get(end);
      if (!known) byEnd.set(end, [id]);
      else if (known.length < ENOUGH) known.push(id);
    }
    await pace.spend(END_COST * ends.length);
  }
  return byEnd;
}

function listEnds(id: string): string[] {
  const ends = [id];
  for (let at = id.indexOf('/'); at !== -1; at = id.indexOf('/', at + 1)) ends.push(id.slice(at + 1));
  return ends;
}
