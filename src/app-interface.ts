import type { AlertDesk, AlertDeskParts } from './alert-desk.ts';
import type { Asker } from './asker.ts';
import type { Backtester } from './backtester.ts';
import type { Config, Secrets } from './config.ts';
import type { Desk } from './desk.ts';
import type { StageObserver } from './diagnose/pipeline.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import type { DocumentKind, KnowledgeDocument } from './domain/document.ts';
import type { SearchResponse } from './domain/evidence.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import type { KnowledgeStatus } from './domain/knowledge-status.ts';
import type { SearchRequest } from './domain/request.ts';
import type { ServiceGraph } from './domain/topology.ts';
import type { TraceDigest } from './domain/trace.ts';
import type { TraceAnalysis } from './domain/trace-analysis.ts';
import type { DownloadProgress } from './drivers.ts';
import type { Access } from './gatekeeper/access.ts';
import type { IngestOptions } from './knowledge-keeper.ts';
import type { McpParts } from './mcp/parts.ts';
import type { NoiseKeeper, NoiseRules } from './noise-desk/keeper.ts';
import type { NoiseDesk } from './noise-desk/noise-desk.ts';
import type { Ports } from './ports.ts';
import type { Promoter } from './promoter.ts';
import type { Check } from './readiness.ts';
import type { Refresher, RefreshOutcome } from './refresher.ts';
import type { Reviewer } from './reviewer.ts';
import type { SlackDesk } from './slack-desk/slack-desk.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import type { TraceReader } from './trace-reading/trace-reader.ts';

/** Everything Precedent can do, whoever asks: HTTP routes, commands, evaluation. Building it does no I/O. */
export interface App extends Access, AsyncDisposable {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly now: Ports['now'];
  readonly desk: Desk;
  /** Alerts as senders post them, and what becomes of them. */
  readonly alerts: AlertDesk;
  readonly asker: Asker;
  /** Questions and verdicts from Slack. */
  readonly slack: SlackDesk;
  readonly noise: NoiseDesk & Pick<NoiseKeeper, 'start' | 'refresh'>;
  /** What the tools for models are made of. */
  readonly mcp: McpParts;
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
  readonly onAccepted?: AlertDeskParts['onAccepted'];
  /** The noise rules, or what is wrong with them, changed. */
  readonly onNoiseRules?: (rules: NoiseRules) => void;
  readonly onTriaged?: AlertDeskParts['onTriaged'];
  readonly onRefreshed?: (outcome: RefreshOutcome) => void;
  /** While a model of the hub is fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  readonly onBackgroundFailure?: (what: string, error: unknown) => void;
}
