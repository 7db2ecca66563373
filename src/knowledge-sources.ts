import type { SourceCheckout } from '../ingest/source-file.ts';
import { openDirectory } from '../ingest/sources/directory.ts';
import {
  findHeads,
  openKnowledgeDir,
  openSources,
  type SourceContext,
  type UnreachableSource,
} from '../ingest/sources/open.ts';
import type { ReadPage } from '../ingest/sources/page-text.ts';
import { type KnowledgeSource, nameOf, type SourceState, toSourceState } from './domain/knowledge-source.ts';
import type { Settled } from './drivers.ts';
import type { Clock } from './ports.ts';

export type OpenedSource = SourceCheckout | UnreachableSource;

/** The configured sources, or KNOWLEDGE_DIR where none are listed. */
export interface KnowledgeSources {
  /** Brings all of them up to date. With `pagesMayBeOld`, pages that were fetched not long ago are not fetched again. */
  open(options: { readonly pagesMayBeOld?: boolean; readonly signal?: AbortSignal }): Promise<OpenedSource[]>;
  /** Where they stand now; asks their hosts. */
  findHeads(signal?: AbortSignal): Promise<SourceState[]>;
  /** The same without asking other machines, which stand where they stood when they were last opened. */
  findKnownHeads(signal?: AbortSignal): Promise<SourceState[]>;
}

/** Git is asked for one commit, pages can only be fetched one by one: nobody's wiki is read anew each minute. */
const PAGES_MS = 60 * 60_000;

export function createKnowledgeSources(
  { config, secrets }: Settled,
  now: Clock,
  readPage?: ReadPage,
): KnowledgeSources {
  const opened = new Map<string, { readonly source: OpenedSource; readonly at: number }>();
  const context = (signal: AbortSignal | undefined): SourceContext => ({
    dataDir: config.dataDir,
    credentials: (source) => secrets.sources.get(nameOf(source)) ?? {},
    environment: secrets.environment,
    signal,
    readPage,
  });

  async function openListed(source: KnowledgeSource, pagesMayBeOld: boolean, signal?: AbortSignal) {
    const before = opened.get(nameOf(source));
    const isFresh = before !== undefined && now().getTime() - before.at < PAGES_MS;
    if (pagesMayBeOld && isFresh && isPages(source)) return before.source;
    const [found] = await openSources([source], context(signal));
    if (!found) throw new Error('openSources gives one result for each source');
    opened.set(nameOf(source), { source: found, at: now().getTime() });
    return found;
  }

  async function findKnownHead(source: KnowledgeSource, signal?: AbortSignal): Promise<SourceState> {
    if ('directory' in source) return (await openDirectory(source, signal)).state;
    const before = opened.get(nameOf(source))?.source;
    return before && 'state' in before ? before.state : toSourceState(source);
  }

  return {
    async open({ pagesMayBeOld = false, signal }) {
      if (config.sources.length === 0) return [await openKnowledgeDir(config.knowledgeDir, signal)];
      const all: OpenedSource[] = [];
      for (const source of config.sources) all.push(await openListed(source, pagesMayBeOld, signal));
      return all;
    },
    async findHeads(signal) {
      if (config.sources.length === 0) return [(await openKnowledgeDir(config.knowledgeDir, signal)).state];
      return findHeads(config.sources, context(signal));
    },
    async findKnownHeads(signal) {
      if (config.sources.length === 0) return [(await openKnowledgeDir(config.knowledgeDir, signal)).state];
      return Promise.all(config.sources.map((source) => findKnownHead(source, signal)));
    },
  };
}

function isPages(source: KnowledgeSource): boolean {
  return 'confluence' in source || 'site' in source;
}
