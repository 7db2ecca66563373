import { z } from 'zod';
import type { Generation } from './generation.ts';
import { SourceState } from './knowledge-source.ts';

/** How what is served of a source compares with where the source stands now. */
export const SourceStatus = SourceState.omit({ sha: true, dirty: true }).extend({
  /** Commit (or hash of the pages) that is served. */
  served: z.string().optional(),
  /** Where the source stands; absent when it is in no git repository or does not answer. */
  head: z.string().optional(),
  /** Files differ from the commit at `head`, so their content may not be served yet. */
  dirty: z.boolean().optional(),
  state: z.enum(['current', 'behind', 'unpublished', 'unknown']),
});
export type SourceStatus = Readonly<z.infer<typeof SourceStatus>>;

export const LastRefresh = z.object({
  at: z.iso.datetime(),
  reason: z.enum(['start', 'hook', 'poll', 'retry']),
  ok: z.boolean(),
  /** Whether it brought anything that readers can see. */
  published: z.boolean().optional(),
  problems: z.int().min(0).optional(),
  error: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type LastRefresh = Readonly<z.infer<typeof LastRefresh>>;

/** What is served, and whether the sources have moved on since. */
export const KnowledgeStatus = z.object({
  generation: z.string().optional(),
  publishedAt: z.iso.datetime().optional(),
  documents: z.int().min(0),
  chunks: z.int().min(0),
  /** Any source is behind or not published at all. */
  isBehind: z.boolean(),
  sources: z.array(SourceStatus),
  /** The last time this process brought the index up to date, or tried to. */
  lastRefresh: LastRefresh.optional(),
  isRefreshing: z.boolean(),
});
export type KnowledgeStatus = Readonly<z.infer<typeof KnowledgeStatus>>;

/** `heads` are the configured sources as they stand now; one without a `sha` could not be asked. */
export function buildKnowledgeStatus(
  generation: Generation | undefined,
  heads: readonly SourceState[],
  refresh: { readonly last: LastRefresh | undefined; readonly isRunning: boolean },
): KnowledgeStatus {
  const served = new Map(generation?.sources.map((source) => [source.name, source]));
  const sources = heads.map((head) => compare(head, served.get(head.name)));
  return {
    ...(generation ? { generation: generation.key, publishedAt: generation.publishedAt } : {}),
    documents: generation?.documents ?? 0,
    chunks: generation?.chunks ?? 0,
    isBehind: sources.some(({ state }) => state === 'behind' || state === 'unpublished'),
    sources,
    ...(refresh.last ? { lastRefresh: refresh.last } : {}),
    isRefreshing: refresh.isRunning,
  };
}

function compare({ sha, ...head }: SourceState, served: SourceState | undefined): SourceStatus {
  return {
    ...head,
    ...(served?.sha === undefined ? {} : { served: served.sha }),
    ...(sha === undefined ? {} : { head: sha }),
    state: stateOf(sha, served),
  };
}

function stateOf(head: string | undefined, served: SourceState | undefined): SourceStatus['state'] {
  if (served === undefined) return 'unpublished';
  if (head === undefined || served.sha === undefined) return 'unknown';
  return head === served.sha ? 'current' : 'behind';
}
