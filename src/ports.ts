/**
 * Every side effect Precedent has: the read path's on this page, those around it in `ports/`. Types only: drivers live in
 * adapters/ (and testing/), the choice in drivers.ts.
 */
import type { Diagnosis } from './domain/diagnosis.ts';
import type { DocumentKind, KnowledgeDocument } from './domain/document.ts';
import type { EndpointState } from './domain/endpoint-state.ts';
import type { GradedDiagnosis, VerdictRecord } from './domain/feedback.ts';
import type { EmbeddingModel, Generation } from './domain/generation.ts';
import type { Manifest } from './domain/manifest.ts';
import type { Attempt } from './domain/model-failure.ts';
import type { KnownSnapshot, Snapshot, SnapshotPageContent, SnapshotRetention } from './domain/snapshot.ts';
import type { TraceQuery } from './domain/trace.ts';
import type { AccessStore, VerifyToken } from './ports/access.ts';
import type { BacktestStore } from './ports/backtest.ts';
import type { ConversationStore } from './ports/conversation.ts';
import type { Outbox, Post } from './ports/delivery.ts';
import type { IntakeStore } from './ports/intake.ts';

export type * from './ports/access.ts';
export type * from './ports/backtest.ts';
export type * from './ports/conversation.ts';
export type * from './ports/delivery.ts';
export type * from './ports/intake.ts';

/** Now. A parameter, so that a backtest can live in the past. */
export type Clock = () => Date;

/**
 * Turns texts into unit vectors. Parallel calls are allowed and are queued by the driver.
 * Errors: `embedder-unavailable` (retryable), `model-missing`, `model-corrupt`.
 */
export interface Embedder extends AsyncDisposable {
  /** Loads the model when it is not yet loaded, and says which it is. */
  describe(signal?: AbortSignal): Promise<EmbeddingModel>;
  /** Texts that one call may hold. */
  readonly maxBatch: number;
  /** Unit vectors in the order of `texts`. Some models embed questions and passages differently, hence `role`. */
  embed(texts: readonly string[], role: 'query' | 'passage', signal?: AbortSignal): Promise<Float32Array[]>;
  /** The model's own way of counting: what it reads of a text is bounded in these. */
  loadTokenizer(signal?: AbortSignal): Promise<CountTokens>;
}

/** Tokens of a text, without the special ones that the model puts around it. */
export type CountTokens = (text: string) => number;

/**
 * Reads question and passage together and says how well the one answers the other. Slow, so only the first few are asked.
 * Errors: `reranker-unavailable` (retryable), `model-missing`, `model-corrupt`.
 */
export interface Reranker extends AsyncDisposable {
  readonly name: string;
  /** Pairs that one call may hold. */
  readonly maxPairs: number;
  /** 0..1 for each passage, in their order. */
  score(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]>;
}

export interface EmbeddedChunk {
  readonly id: string;
  readonly text: string;
  readonly vector: Float32Array;
}

export interface ChunkMatch {
  readonly chunkId: string;
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
}

/**
 * The index of the knowledge, by generations. Chunk records are content-addressed and only ever added or swept, a
 * generation is a list of documents, and one pointer says which generation is served: readers see one state or the
 * next, never a mix. Errors: `index-unavailable` (retryable), `index-empty`, `index-model-mismatch`, `input-invalid`.
 */
export interface KnowledgeIndex extends AsyncDisposable {
  /** The generation being served; undefined when nothing was ever published. */
  findGeneration(signal?: AbortSignal): Promise<Generation | undefined>;
  /** What the generation is made of, file by file; undefined when it is gone. */
  findManifest(generation: Generation, signal?: AbortSignal): Promise<Manifest | undefined>;
  /** All documents of a generation, in no particular order. Throws `index-empty` when the generation is gone. */
  readDocuments(generation: Generation, signal?: AbortSignal): AsyncIterable<KnowledgeDocument>;
  /** The `k` nearest chunks of a kind, best first. May hold chunks of other generations: the caller knows its own. */
  nearest(
    kind: DocumentKind,
    model: EmbeddingModel,
    vector: Float32Array,
    k: number,
    signal?: AbortSignal,
  ): Promise<ChunkMatch[]>;
  /** Which of `ids` have no vector by this model yet. */
  listMissing(
    kind: DocumentKind,
    model: EmbeddingModel,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<string[]>;
  /** Adds vectors; invisible until a generation names them. Every vector is checked for length, finiteness and norm. */
  addChunks(
    kind: DocumentKind,
    model: EmbeddingModel,
    chunks: readonly EmbeddedChunk[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** Adds documents, and returns the hash of each in their order; invisible until a manifest names them. */
  addDocuments(documents: readonly KnowledgeDocument[], signal?: AbortSignal): Promise<string[]>;
  /**
   * Writes the manifest, then flips the pointer; every document and chunk it names must be there. The generation before
   * stays readable until the next publish. With a key that is served already, only the facts beside the key change.
   */
  publish(generation: Generation, manifest: Manifest, signal?: AbortSignal): Promise<void>;
  /**
   * Runs `write` while nobody else writes: a sweep must not take what another run has added and not yet published. Who
   * has waited too long gets `ingest-running`.
   */
  exclusively<T>(write: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * Deletes what neither the served generation nor the one before it names; returns what went. Safe to repeat, and does
   * nothing when nothing was added or published since it was last done.
   */
  sweep(signal?: AbortSignal): Promise<{ chunks: number; documents: number }>;
  /** Answers within 2 s, or throws `index-unavailable`. */
  ping(signal?: AbortSignal): Promise<void>;
}

export interface ChatRequest {
  readonly system: string;
  readonly user: string;
  readonly temperature: number;
}

export interface ChatReply {
  readonly text: string;
  readonly model: string;
  /** Over all endpoints that were asked, as far as they count. */
  readonly tokens?: { readonly input: number; readonly output: number };
  /** In the currency of the configured prices; absent where no price is. */
  readonly cost?: number;
  /** Endpoints that were asked before this one, and what came of it. */
  readonly attempts?: readonly Attempt[];
}

/** One OpenAI-compatible endpoint. Never retries by itself. Errors: `llm-unavailable` with the reason in words. */
export interface ChatModel {
  readonly name: string;
  complete(request: ChatRequest, signal: AbortSignal): Promise<ChatReply>;
  /** Where several endpoints stand behind it, how each of them is. */
  listStates?(): readonly EndpointState[];
}

/** A diagnosis in the casebook, from the moment it was asked for. */
export type DiagnosisRecord = {
  readonly id: string;
  readonly createdAt: string;
  /** Whose it is; the default one where absent, as in what an older version wrote down. */
  readonly namespace?: string;
} & (
  | { readonly status: 'pending' }
  | { readonly status: 'done'; readonly diagnosis: Diagnosis }
  | { readonly status: 'failed'; readonly code: string; readonly detail: string }
);

export interface GradedPage {
  readonly limit: number;
  /** The last diagnosis of the page before. */
  readonly after?: string;
}

/** What the service itself learnt; nothing in it is ever lost. Errors: `casebook-unavailable` (retryable). */
export interface Casebook extends AsyncDisposable {
  /** Inserts, or replaces a pending record by its outcome. A finished record never changes. */
  saveDiagnosis(record: DiagnosisRecord, signal?: AbortSignal): Promise<void>;
  findDiagnosis(id: string, signal?: AbortSignal): Promise<DiagnosisRecord | undefined>;
  /**
   * Keeps a verdict on a finished diagnosis; an earlier one of the same person on it then counts no more, and stays.
   * Saying the same again changes nothing. People are told apart by `personOf`.
   */
  saveVerdict(verdict: VerdictRecord, signal?: AbortSignal): Promise<void>;
  /** The person's verdict counts no more from `at` on, and stays; false when there was none that counted. */
  withdrawVerdict(diagnosisId: string, by: string, at: Date, signal?: AbortSignal): Promise<boolean>;
  /** Every verdict on one diagnosis in the order they were given, also those that count no more. */
  listVerdicts(diagnosisId: string, signal?: AbortSignal): Promise<VerdictRecord[]>;
  /** A number that grows with every verdict that is given, replaced or withdrawn: cheap to ask for. */
  countVerdictChanges(signal?: AbortSignal): Promise<number>;
  /** A page of the finished diagnoses with a verdict that counts, newest diagnosis first. */
  listGradedDiagnoses(page: GradedPage, signal?: AbortSignal): Promise<GradedDiagnosis[]>;
  ping(signal?: AbortSignal): Promise<void>;
}

/**
 * Where spans can be asked for, when an alert comes without any. Errors: `traces-unavailable` (retryable) with the reason
 * in words; nothing found is an empty window, not an error.
 */
export interface TraceSource {
  readonly name: string;
  /** JSON of one window, or several one after the other, in any format that is read; ends with the signal. */
  fetchTraces(query: TraceQuery, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Answers, or throws `traces-unavailable`. */
  ping(signal: AbortSignal): Promise<void>;
}

/**
 * Windows of telemetry under their content hash. What retention took stays known by name, so that it can be told from
 * what never was. Errors: `casebook-unavailable` (retryable).
 */
export interface SnapshotStore extends AsyncDisposable {
  savePage(page: SnapshotPageContent, signal?: AbortSignal): Promise<void>;
  /**
   * Makes the pages of an upload the snapshot. One that is there already stays, is used anew, and the upload goes; one
   * that expired is there again.
   */
  saveSnapshot(upload: string, snapshot: Snapshot, signal?: AbortSignal): Promise<void>;
  /** An upload that came to nothing; one that became a snapshot stays. */
  discardUpload(upload: string, signal?: AbortSignal): Promise<void>;
  findSnapshot(key: string, signal?: AbortSignal): Promise<KnownSnapshot | undefined>;
  /** The page's content as it was saved; undefined when there is none such. */
  findPage(key: string, page: number, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Drops what need not stay; says how many snapshots went. Safe to be done by several at once. */
  expire(retention: SnapshotRetention, now: Date, signal?: AbortSignal): Promise<number>;
}

/** Everything the composition root may be given instead of its own drivers. */
export interface Ports {
  readonly embedder: Embedder;
  /** Absent unless one is configured. */
  readonly reranker: Reranker | undefined;
  readonly index: KnowledgeIndex;
  readonly casebook: Casebook;
  readonly snapshots: SnapshotStore;
  readonly backtests: BacktestStore;
  readonly intake: IntakeStore;
  readonly outbox: Outbox;
  readonly conversations: ConversationStore;
  readonly access: AccessStore;
  readonly post: Post;
  /** Absent unless an identity provider is configured. */
  readonly verifyToken: VerifyToken | undefined;
  /** Absent when none is configured: then only callers bring traces. */
  readonly traceSource: TraceSource | undefined;
  /** Absent when no LLM is configured: then the precedent engine answers alone. */
  readonly chatModel: ChatModel | undefined;
  readonly now: Clock;
  readonly newId: () => string;
}
