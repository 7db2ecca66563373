import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { messageOf, PrecedentError, type Problem } from './domain/errors.ts';

/** The checkout or the installed package: where the bundled model lies, and the sample knowledge. */
export const PROJECT_DIR = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** The package's, and so the API's. JSON.parse gives no type; the package has the field. */
export const { version: VERSION } = JSON.parse(readFileSync(`${PROJECT_DIR}/package.json`, 'utf8')) as {
  version: string;
};

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.toLowerCase());
}

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: ({ code }) => (code === 'invalid_type' ? 'must be a number' : undefined) })
    .int('must be a whole number')
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`);

/** Every setting: its name, its range and its default. `.env.example` and docs/api.md are checked against this. */
export const Settings = z.object({
  KNOWLEDGE_DIR: z.string().default(PROJECT_DIR),
  DATA_DIR: z.string().default('.precedent'),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8787),
  CHROMA_URL: httpUrl.optional(),
  CHROMA_TENANT: z.string().optional(),
  CHROMA_DATABASE: z.string().optional(),
  CHROMA_API_KEY: z.string().optional(),
  CASEBOOK_URL: z
    .string()
    .regex(/^(?:file:|libsql:\/\/|https?:\/\/|wss?:\/\/)/, 'must start with file:, libsql://, http(s):// or ws(s)://')
    .optional(),
  CASEBOOK_TOKEN: z.string().optional(),
  EMBEDDING_MODEL: z.string().optional(),
  EMBEDDING_THREADS: wholeNumber(1, 64).optional(),
  LLM_BASE_URL: httpUrl.optional(),
  LLM_MODEL: z.string().optional(),
  LLM_API_KEY: z.string().optional(),
  LLM_TEMPERATURE: z.coerce.number().min(0).max(2).default(0.2),
  LLM_TIMEOUT_MS: wholeNumber(100, 600_000).default(30_000),
  /** After this a diagnosis is answered 202 and finished in the background. */
  TIME_BUDGET_MS: wholeNumber(1, 600_000).default(10_000),
  MAX_BODY_BYTES: wholeNumber(1_024, 1_073_741_824).default(16_777_216),
  API_TOKENS: z.string().optional(),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});
type Settings = z.infer<typeof Settings>;

export interface Config {
  readonly knowledgeDir: string;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly chroma: { readonly url?: string; readonly tenant?: string; readonly database?: string };
  readonly casebookUrl: string;
  readonly embedding: { readonly model?: string; readonly threads?: number };
  readonly llm?: {
    readonly baseUrl: string;
    readonly model: string;
    readonly temperature: number;
    readonly timeoutMs: number;
  };
  readonly timeBudgetMs: number;
  readonly maxBodyBytes: number;
  readonly logLevel: Settings['LOG_LEVEL'];
}

/** Apart from the configuration, so that the one can be shown and the other cannot slip into it. */
export interface Secrets {
  readonly apiTokens: readonly string[];
  readonly llmApiKey?: string;
  readonly chromaApiKey?: string;
  readonly casebookToken?: string;
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
  const problems = [...fromFile.problems, ...mistakes, ...findContradictions(given)];
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    throw new PrecedentError('config-invalid', `the configuration has ${problems.length} mistake(s):\n${lines}`, {
      problems,
    });
  }
  return { config: toConfig(parsed.data), secrets: toSecrets(parsed.data) };
}

/** Settings that are well by themselves and wrong together; looked for whatever else is wrong, to tell it all at once. */
function findContradictions(given: Readonly<Record<string, unknown>>): Problem[] {
  const { HOST: host, LLM_BASE_URL: baseUrl, LLM_MODEL: model } = given;
  const problems: Problem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, message });
  if (typeof host === 'string' && !isLoopback(host) && tokensOf(String(given['API_TOKENS'] ?? '')).length === 0) {
    wrong('HOST', `${host} can be reached from other machines: set API_TOKENS, or bind to 127.0.0.1`);
  }
  if (baseUrl && !model) wrong('LLM_MODEL', 'is needed when LLM_BASE_URL is set');
  if (model && !baseUrl) wrong('LLM_BASE_URL', 'is needed when LLM_MODEL is set');
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

function readSettingsFile(file: string): { settings: Record<string, unknown>; problems: Problem[] } {
  if (!existsSync(file)) return { settings: {}, problems: [] };
  try {
    const content =
      z
        .record(z.string(), z.unknown())
        .nullable()
        .parse(parseYaml(readFileSync(file, 'utf8'))) ?? {};
    const unknown = Object.keys(content).filter((name) => !(name in Settings.shape));
    return {
      settings: pickSettings(content),
      problems: unknown.map((name) => ({ path: `${file}: ${name}`, message: 'is not a setting' })),
    };
  } catch (error) {
    return { settings: {}, problems: [{ path: file, message: `cannot be read: ${messageOf(error)}` }] };
  }
}

function toProblem(issue: z.core.$ZodIssue): Problem {
  return { path: issue.path.join('.') || 'settings', message: issue.message };
}

function tokensOf(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((token) => token.trim() || []);
}

function toConfig(settings: Settings): Config {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model } = settings;
  return {
    knowledgeDir: settings.KNOWLEDGE_DIR,
    dataDir: settings.DATA_DIR,
    host: settings.HOST,
    port: settings.PORT,
    chroma: defined({ url: settings.CHROMA_URL, tenant: settings.CHROMA_TENANT, database: settings.CHROMA_DATABASE }),
    casebookUrl: settings.CASEBOOK_URL ?? `file:${settings.DATA_DIR}/casebook.db`,
    embedding: defined({ model: settings.EMBEDDING_MODEL, threads: settings.EMBEDDING_THREADS }),
    ...(baseUrl && model
      ? { llm: { baseUrl, model, temperature: settings.LLM_TEMPERATURE, timeoutMs: settings.LLM_TIMEOUT_MS } }
      : {}),
    timeBudgetMs: settings.TIME_BUDGET_MS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    logLevel: settings.LOG_LEVEL,
  };
}

function toSecrets(settings: Settings): Secrets {
  return {
    apiTokens: tokensOf(settings.API_TOKENS),
    ...defined({
      llmApiKey: settings.LLM_API_KEY,
      chromaApiKey: settings.CHROMA_API_KEY,
      casebookToken: settings.CASEBOOK_TOKEN,
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
