import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backtester, createBacktester } from './backtester.ts';
import type { Config, Secrets } from './config.ts';
import { createDesk, type Desk } from './desk.ts';
import { createCalibrationReader } from './diagnose/confidence/calibration-reader.ts';
import { digestAnalysis } from './diagnose/digest/digest.ts';
import { diagnose, type StageObserver } from './diagnose/pipeline.ts';
import { createFeedbackReader } from './diagnose/retrieve/feedback/reader.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import { createKnowledgeReader, type KnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { RetrievePorts } from './diagnose/retrieve/retrieve.ts';
import { search } from './diagnose/search.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import type { DocumentKind, KnowledgeDocument } from './domain/document.ts';
import { keyOf } from './domain/document.ts';
import { PrecedentError } from './domain/errors.ts';
import type { SearchResponse } from './domain/evidence.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import type { KnowledgeStatus } from './domain/knowledge-status.ts';
import type { SearchRequest } from './domain/request.ts';
import type { ServiceGraph } from './domain/topology.ts';
import type { TraceDigest } from './domain/trace.ts';
import type { TraceAnalysis } from './domain/trace-analysis.ts';
import { createPorts, type DownloadProgress, type Settled } from './drivers.ts';
import { createKnowledgeKeeper, type IngestOptions } from './knowledge-keeper.ts';
import type { Ports } from './ports.ts';
import { createPromoter, type PostmortemDraft, type Promoter, type PromotionCandidate } from './promoter.ts';
import { type Check, checkReadiness } from './readiness.ts';
import { createRedactor } from './redact/redact.ts';
import type { Refresher, RefreshOutcome } from './refresher.ts';
import { createReviewer, type Reviewer } from './reviewer.ts';
import { createSnapshotKeeper, type SnapshotKeeper } from './snapshot-keeper.ts';
import { createTraceFetch } from './trace-reading/trace-fetcher.ts';
import { createTraceReader, type ReadTraces, type TraceBody, type TraceReader } from './trace-reading/trace-reader.ts';

export type { Check, DownloadProgress, IngestOptions, PostmortemDraft, PromotionCandidate, ReadTraces, TraceBody };

/** Everything Precedent can do, whoever asks: HTTP routes, commands, evaluation. Building it does no I/O. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly now: Ports['now'];
  readonly desk: Desk;
  readonly refresher: Refresher;
  readonly reviewer: Reviewer;
  readonly backtester: Backtester;
  readonly promoter: Promoter;
  ingest(options?: IngestOptions): Promise<IngestReport>;
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse>;
  /** Reads windows of traces, wherever they come from, off the event loop. */
  readonly traces: TraceReader;
  digest(analysis: TraceAnalysis): Promise<TraceDigest>;
  /** Telemetry that digests came from, page by page. */
  readonly snapshots: Pick<SnapshotKeeper, 'getPage'>;
  /** Throws `not-found`. */
  getDocument(kind: DocumentKind, id: string): Promise<KnowledgeDocument>;
  getServiceGraph(): Promise<ServiceGraph>;
  /** Asks every dependency, for 2 s each unless told otherwise; never throws. */
  checkReadiness(limitMs?: number): Promise<Check[]>;
  /** Served against head; asks the hosts of the sources. */
  getStatus(signal?: AbortSignal): Promise<KnowledgeStatus>;
}

export interface AppObservers {
  readonly onStage?: StageObserver;
  readonly onDiagnosed?: (diagnosis: Diagnosis) => void;
  readonly onRefreshed?: (outcome: RefreshOutcome) => void;
  /** While a model of the hub is fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  readonly onBackgroundFailure?: (what: string, error: unknown) => void;
}

/** Shorter than the patience of whoever probes /readyz. */
const CHECK_MS = 2_000;

/** The time of a chat model that was handed in, with no settings beside it. */
const UNCONFIGURED_LLM_MS = 30_000;

/** What a reranker that was handed in reads, with no settings beside it. */
const UNCONFIGURED_DEPTH = 20;

/** How a source of traces that was handed in is asked, with no settings beside it. */
const UNCONFIGURED_TRACES = { windowSeconds: 300, baselineGapSeconds: 600, timeoutMs: 4_000 };

/** What an ingest may take to give up its turn. */
const STOPPING_MS = 3_000;

/** The composition root. `overrides` is the seam for tests. */
export function createApp(settled: Settled, overrides: Partial<Ports> = {}, observers: AppObservers = {}): App {
  const { config, secrets } = settled;
  const redact = createRedactor(config.redact);
  const ports = createPorts(settled, overrides, redact, observers.onDownload);
  const elapsed = () => performance.now();
  const reader = createKnowledgeReader({ ...ports, elapsed });
  const onFailure = (what: string, error: unknown) => observers.onBackgroundFailure?.(what, error);
  const snapshots = createSnapshotKeeper({ ...ports, ...config.snapshots, store: ports.snapshots, onFailure });
  const traces = createTraceReader({
    policy: config.redact,
    snapshots,
    keepsWarm: ports.traceSource !== undefined,
    onFailure: (error) => observers.onBackgroundFailure?.('keep snapshot', error),
  });
  const keeper = createKnowledgeKeeper(settled, ports, observers.onRefreshed);
  const feedback = createFeedbackReader({
    casebook: ports.casebook,
    elapsed,
    onFailure: (error) => observers.onBackgroundFailure?.('read verdicts', error),
  });
  const calibrations = createCalibrationReader({
    store: ports.backtests,
    risks: config.risks,
    elapsed,
    onFailure: (error) => observers.onBackgroundFailure?.('read calibration', error),
  });
  const retrieval = async () => ({ ...ports, ...retrievalSettings(config, ports), feedback: await feedback.current() });
  const { traceSource } = ports;
  const fetchTraces = traceSource && createTraceFetch(traceSource, traces, config.traces ?? UNCONFIGURED_TRACES);
  const llmDeadline = () => AbortSignal.timeout(config.llm?.timeoutMs ?? UNCONFIGURED_LLM_MS);
  const llm = { llmDeadline, ...(config.llm ? { llmSettings: config.llm } : {}) };
  const onStage = observers.onStage ? { onStage: observers.onStage } : {};
  const diagnosePorts = async () => ({ ...(await retrieval()), ...llm, elapsed });
  const desk = createDesk({
    diagnose: async (request, id, signal) =>
      diagnose(
        request,
        await reader.current(signal),
        {
          ...(await diagnosePorts()),
          ...(fetchTraces ? { fetchTraces } : {}),
          findCalibration: calibrations.current,
        },
        { id, signal, ...onStage },
      ),
    casebook: ports.casebook,
    now: ports.now,
    newId: ports.newId,
    timeBudgetMs: config.timeBudgetMs,
    redact,
    onVerdict: () => feedback.expire(),
    onDone: observers.onDiagnosed,
    onBackgroundFailure: observers.onBackgroundFailure ?? (() => {}),
  });
  return {
    config,
    secrets,
    now: ports.now,
    desk,
    refresher: keeper.refresher,
    reviewer: createReviewer(settled, ports, keeper, reader),
    backtester: createBacktester({
      config,
      reader,
      ports,
      elapsed,
      ask: async (question, knowledge, signal) => diagnose(question, knowledge, await diagnosePorts(), { signal }),
      onCalibrated: calibrations.expire,
    }),
    promoter: createPromoter({ desk, casebook: ports.casebook, reader }),
    ingest: (options) => keeper.ingest(options),
    search: async (request, signal) => search(request, await reader.current(signal), await retrieval(), signal),
    traces,
    digest: (analysis) => digestWith(analysis, reader),
    snapshots,
    getDocument: async (kind, id) => findDocument(await reader.current(), kind, id),
    getServiceGraph: async () => (await reader.current()).graph,
    checkReadiness: (limitMs = CHECK_MS) =>
      checkReadiness(
        { ports, reader, findStatus: (signal) => keeper.getKnownStatus(signal), traces: config.traces },
        limitMs,
      ),
    getStatus: (signal) => keeper.getStatus(signal),
    async [Symbol.asyncDispose]() {
      // First an ingest that runs, which needs the index to end well, but not for long; then the index before all that is
      // slow to end: its server is a process of its own and must not outlive this one.
      keeper.refresher.stop();
      await Promise.race([keeper.refresher[Symbol.asyncDispose](), sleep(STOPPING_MS, undefined, { ref: false })]);
      const stores = [ports.snapshots, ports.backtests, ports.casebook];
      for (const resource of [
        desk,
        traces,
        ports.index,
        snapshots,
        ...stores,
        keeper,
        ports.embedder,
        ports.reranker,
      ]) {
        try {
          await resource?.[Symbol.asyncDispose]();
        } catch (error) {
          observers.onBackgroundFailure?.('close', error);
        }
      }
    },
  };
}

function retrievalSettings(
  { denseShare, halfLifeDays, reranker: settings }: Config,
  { reranker }: Ports,
): Partial<RetrievePorts> {
  return {
    denseShare,
    halfLifeDays,
    ...(reranker ? { reranking: { reranker, depth: settings?.depth ?? UNCONFIGURED_DEPTH } } : {}),
  };
}

/** A digest is worth having without any knowledge; the topology only verifies its path. */
async function digestWith(analysis: TraceAnalysis, reader: KnowledgeReader): Promise<TraceDigest> {
  const knowledge = await reader.current().catch(() => undefined);
  return digestAnalysis(analysis, knowledge ? { graph: knowledge.graph } : {});
}

function findDocument(knowledge: Knowledge, kind: DocumentKind, id: string): KnowledgeDocument {
  const document = knowledge.documents.get(keyOf({ kind, id }));
  if (!document)
    throw new PrecedentError('not-found', `there is no ${kind} ${id} in generation ${knowledge.generation.key}`);
  return document;
}
