import { z } from 'zod';
import type { ModelBudget } from '../domain/endpoint-state.ts';
import type { Problem } from '../domain/errors.ts';
import { hasCredentials, hasQuery, NO_QUERY, type Settings } from './settings.ts';

const price = z.number().min(0, 'must be 0 or more').max(1_000_000, 'must be at most 1000000').optional();
const inRange = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};

/** One OpenAI-compatible endpoint, as `precedent.yaml` lists it under `models`. */
const ListedModel = z.strictObject({
  /** What answers and states call it; the model's name otherwise. */
  name: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/, 'must be one word of letters, digits, `.`, `:`, `/`, `_` and `-`')
    .optional(),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .refine((url) => !hasCredentials(url), 'must hold no user or password: name the key by `apiKeyEnv`')
    .refine((url) => !hasQuery(url), NO_QUERY),
  model: z.string().min(1, 'must not be empty'),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as OPENAI_API_KEY')
    .optional(),
  /** Sent instead of whatever a question asks for: some models accept one value only. */
  temperature: z.number().min(0, 'must be from 0 to 2').max(2, 'must be from 0 to 2').optional(),
  timeoutMs: inRange(100, 600_000).optional(),
  weight: z.number().positive('must be more than 0').max(1_000, 'must be at most 1000').optional(),
  concurrency: inRange(1, 1_000).optional(),
  maxTokensPerDay: inRange(1, 1_000_000_000_000).optional(),
  maxCostPerDay: z.number().positive('must be more than 0').optional(),
  /** Of a million tokens, in any one currency. */
  inputPrice: price,
  outputPrice: price,
});
type ListedModel = z.infer<typeof ListedModel>;

export interface ModelEndpoint extends Omit<ListedModel, 'apiKeyEnv' | 'name' | 'timeoutMs'> {
  readonly name: string;
  readonly timeoutMs: number;
}

/** What is asked when a diagnosis is made by LLM. */
export interface LlmConfig {
  /** In the order in which they are listed; never empty. */
  readonly endpoints: readonly ModelEndpoint[];
  readonly order: Settings['LLM_ORDER'];
  /** After so long without an answer a second endpoint is asked as well; 0: never. */
  readonly hedgeMs: number;
  /** Of all endpoints together. */
  readonly budget: ModelBudget;
  readonly temperature: number;
  /** Precedents shown in a prompt at most, where the best of them stands, and how long the prompt may be. */
  readonly examples: number;
  readonly exampleOrder: Settings['LLM_EXAMPLE_ORDER'];
  readonly promptTokens: number;
  /** Answers to one question, and opinions of the one that counts. */
  readonly samples: number;
  readonly agreement: Settings['LLM_AGREEMENT'];
  readonly scoreSamples: number;
  /** For one diagnosis, whatever is asked for it. */
  readonly timeoutMs: number;
}

export interface ListedModels {
  readonly models: readonly ListedModel[];
  /** By the name of the endpoint. */
  readonly keys: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

type Report = (path: string, message: string) => void;

/** The `models` of precedent.yaml with the keys that they name in `env`; every mistake at once. */
export function readModels(listed: unknown, env: NodeJS.ProcessEnv): ListedModels {
  const items = z.array(z.record(z.string(), z.unknown())).safeParse(listed ?? []);
  if (!items.success) {
    const message = 'must be a list of mappings, each with `baseUrl` and `model`';
    return { models: [], keys: new Map(), problems: [{ path: 'models', message }] };
  }
  const problems: Problem[] = [];
  const wrong: Report = (path, message) => problems.push({ path, message });
  const models: ListedModel[] = [];
  const keys = new Map<string, string>();
  for (const [at, item] of items.data.entries()) {
    const path = `models.${at}`;
    const model = readModel(item, path, wrong);
    if (!model) continue;
    if (models.some((other) => nameOf(other) === nameOf(model)))
      wrong(path, `is called ${nameOf(model)} like another one: give it a \`name\` of its own`);
    const key = readKey(model, path, env, wrong);
    if (key) keys.set(nameOf(model), key);
    models.push(model);
  }
  return { models, keys, problems };
}

function readModel(item: unknown, path: string, wrong: Report): ListedModel | undefined {
  const parsed = ListedModel.safeParse(item);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) wrong([path, ...issue.path].join('.'), issue.message);
    return undefined;
  }
  if (parsed.data.maxCostPerDay !== undefined && !hasPrice(parsed.data))
    wrong(`${path}.maxCostPerDay`, 'counts nothing without a price: set `inputPrice` and `outputPrice`');
  return parsed.data;
}

function readKey({ apiKeyEnv }: ListedModel, path: string, env: NodeJS.ProcessEnv, wrong: Report): string | undefined {
  if (apiKeyEnv === undefined) return undefined;
  const key = env[apiKeyEnv]?.trim();
  if (!key) wrong(`${path}.apiKeyEnv`, `the environment variable ${apiKeyEnv} is not set`);
  return key;
}

function nameOf({ name, model }: ListedModel): string {
  return name ?? model;
}

function hasPrice({ inputPrice = 0, outputPrice = 0 }: Partial<ListedModel>): boolean {
  return inputPrice > 0 || outputPrice > 0;
}

/** What is wrong between the settings of the LLM, and between them and `models`; as given, so that all is told at once. */
export function findLlmContradictions(given: Readonly<Record<string, unknown>>, listed: ListedModels): Problem[] {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model } = given;
  const problems: Problem[] = [];
  const wrong: Report = (path, message) => problems.push({ path, message });
  if (listed.models.length === 0) {
    if (baseUrl && !model) wrong('LLM_MODEL', 'is needed when LLM_BASE_URL is set');
    if (model && !baseUrl) wrong('LLM_BASE_URL', 'is needed when LLM_MODEL is set');
  } else {
    const twice = ['LLM_BASE_URL', 'LLM_MODEL'].filter((name) => given[name]);
    for (const name of twice) wrong(name, 'and `models` both say which LLM is asked: list it there, or unset it');
    const isNamed = listed.models.some(({ apiKeyEnv }) => apiKeyEnv === 'LLM_API_KEY');
    if (given['LLM_API_KEY'] && !isNamed)
      wrong('LLM_API_KEY', 'is sent to none of `models`: name it there by `apiKeyEnv`, or unset it');
  }
  if (given['LLM_MAX_COST_PER_DAY'] && listed.problems.length === 0 && !listed.models.some(hasPrice))
    wrong('LLM_MAX_COST_PER_DAY', 'counts nothing without a price: list `models` with `inputPrice` and `outputPrice`');
  return problems;
}

/** Undefined when no LLM is configured. */
export function toLlmConfig(settings: Settings, { models }: ListedModels): LlmConfig | undefined {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model, LLM_TIMEOUT_MS: timeoutMs } = settings;
  const single = baseUrl && model ? [{ baseUrl, model }] : [];
  const endpoints = (models.length > 0 ? models : single).map((listed) => toEndpoint(listed, timeoutMs, models.length));
  if (endpoints.length === 0) return undefined;
  const { LLM_MAX_TOKENS_PER_DAY: maxTokens, LLM_MAX_COST_PER_DAY: maxCost } = settings;
  return {
    endpoints,
    order: settings.LLM_ORDER,
    hedgeMs: settings.LLM_HEDGE_MS,
    budget: {
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(maxCost === undefined ? {} : { maxCost }),
    },
    temperature: settings.LLM_TEMPERATURE,
    examples: settings.LLM_EXAMPLES,
    exampleOrder: settings.LLM_EXAMPLE_ORDER,
    promptTokens: settings.LLM_PROMPT_TOKENS,
    samples: settings.LLM_SAMPLES,
    agreement: settings.LLM_AGREEMENT,
    scoreSamples: settings.LLM_SCORE_SAMPLES,
    timeoutMs,
  };
}

/** One that hangs must leave time for another, where there is another. */
function toEndpoint({ apiKeyEnv: _, ...listed }: ListedModel, totalMs: number, count: number): ModelEndpoint {
  const shareMs = count > 1 ? Math.floor(totalMs / 2) : totalMs;
  return { ...listed, name: nameOf(listed), timeoutMs: listed.timeoutMs ?? shareMs };
}

/** The keys of the endpoints, by their names. */
export function readLlmKeys(settings: Settings, { models, keys }: ListedModels): ReadonlyMap<string, string> {
  const { LLM_MODEL: model, LLM_API_KEY: key } = settings;
  return models.length === 0 && model && key ? new Map([[model, key]]) : keys;
}
