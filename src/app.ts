import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAlertDesk } from './alert-desk.ts';
import { createProgressBoard, type ProgressBoard } from './answer-watch/progress-board.ts';
import type { App, AppObservers } from './app-interface.ts';
import { createAsker } from './asker.ts';
import { createBacktester } from './backtester.ts';
import { closeInOrder } from './close-in-order.ts';
import type { Config } from './config.ts';
import { createDesk } from './desk.ts';
import { createCalibrationReader } from './diagnose/confidence/calibration-reader.ts';
import { diagnose, type StageObserver, type StageReport } from './diagnose/pipeline.ts';
import { createFeedbackReader } from './diagnose/retrieve/feedback/reader.ts';
import { createKnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { RetrievePorts } from './diagnose/retrieve/retrieve.ts';
import { search } from './diagnose/search.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import { createPorts, type DownloadProgress, type Settled } from './drivers.ts';
import { createAccess } from './gatekeeper/access.ts';
import { createKnowledgeKeeper, type IngestOptions } from './knowledge-keeper.ts';
import { digestWith, getDocument } from './knowledge-lookup.ts';
import { listIncidents } from './known-incidents.ts';
import { createMcpParts } from './mcp-parts.ts';
import { createNoiseKeeper } from './noise-desk/keeper.ts';
import { createNoiseDesk } from './noise-desk/noise-desk.ts';
import type { Ports } from './ports.ts';
import { createPromoter, type PostmortemDraft, type PromotionCandidate } from './promoter.ts';
import { type Check, checkReadiness } from './readiness.ts';
import { createRedactor } from './redact/redact.ts';
import { createReviewer } from './reviewer.ts';
import { createSlackDesk } from './slack-desk/slack-desk.ts';
import { createSnapshotKeeper } from './snapshot-keeper.ts';
import { createTraceFetch } from './trace-reading/trace-fetcher.ts';
import { createTraceReader, type ReadTraces, type TraceBody } from './trace-reading/trace-reader.ts';

export type {
  App,
  AppObservers,
  Check,
  DownloadProgress,
  IngestOptions,
  PostmortemDraft,
  PromotionCandidate,
  ReadTraces,
  TraceBody,
};

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
  const keeper = createKnowledgeKeeper(settled, ports, (outcome) => {
    observers.onRefreshed?.(outcome);
    // They lie beside the runbooks; those of a repository are there only now.
    noise.refresh().catch((error: unknown) => onFailure('read noise rules', error));
  });
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
  const diagnosePorts = async () => ({ ...(await retrieval()), ...llm, elapsed });
  const board = createProgressBoard();
  const diagnoseNow = async (request: DiagnosisQuestion, id: string, signal: AbortSignal) =>
    diagnose(
      request,
      await reader.current(signal),
      { ...(await diagnosePorts()), ...(fetchTraces ? { fetchTraces } : {}), findCalibration: calibrations.current },
      { id, signal, ...watchedBy(board, id, observers.onStage) },
    );
  const listRoots = async (signal?: AbortSignal) =>
    (await keeper.sources.listOpened(signal)).map(({ state, root }) => ({ name: state.name, root }));
  const onChange = observers.onNoiseRules;
  const noise = createNoiseKeeper({ listRoots, now: ports.now, ...(onChange ? { onChange } : {}) });
  const alerts = createAlertDesk({
    ...{ config, secrets, ports, reader, redact, board, noise, onFailure },
    diagnose: diagnoseNow,
    onAccepted: observers.onAccepted,
    onTriaged: observers.onTriaged,
    onDiagnosed: observers.onDiagnosed,
  });
  const desk = createDesk({
    ...ports,
    diagnose: diagnoseNow,
    timeBudgetMs: config.timeBudgetMs,
    redact,
    follow: async (id, viewer) => (await alerts.answers.getAnswer(id, viewer)).record,
    onVerdict: () => feedback.expire(),
    onDone: observers.onDiagnosed,
    onSaved: alerts.announce,
    onDoneLater: alerts.tell,
    onBackgroundFailure: onFailure,
  });
  const access = createAccess(ports, settled, elapsed, onFailure);
  const asker = createAsker({
    ...ports,
    openKnowledge: (signal) => reader.current(signal),
    openPorts: diagnosePorts,
    redact,
    onBackgroundFailure: onFailure,
  });
  const { publicUrl } = config;
  const slack = createSlackDesk({ ...alerts, ...access, asker, desk, redact, post: ports.post, publicUrl, onFailure });
  return {
    config,
    secrets,
    now: ports.now,
    desk,
    alerts,
    asker,
    slack,
    ...access,
    noise: {
      ...createNoiseDesk({
        ...ports,
        keeper: noise,
        history: ports.intake,
        listIncidents: (signal) => listIncidents(reader, signal),
      }),
      start: noise.start,
      refresh: noise.refresh,
    },
    get mcp() {
      return createMcpParts(this, onFailure);
    },
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
    getDocument: async (kind, id) => getDocument(await reader.current(), kind, id),
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
      const desks = [slack, noise, alerts, desk];
      const { index, embedder, reranker, casebook } = ports;
      const stores = [ports.snapshots, ports.backtests, ports.intake, ports.outbox, ports.conversations, ports.access];
      await closeInOrder(
        [...desks, traces, index, snapshots, ...stores, casebook, keeper, embedder, reranker],
        onFailure,
      );
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

/** Stages are told to whoever watches this diagnosis, and to whoever watches them all. */
function watchedBy(board: Pick<ProgressBoard, 'report'>, id: string, onStage: StageObserver = () => {}) {
  return {
    onBegun: (stage: string) => board.report(id, { stage, state: 'begun' }),
    onStage: (report: StageReport) => {
      board.report(id, { ...report, state: 'done' });
      onStage(report);
    },
  };
}
