import type { CallbackAccess, CallbackDestination } from '../domain/callback.ts';
import type { KnowledgeSource } from '../domain/knowledge-source.ts';
import type { RedactionKind } from '../domain/redaction.ts';
import type { AccessConfig } from './access.ts';
import type { IntakeConfig, IntakeSecrets } from './intake.ts';
import type { LlmConfig } from './models.ts';
import type { Settings } from './settings.ts';
import type { Credentials } from './sources.ts';

/** What a process goes by; may be shown to anybody. */
export interface Config {
  /** Where the knowledge is when `sources` is empty. */
  readonly knowledgeDir: string;
  readonly sources: readonly KnowledgeSource[];
  readonly redact: readonly RedactionKind[];
  readonly pollSeconds: number;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Absent: what it sends holds no links to itself. */
  readonly publicUrl?: string;
  readonly chroma: { readonly url?: string; readonly tenant?: string; readonly database?: string };
  readonly casebookUrl: string;
  readonly embedding: { readonly model?: string; readonly threads?: number };
  /** What the dense leg has of the words' say, 0..1; absent: as measured for the model. */
  readonly denseShare?: number;
  /** Days in which an incident comes to count half. */
  readonly halfLifeDays: number;
  /** Absent: what was found is not read again. */
  readonly reranker?: { readonly model: string; readonly depth: number };
  /** Absent: answers come by precedent alone. */
  readonly llm?: LlmConfig;
  /** Absent: only callers bring traces. */
  readonly traces?: {
    readonly api: Settings['TRACES_API'];
    readonly url: string;
    readonly tenant?: string;
    readonly windowSeconds: number;
    readonly baselineGapSeconds: number;
    readonly limit: number;
    readonly timeoutMs: number;
  };
  /** What is kept of telemetry; with 0 days nothing. */
  readonly snapshots: { readonly days: number; readonly maxBytes: number };
  /** How often what is acted on, and what is suggested, may be wrong, 0..1. */
  readonly risks: { readonly act: number; readonly suggest: number };
  /** Who is told what happened. */
  readonly callbacks: readonly CallbackDestination[];
  readonly intake: IntakeConfig & {
    readonly workers: number;
    readonly llmPerHour: number;
    readonly outageWindowSeconds: number;
    readonly reuseMinutes: number;
  };
  readonly access: AccessConfig;
  readonly timeBudgetMs: number;
  readonly maxBodyBytes: number;
  readonly logLevel: Settings['LOG_LEVEL'];
}

/** Apart from the configuration, so that the one can be shown and the other cannot slip into it. */
export interface Secrets {
  readonly apiTokens: readonly string[];
  /** By the name of the endpoint. */
  readonly llmApiKeys: ReadonlyMap<string, string>;
  readonly chromaApiKey?: string;
  readonly casebookToken?: string;
  readonly tracesToken?: string;
  readonly gitHookSecrets: readonly string[];
  readonly intake: IntakeSecrets;
  /** By the name of the destination. */
  readonly callbacks: ReadonlyMap<string, CallbackAccess>;
  readonly slackSigningSecrets: readonly string[];
  /** By the name of the source. */
  readonly sources: ReadonlyMap<string, Credentials>;
  /** All of it: git finds its proxies, its SSH agent and its home there. */
  readonly environment: NodeJS.ProcessEnv;
}
