import type { Diagnosis } from '../domain/diagnosis.ts';
import type { DocumentKind, KnowledgeDocument } from '../domain/document.ts';
import type { SearchResponse } from '../domain/evidence.ts';
import type { Principal } from '../domain/principal.ts';
import type { DiagnosisQuestion, SearchRequest } from '../domain/request.ts';
import type { ServiceGraph } from '../domain/topology.ts';
import type { TraceDigest } from '../domain/trace.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';

/** What the tools need of the service, however they are reached. */
export interface McpParts {
  readonly version: string;
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse>;
  /** Throws `not-found`. */
  getDocument(kind: DocumentKind, id: string): Promise<KnowledgeDocument>;
  getServiceGraph(): Promise<ServiceGraph>;
  /** The diagnosis, or the id it will be found under when it takes longer than a caller should wait. */
  diagnose(question: DiagnosisQuestion, asker: Principal): Promise<Diagnosis | { readonly pending: string }>;
  /** Says what two windows of spans say; undefined when there is no incident window. */
  readWindows(windows: TraceWindowsInput, signal?: AbortSignal): Promise<TraceAnalysis | undefined>;
  digest(analysis: TraceAnalysis): Promise<TraceDigest>;
  /** What was never meant to happen. */
  onFailure(error: unknown): void;
}

/** Windows in any accepted format, as JSON values. */
export interface TraceWindowsInput {
  readonly baseline?: unknown;
  readonly incident: unknown;
}
