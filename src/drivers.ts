import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createChromaIndex } from './adapters/chroma-index.ts';
import { createFetchPost } from './adapters/fetch-post.ts';
import { createJaegerTraceSource } from './adapters/jaeger-trace-source.ts';
import { createJoseTokenVerifier } from './adapters/jose-token-verifier.ts';
import { createLibsqlAccess } from './adapters/libsql-access.ts';
import { createLibsqlBacktests } from './adapters/libsql-backtests.ts';
import { createLibsqlCasebook } from './adapters/libsql-casebook.ts';
import { LibsqlConnection } from './adapters/libsql-connection.ts';
import { createLibsqlConversations } from './adapters/libsql-conversations.ts';
import { createLibsqlIntake } from './adapters/libsql-intake.ts';
import { createLibsqlOutbox } from './adapters/libsql-outbox.ts';
import { createLibsqlSnapshots } from './adapters/libsql-snapshots.ts';
import { createTempoTraceSource } from './adapters/tempo-trace-source.ts';
import { createTransformersEmbedder } from './adapters/transformers-embedder.ts';
import type { DownloadProgress } from './adapters/transformers-hub.ts';
import { createTransformersReranker } from './adapters/transformers-reranker.ts';
import type { ModelEndpoint } from './config/models.ts';
import { type Config, PROJECT_DIR, type Secrets } from './config.ts';
import type { Redactor } from './domain/redaction.ts';
import { createModelPool, type PoolEndpoint } from './llm/pool/pool.ts';
import { redactedChatModel } from './llm/redacted-chat-model.ts';
import type { ChatModel, KnowledgeIndex, Ports, Reranker, TraceSource, VerifyToken } from './ports.ts';

export type { DownloadProgress };

export interface Settled {
  readonly config: Config;
  readonly secrets: Secrets;
}

/** The drivers that the settings ask for, but for those that are handed in. Making them does no I/O. */
export function createPorts(
  { config, secrets }: Settled,
  overrides: Partial<Ports>,
  redact: Redactor,
  onDownload: ((progress: DownloadProgress) => void) | undefined,
): Ports {
  const now = overrides.now ?? (() => new Date());
  const chatModel = overrides.chatModel ?? createConfiguredChatModel(config, secrets, now);
  const database = new LibsqlConnection({
    url: config.casebookUrl,
    ...(secrets.casebookToken ? { authToken: secrets.casebookToken } : {}),
  });
  return {
    post: createFetchPost({ now }),
    verifyToken: createConfiguredVerifier(config, now),
    traceSource: createConfiguredTraceSource(config, secrets),
    newId: randomUUID,
    ...createStores(database),
    ...overrides,
    now,
    embedder:
      overrides.embedder ??
      createTransformersEmbedder({ ...embedderOptions(config), ...(onDownload ? { onDownload } : {}) }),
    reranker: overrides.reranker ?? createConfiguredReranker(config, onDownload),
    index:
      overrides.index ??
      createChromaIndex({
        dataDir: config.dataDir,
        ...config.chroma,
        ...(secrets.chromaApiKey ? { apiKey: secrets.chromaApiKey } : {}),
      }),
    // Whoever the model is, what leaves for it has been through the redactor.
    chatModel: chatModel && redactedChatModel(chatModel, redact),
  };
}

/** All of it in one database, over one connection. */
function createStores(database: LibsqlConnection) {
  return {
    casebook: createLibsqlCasebook(database),
    snapshots: createLibsqlSnapshots(database),
    backtests: createLibsqlBacktests(database),
    intake: createLibsqlIntake(database),
    outbox: createLibsqlOutbox(database),
    conversations: createLibsqlConversations(database),
    access: createLibsqlAccess(database),
  };
}

/** An index of its own for trying out what is not to be served; always embedded, so that no other machine sees it. */
export function createScratchIndex({ dataDir }: Config, name: string): KnowledgeIndex {
  return createChromaIndex({ dataDir: join(dataDir, name) });
}

function createConfiguredChatModel({ llm }: Config, { llmApiKeys }: Secrets, now: Ports['now']): ChatModel | undefined {
  if (!llm) return undefined;
  const endpoints = llm.endpoints.map((endpoint) => toPoolEndpoint(endpoint, llmApiKeys.get(endpoint.name)));
  const elapsed = () => performance.now();
  const pause = async (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal, ref: false });
  return createModelPool(endpoints, { now, elapsed, random: Math.random, sleep: pause }, llm);
}

function toPoolEndpoint(endpoint: ModelEndpoint, apiKey: string | undefined): PoolEndpoint {
  const { model, timeoutMs, weight, concurrency, maxTokensPerDay, maxCostPerDay, inputPrice, outputPrice } = endpoint;
  // At a price of nothing it is free, like one without: money that others spent does not stop it.
  const isPriced = (inputPrice ?? 0) > 0 || (outputPrice ?? 0) > 0;
  return {
    chatModel: openChatModel({ ...endpoint, apiKey }),
    model,
    timeoutMs,
    weight,
    concurrency,
    budget: {
      ...(maxTokensPerDay === undefined ? {} : { maxTokens: maxTokensPerDay }),
      ...(maxCostPerDay === undefined ? {} : { maxCost: maxCostPerDay }),
    },
    prices: isPriced ? { input: inputPrice, output: outputPrice } : undefined,
  };
}

/** LangChain's client takes half a second to load: whoever has no LLM never does, the others do at the first question. */
function openChatModel(options: ModelEndpoint & { readonly apiKey: string | undefined }): ChatModel {
  const { name, baseUrl, model, timeoutMs, temperature, apiKey } = options;
  let opened: Promise<ChatModel> | undefined;
  const open = async () => {
    const { createOpenAiChatModel } = await import('./adapters/openai-chat-model.ts');
    return createOpenAiChatModel({ name, baseUrl, model, timeoutMs, temperature, apiKey });
  };
  const complete: ChatModel['complete'] = async (request, signal) => {
    opened ??= open();
    return (await opened).complete(request, signal);
  };
  return { name, complete };
}

function createConfiguredReranker(
  { reranker, dataDir }: Config,
  onDownload: ((progress: DownloadProgress) => void) | undefined,
): Reranker | undefined {
  const place = { cacheDir: modelsFolder(dataDir), ...(onDownload ? { onDownload } : {}) };
  return reranker && createTransformersReranker({ model: reranker.model, ...place });
}

function createConfiguredVerifier({ access: { oidc } }: Config, now: Ports['now']): VerifyToken | undefined {
  return oidc && createJoseTokenVerifier({ ...oidc, now });
}

function createConfiguredTraceSource({ traces }: Config, { tracesToken: token }: Secrets): TraceSource | undefined {
  if (!traces) return undefined;
  const create = { jaeger: createJaegerTraceSource, tempo: createTempoTraceSource }[traces.api];
  return create({ ...traces, token });
}

/** Where models of the hub are kept, whatever they are for. */
function modelsFolder(dataDir: string): string {
  return join(dataDir, 'models');
}

function embedderOptions({ embedding, dataDir }: Config) {
  return {
    model: embedding.model ?? join(PROJECT_DIR, 'models', 'runbook-embed-small'),
    mustVerify: embedding.model === undefined,
    cacheDir: modelsFolder(dataDir),
    ...(embedding.threads === undefined ? {} : { threads: embedding.threads }),
  };
}
