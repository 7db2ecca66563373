import { type IngestProgress, ingest } from '../ingest/pipeline.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import { nameOf } from './domain/knowledge-source.ts';
import { buildKnowledgeStatus, type KnowledgeStatus } from './domain/knowledge-status.ts';
import type { Settled } from './drivers.ts';
import { createKnowledgeSources, type KnowledgeSources, type OpenedSource } from './knowledge-sources.ts';
import type { KnowledgeIndex, Ports } from './ports.ts';
import { createPreparePool } from './prepare-pool.ts';
import { createRedactor } from './redact/redact.ts';
import { createRefresher, type Refresher, type RefreshOutcome, toLastRefresh } from './refresher.ts';

export interface IngestOptions {
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
}

/** Keeps the index up with the sources, and knows how far it is. */
export interface KnowledgeKeeper extends AsyncDisposable {
  readonly sources: KnowledgeSources;
  /** For a running server: after a webhook, and every so often. */
  readonly refresher: Refresher;
  /** Brings the served index up to all sources as they are now. */
  ingest(options?: IngestOptions): Promise<IngestReport>;
  /** The same into another index, from sources that are open already. */
  ingestInto(index: KnowledgeIndex, opened: readonly OpenedSource[], options?: IngestOptions): Promise<IngestReport>;
  /** Served against head; asks the hosts of the sources. */
  getStatus(signal?: AbortSignal): Promise<KnowledgeStatus>;
  /** The same without asking other machines. */
  getKnownStatus(signal?: AbortSignal): Promise<KnowledgeStatus>;
}

type KeeperPorts = Pick<Ports, 'index' | 'embedder' | 'now'>;

export function createKnowledgeKeeper(
  settled: Settled,
  { index, embedder, now }: KeeperPorts,
  onRefreshed: (outcome: RefreshOutcome) => void = () => {},
): KnowledgeKeeper {
  const { redact, sources: listed, pollSeconds } = settled.config;
  const pool = createPreparePool({ policy: redact });
  const sources = createKnowledgeSources(settled, now, pool.readPage);
  const recipe = JSON.stringify([redact, listed]);
  const blackOut = createRedactor(redact);
  const names = new Set(listed.map(nameOf));
  type Open = (signal?: AbortSignal) => Promise<readonly OpenedSource[]>;
  const run = (into: KnowledgeIndex, open: Open, options: IngestOptions) =>
    ingest({ open, recipe, now, redact: blackOut }, { index: into, embedder, prepare: pool.prepare }, options);

  const refresher = createRefresher({
    ingest: (reason, signal, onProgress) => {
      // Somebody has just changed a file, and waits to see it.
      if (reason === 'hook') pool.warm();
      const open = () => sources.open({ pagesMayBeOld: reason !== 'start', signal });
      return run(index, open, { signal, ...(onProgress ? { onProgress } : {}) });
    },
    now,
    pollMs: pollSeconds * 1_000,
    // A source that is away is a problem of the report under its name.
    isIncomplete: ({ problems }) => problems.some(({ path }) => names.has(path)),
    onOutcome: onRefreshed,
  });
  const findStatus = async (heads: KnowledgeSources['findHeads'], signal?: AbortSignal) => {
    const [generation, found] = await Promise.all([index.findGeneration(signal), heads(signal)]);
    return buildKnowledgeStatus(generation, found, toLastRefresh(refresher));
  };
  return {
    sources,
    refresher,
    ingest: (options = {}) => run(index, (signal) => sources.open(signal === undefined ? {} : { signal }), options),
    ingestInto: (into, opened, options = {}) => run(into, async () => opened, options),
    getStatus: (signal) => findStatus(sources.findHeads, signal),
    getKnownStatus: (signal) => findStatus(sources.findKnownHeads, signal),
    async [Symbol.asyncDispose]() {
      await refresher[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}
