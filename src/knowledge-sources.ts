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
  /**
   * Brings all of them up to date; for whoever has the turn of `KnowledgeIndex.exclusively`, because copies are written.
   * With `pagesMayBeOld`, pages that were fetched not long ago are not fetched again.
   */
  open(options: { readonly pagesMayBeOld?: boolean; readonly signal?: AbortSignal }): Promise<OpenedSource[]>;
  /** As they were last opened here; of those that never were, the folders. Nothing is fetched, so no turn is needed. */
  listOpened(signal?: AbortSignal): Promise<SourceCheckout[]>;
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
  const opened = new Map<string, { readonly source: OpenedSource; readonly freshUntil: number }>();
  const context = (signal: AbortSignal | undefined): SourceContext => ({
    dataDir: config.dataDir,
    credentials: (source) => secrets.sources.get(nameOf(source)) ?? {},
    environment: secrets.environment,
    signal,
    readPage,
  });

  async function openListed(source: KnowledgeSource, pagesMayBeOld: boolean, signal?: AbortSignal) {
    const before = opened.get(nameOf(source));
    const isFresh = before !== undefined && now().getTime() < before.freshUntil;
    if (pagesMayBeOld && isFresh && isPages(source)) return before.source;
    const [found] = await openSources([source], context(signal));
    if (!found) throw new Error('openSources gives one result for each source');
    // What failed is tried again at the next occasion.
    const isNew = 'root' in found && found.problem === undefined;
    opened.set(nameOf(source), { source: found, freshUntil: isNew ? now().getTime() + PAGES_MS : 0 });
    return found;
  }

  async function findKnownHead(source: KnowledgeSource, signal?: AbortSignal): Promise<SourceState> {
    if ('directory' in source) {
      return openDirectory(source, signal).then(
        ({ state }) => state,
        () => toSourceState(source),
      );
    }
    const before = opened.get(nameOf(source))?.source;
    return before && 'state' in before ? before.state : toSourceState(source);
  }

  async function findAskedHead(source: KnowledgeSource, signal?: AbortSignal): Promise<SourceState> {
    if ('directory' in source) return findKnownHead(source, signal);
    const [head] = await findHeads([source], context(signal));
    return head ?? toSourceState(source);
  }

  /** A folder that is gone stands nowhere: what was published of it is still there to be told of. */
  function findFolderHead(signal?: AbortSignal): Promise<SourceState> {
    const { knowledgeDir: location } = config;
    const gone: SourceState = { name: '', kind: 'directory', location };
    return openKnowledgeDir(location, signal).then(
      ({ state }) => state,
      () => gone,
    );
  }

  return {
    async open({ pagesMayBeOld = false, signal }) {
      if (config.sources.length === 0) return [await openKnowledgeDir(config.knowledgeDir, signal)];
      const all: OpenedSource[] = [];
      for (const source of config.sources) all.push(await openListed(source, pagesMayBeOld, signal));
      return all;
    },
    async listOpened(signal) {
      if (config.sources.length === 0) return [await openKnowledgeDir(config.knowledgeDir, signal)];
      const found: SourceCheckout[] = [];
      for (const source of config.sources) {
        const before = 'directory' in source ? await openDirectory(source, signal) : opened.get(nameOf(source))?.source;
        if (before && 'root' in before) found.push(before);
      }
      return found;
    },
    async findHeads(signal) {
      if (config.sources.length === 0) return [await findFolderHead(signal)];
      return Promise.all(config.sources.map((source) => findAskedHead(source, signal)));
    },
    async findKnownHeads(signal) {
      if (config.sources.length === 0) return [await findFolderHead(signal)];
      return Promise.all(config.sources.map((source) => findKnownHead(source, signal)));
    },
  };
}

function isPages(source: KnowledgeSource): boolean {
  return 'confluence' in source || 'site' in source;
}
