import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { findAccessContradictions, toAccessConfig } from './config/access.ts';
import { type ListedCallbacks, readCallbacks } from './config/callbacks.ts';
import { type ListedIntake, readIntake } from './config/intake.ts';
import { findLlmContradictions, type ListedModels, readLlmKeys, readModels, toLlmConfig } from './config/models.ts';
import { listOf, PROJECT_DIR, Settings } from './config/settings.ts';
import type { Config, Secrets } from './config/shape.ts';
import { readSources } from './config/sources.ts';
import { messageOf, PrecedentError, type Problem } from './domain/errors.ts';
import type { KnowledgeSource } from './domain/knowledge-source.ts';

export type { Config, Secrets };
export { PROJECT_DIR, Settings };

/** The package's, and so the API's. JSON.parse gives no type; the package has the field. */
export const { version: VERSION } = JSON.parse(readFileSync(`${PROJECT_DIR}/package.json`, 'utf8')) as {
  version: string;
};

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.toLowerCase());
}

/**
 * Settings from the environment over `precedent.yaml` (same names) over defaults. Throws `config-invalid` with every
 * mistake at once. An empty value, blank or null counts as not set.
 */
export function readConfig(env: NodeJS.ProcessEnv, file = 'precedent.yaml'): { config: Config; secrets: Secrets } {
  const fromFile = readSettingsFile(file);
  const given = { ...fromFile.settings, ...pickSettings(env) };
  const parsed = Settings.safeParse(given);
  const mistakes = (parsed.error?.issues ?? []).map(toProblem);
  const listed = readSources(fromFile.sources, env);
  const models = readModels(fromFile.models, env);
  const intake = readIntake(fromFile.intake, env);
  const callbacks = readCallbacks(fromFile.callbacks, env);
  const problems = [
    ...fromFile.problems,
    ...mistakes,
    ...listed.problems,
    ...models.problems,
    ...intake.problems,
    ...callbacks.problems,
    ...findContradictions(given, listed.sources.length > 0),
    ...findLlmContradictions(given, models),
    ...findAccessContradictions(given),
  ];
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    throw new PrecedentError('config-invalid', `the configuration has ${problems.length} mistake(s):\n${lines}`, {
      problems,
    });
  }
  return {
    config: toConfig(parsed.data, { sources: listed.sources, models, intake, callbacks }),
    secrets: {
      ...toSecrets(parsed.data, listed.credentials, env),
      llmApiKeys: readLlmKeys(parsed.data, models),
      intake: { anySender: listOf(parsed.data.INTAKE_SECRETS), bySender: intake.secrets },
      callbacks: callbacks.access,
    },
  };
}

/** Settings that are well by themselves and wrong together; looked for whatever else is wrong, to tell it all at once. */
function findContradictions(given: Readonly<Record<string, unknown>>, hasSources: boolean): Problem[] {
  const { KNOWLEDGE_DIR: folder } = given;
  const problems: Problem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, message });
  if (folder && hasSources)
    wrong(
      'KNOWLEDGE_DIR',
      'and `sources` both say where the knowledge is: list the folder there as `directory`, or unset it',
    );
  const [act, suggest] = [Number(given['ACT_RISK'] ?? 0.1), Number(given['SUGGEST_RISK'] ?? 0.5)];
  if (act > suggest) wrong('ACT_RISK', 'must not be above SUGGEST_RISK: what may be acted on is suggested, too');
  return problems;
}

function pickSettings(source: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(Settings.shape);
  return Object.fromEntries(names.flatMap((name) => (isSet(source[name]) ? [[name, source[name]]] : [])));
}

/** `PORT=' '` would otherwise become port 0, and YAML reads `PORT:` as null. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');
}

interface SettingsFile {
  readonly settings: Record<string, unknown>;
  /** As written: checked by themselves. */
  readonly sources?: unknown;
  readonly models?: unknown;
  readonly intake?: unknown;
  readonly callbacks?: unknown;
  readonly problems: Problem[];
}

function readSettingsFile(file: string): SettingsFile {
  if (!existsSync(file)) return { settings: {}, problems: [] };
  try {
    const content =
      z
        .record(z.string(), z.unknown())
        .nullable()
        .parse(parseYaml(readFileSync(file, 'utf8'))) ?? {};
    const { sources, models, intake, callbacks, ...rest } = content;
    const unknown = Object.keys(rest).filter((name) => !(name in Settings.shape));
    return {
      settings: pickSettings(rest),
      sources,
      models,
      intake,
      callbacks,
      problems: unknown.map((name) => ({ path: `${file}: ${name}`, message: 'is not a setting' })),
    };
  } catch (error) {
    return { settings: {}, problems: [{ path: file, message: `cannot be read: ${messageOf(error)}` }] };
  }
}

function toProblem(issue: z.core.$ZodIssue): Problem {
  // A list's item has no name of its own.
  return { path: String(issue.path[0] ?? 'settings'), message: issue.message };
}

/** What precedent.yaml lists beside the settings. */
interface Listed {
  readonly sources: readonly KnowledgeSource[];
  readonly models: ListedModels;
  readonly intake: ListedIntake;
  readonly callbacks: ListedCallbacks;
}

function toConfig(settings: Settings, { sources, models, intake, callbacks }: Listed): Config {
  return {
    knowledgeDir: settings.KNOWLEDGE_DIR,
    sources,
    redact: settings.REDACT,
    pollSeconds: settings.POLL_SECONDS,
    dataDir: settings.DATA_DIR,
    host: settings.HOST,
    port: settings.PORT,
    ...defined({ publicUrl: settings.PUBLIC_URL }),
    chroma: defined({ url: settings.CHROMA_URL, tenant: settings.CHROMA_TENANT, database: settings.CHROMA_DATABASE }),
    casebookUrl: settings.CASEBOOK_URL ?? `file:${settings.DATA_DIR}/casebook.db`,
    embedding: defined({ model: settings.EMBEDDING_MODEL, threads: settings.EMBEDDING_THREADS }),
    ...defined({ denseShare: settings.DENSE_SHARE }),
    halfLifeDays: settings.HALF_LIFE_DAYS,
    ...(settings.RERANKER_MODEL
      ? { reranker: { model: settings.RERANKER_MODEL, depth: settings.RERANKER_DEPTH } }
      : {}),
    ...defined({ llm: toLlmConfig(settings, models), traces: toTraces(settings) }),
    snapshots: { days: settings.SNAPSHOT_DAYS, maxBytes: settings.SNAPSHOT_MAX_MB * 1_048_576 },
    risks: { act: settings.ACT_RISK, suggest: settings.SUGGEST_RISK },
    callbacks: callbacks.callbacks,
    intake: {
      requestsPerMinute: settings.INTAKE_REQUESTS_PER_MINUTE,
      senders: intake.senders,
      workers: settings.INTAKE_WORKERS,
      llmPerHour: settings.INTAKE_LLM_PER_HOUR,
      outageWindowSeconds: settings.OUTAGE_WINDOW_SECONDS,
      reuseMinutes: settings.REUSE_MINUTES,
    },
    access: toAccessConfig(settings),
    timeBudgetMs: settings.TIME_BUDGET_MS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    logLevel: settings.LOG_LEVEL,
  };
}

function toTraces(settings: Settings): Config['traces'] {
  if (settings.TRACES_URL === undefined) return undefined;
  return {
    api: settings.TRACES_API,
    url: settings.TRACES_URL,
    windowSeconds: settings.TRACES_WINDOW_SECONDS,
    baselineGapSeconds: settings.TRACES_BASELINE_GAP_SECONDS,
    limit: settings.TRACES_LIMIT,
    timeoutMs: settings.TRACES_TIMEOUT_MS,
    ...defined({ tenant: settings.TRACES_TENANT }),
  };
}

function toSecrets(
  settings: Settings,
  sources: Secrets['sources'],
  environment: NodeJS.ProcessEnv,
): Omit<Secrets, 'llmApiKeys' | 'intake' | 'callbacks'> {
  return {
    sources,
    environment,
    gitHookSecrets: listOf(settings.GIT_HOOK_SECRETS),
    slackSigningSecrets: listOf(settings.SLACK_SIGNING_SECRETS),
    apiTokens: listOf(settings.API_TOKENS),
    ...defined({
      chromaApiKey: settings.CHROMA_API_KEY,
      casebookToken: settings.CASEBOOK_TOKEN,
      tracesToken: settings.TRACES_TOKEN,
    }),
  };
}

/** The fields that have a value; with `exactOptionalPropertyTypes` an absent field and `undefined` differ. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Object.fromEntries forgets the keys' types; the filter above removes just what the return type leaves out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
