import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type IngestProgress, ingest } from '../ingest/pipeline.ts';
import { createChromaIndex } from './adapters/chroma-index.ts';
import { createLibsqlCasebook } from './adapters/libsql-casebook.ts';
import { createTransformersEmbedder } from './adapters/transformers-embedder.ts';
import type { DownloadProgress } from './adapters/transformers-hub.ts';
import { type Config, PROJECT_DIR, type Secrets } from './config.ts';
import { createDesk, type Desk } from './desk.ts';
import { digestTraces } from './diagnose/digest/digest.ts';
import { parseTraces } from './diagnose/digest/parse.ts';
import { diagnose, type StageObserver } from './diagnose/pipeline.ts';
import { type Knowledge, keyOf } from './diagnose/retrieve/knowledge.ts';
import { createKnowledgeReader, type KnowledgeReader } from './diagnose/retrieve/reader.ts';
import { search } from './diagnose/search.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import type { DocumentKind, KnowledgeDocument } from './domain/document.ts';
import { isPrecedentError, messageOf, PrecedentError } from './domain/errors.ts';
import type { SearchResponse } from './domain/evidence.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import type { DigestRequest, SearchRequest } from './domain/request.ts';
import type { ServiceGraph } from './domain/topology.ts';
import type { TraceDigest } from './domain/trace.ts';
import type { ChatModel, Ports } from './ports.ts';

export type { DownloadProgress };

/** How one dependency is; `detail` says what is wrong and how to mend it. */
export interface Check {
  readonly name: 'index' | 'embedder' | 'casebook' | 'knowledge' | 'llm';
  readonly ok: boolean;
  readonly detail: string;
}

export interface IngestOptions {
  readonly onProgress?: (progress: IngestProgress) => void;
  readonly signal?: AbortSignal;
}

/** Everything Precedent can do, whoever asks: HTTP routes, commands, evaluation. Building it does no I/O. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly desk: Desk;
  ingest(options?: IngestOptions): Promise<IngestReport>;
  search(request: SearchRequest, signal?: AbortSignal): Promise<SearchResponse>;
  digest(request: DigestRequest): Promise<TraceDigest>;
  /** Throws `not-found`. */
  getDocument(kind: DocumentKind, id: string): Promise<KnowledgeDocument>;
  getServiceGraph(): Promise<ServiceGraph>;
  /** Asks every dependency, for 2 s each unless told otherwise; never throws. */
  checkReadiness(limitMs?: number): Promise<Check[]>;
}

/** Shorter than the patience of whoever probes /readyz. */
const CHECK_MS = 2_000;

/** The time of a chat model that was handed in, with no settings beside it. */
const UNCONFIGURED_LLM_MS = 30_000;

/** The composition root: the only place that knows which driver serves which port. `overrides` is the seam for tests. */
export function createApp(
  { config, secrets }: { readonly config: Config; readonly secrets: Secrets },
  overrides: Partial<Ports> = {},
  observers: {
    readonly onStage?: StageObserver;
    readonly onDiagnosed?: (diagnosis: Diagnosis) => void;
    /** While a model of the hub is fetched. */
    readonly onDownload?: (progress: DownloadProgress) => void;
    readonly onBackgroundFailure?: (what: string, error: unknown) => void;
  } = {},
): App {
  const ports = createPorts(config, secrets, overrides, observers.onDownload);
  const elapsed = () => performance.now();
  const reader = createKnowledgeReader({ ...ports, elapsed });
  const llmDeadline = () => AbortSignal.timeout(config.llm?.timeoutMs ?? UNCONFIGURED_LLM_MS);
  const llm = { llmDeadline, ...(config.llm ? { llmSettings: { temperature: config.llm.temperature } } : {}) };
  const onStage = observers.onStage ? { onStage: observers.onStage } : {};
  const desk = createDesk({
    diagnose: async (request, id, signal) =>
      diagnose(request, await reader.current(signal), { ...ports, ...llm, elapsed }, { id, signal, ...onStage }),
    casebook: ports.casebook,
    now: ports.now,
    newId: ports.newId,
    timeBudgetMs: config.timeBudgetMs,
    onDone: observers.onDiagnosed,
    onBackgroundFailure: observers.onBackgroundFailure ?? (() => {}),
  });
  return {
    config,
    secrets,
    desk,
    ingest: (options) => ingest({ knowledgeDir: config.knowledgeDir, now: ports.now }, ports, options),
    search: async (request, signal) => search(request, await reader.current(signal), ports, signal),
    digest: (request) => digestWith(request, reader),
    getDocument: async (kind, id) => findDocument(await reader.current(), kind, id),
    getServiceGraph: async () => (await reader.current()).graph,
    checkReadiness: (limitMs = CHECK_MS) => checkAll(ports, reader, limitMs),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      // The index first: its server is a process of its own and must not outlive this one, whatever comes after.
      for (const port of [ports.index, ports.casebook, ports.embedder]) {
        try {
          await port[Symbol.asyncDispose]();
        } catch (error) {
          observers.onBackgroundFailure?.('close', error);
        }
      }
    },
  };
}

function createPorts(
  config: Config,
  secrets: Secrets,
  overrides: Partial<Ports>,
  onDownload: ((progress: DownloadProgress) => void) | undefined,
): Ports {
  const { llm, chroma } = config;
  return {
    embedder:
      overrides.embedder ??
      createTransformersEmbedder({ ...embedderOptions(config), ...(onDownload ? { onDownload } : {}) }),
    index:
      overrides.index ??
      createChromaIndex({
        dataDir: config.dataDir,
        ...chroma,
        ...(secrets.chromaApiKey ? { apiKey: secrets.chromaApiKey } : {}),
      }),
    casebook:
      overrides.casebook ??
      createLibsqlCasebook({
        url: config.casebookUrl,
        ...(secrets.casebookToken ? { authToken: secrets.casebookToken } : {}),
      }),
    chatModel: overrides.chatModel ?? (llm && openChatModel({ ...llm, apiKey: secrets.llmApiKey })),
    now: overrides.now ?? (() => new Date()),
    newId: overrides.newId ?? randomUUID,
  };
}

/** LangChain's client takes half a second to load: whoever has no LLM never does, the others do at the first question. */
function openChatModel({
  baseUrl,
  model,
  timeoutMs,
  apiKey,
}: NonNullable<Config['llm']> & { apiKey: string | undefined }) {
  let opened: Promise<ChatModel> | undefined;
  const open = async () => {
    const { createOpenAiChatModel } = await import('./adapters/openai-chat-model.ts');
    return createOpenAiChatModel({ baseUrl, model, timeoutMs, apiKey });
  };
  const complete: ChatModel['complete'] = async (request, signal) => {
    opened ??= open();
    return (await opened).complete(request, signal);
  };
  return { name: model, complete };
}

function embedderOptions({ embedding, dataDir }: Config) {
  return {
    model: embedding.model ?? join(PROJECT_DIR, 'models', 'runbook-embed-small'),
    mustVerify: embedding.model === undefined,
    cacheDir: join(dataDir, 'models'),
    ...(embedding.threads === undefined ? {} : { threads: embedding.threads }),
  };
}

/** A digest is worth having without any knowledge; the topology only verifies its path. */
async function digestWith({ baseline, incident }: DigestRequest, reader: KnowledgeReader): Promise<TraceDigest> {
  const knowledge = await reader.current().catch(() => undefined);
  return digestTraces(
    baseline === undefined ? undefined : parseTraces(baseline),
    parseTraces(incident),
    knowledge ? { graph: knowledge.graph } : {},
  );
}

function findDocument(knowledge: Knowledge, kind: DocumentKind, id: string): KnowledgeDocument {
  const document = knowledge.documents.get(keyOf({ kind, id }));
  if (!document)
    throw new PrecedentError('not-found', `there is no ${kind} ${id} in generation ${knowledge.generation.key}`);
  return document;
}

async function checkAll(ports: Ports, reader: KnowledgeReader, limitMs: number): Promise<Check[]> {
  const { embedder, index, casebook, chatModel } = ports;
  return Promise.all([
    check('embedder', limitMs, async (signal) => (await embedder.describe(signal)).id),
    check('index', limitMs, async (signal) => index.ping(signal).then(() => 'answers')),
    check('casebook', limitMs, async (signal) => casebook.ping(signal).then(() => 'answers')),
    check('knowledge', limitMs, async (signal) => {
      const { generation } = await reader.current(signal);
      return `${generation.documents} documents, generation ${generation.key.slice(0, 12)}`;
    }),
    check('llm', limitMs, async () =>
      chatModel ? `${chatModel.name}, asked only when a diagnosis is` : 'none configured: the precedent engine answers',
    ),
  ]);
}

async function check(
  name: Check['name'],
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<string>,
): Promise<Check> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  // Raced as well as signalled: a dependency that hangs may not heed the signal either.
  const late = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
  });
  try {
    return { name, ok: true, detail: await Promise.race([late, ask(limit.signal)]) };
  } catch (error) {
    return { name, ok: false, detail: isPrecedentError(error) ? `${error.code}: ${error.message}` : messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
