import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RedactionKind } from '../domain/redaction.ts';
import { AccessSettings } from './access.ts';
import { MIN_SECRET, TOO_SHORT } from './secrets.ts';

/** The checkout or the installed package: where the bundled model lies, and the sample knowledge. */
export const PROJECT_DIR = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: ({ code }) => (code === 'invalid_type' ? 'must be a number' : undefined) })
    .int('must be a whole number')
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`);

const risk = z.coerce
  .number('must be a number')
  .min(0.01, 'must be from 0.01 to 0.99')
  .max(0.99, 'must be from 0.01 to 0.99');

/** A key in place of the user, too: no request could be sent to such a URL. */
export function hasCredentials(url: string): boolean {
  return URL.canParse(url) && /^[^/]*\/\/[^/?#]*@/.test(url);
}

/** Whoever asks puts a path at the end. */
export function hasQuery(url: string): boolean {
  return /[?#]/.test(url);
}
export const NO_QUERY = 'must end in its path, such as /v1: no query, no fragment';

/** Every setting: its name, its range and its default. `.env.example` and docs/api.md are checked against this. */
export const Settings = z.object({
  KNOWLEDGE_DIR: z.string().default(PROJECT_DIR),
  DATA_DIR: z.string().default('.precedent'),
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8787),
  /** Where people and other services reach it: for links in what it sends. */
  PUBLIC_URL: httpUrl.refine((url) => !hasCredentials(url), 'must not hold a user or a password').optional(),
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
  /** What the dense leg has of the words' say when both speak. */
  DENSE_SHARE: z.coerce.number().min(0).max(1).optional(),
  /** In so many days an incident comes to count half of the little that age counts; a runbook in twice as many. */
  HALF_LIFE_DAYS: wholeNumber(1, 36_500).default(365),
  RERANKER_MODEL: z.string().optional(),
  /** How many of the first documents found are read again by the reranker. */
  RERANKER_DEPTH: wholeNumber(2, 50).default(20),
  LLM_BASE_URL: httpUrl
    .refine((url) => !hasCredentials(url), 'must not hold a user or a password: set LLM_API_KEY')
    .refine((url) => !hasQuery(url), NO_QUERY)
    .optional(),
  LLM_MODEL: z.string().optional(),
  LLM_API_KEY: z.string().optional(),
  LLM_TEMPERATURE: z.coerce.number().min(0).max(2).default(0.2),
  /** For all that is asked for one diagnosis. */
  LLM_TIMEOUT_MS: wholeNumber(100, 600_000).default(30_000),
  /** Precedents that a prompt shows as examples, and where the best of them stands. */
  LLM_EXAMPLES: wholeNumber(0, 50).default(5),
  LLM_EXAMPLE_ORDER: z.enum(['best-first', 'best-last'], 'must be best-first or best-last').default('best-last'),
  /** Of a prompt; the lowest ranked evidence is left out first. */
  LLM_PROMPT_TOKENS: wholeNumber(2_000, 1_000_000).default(7_000),
  /** Answers to one question, of which the one that most agree on counts. */
  LLM_SAMPLES: wholeNumber(1, 20).default(1),
  /** Whether all of them choose and count, or from four on every other one chooses and the rest count. */
  LLM_AGREEMENT: z.enum(['plain', 'held-out'], 'must be plain or held-out').default('plain'),
  /** Opinions of the evidence and of the cause, three calls each; 0 asks for none. */
  LLM_SCORE_SAMPLES: wholeNumber(0, 20).default(1),
  /** Of several endpoints: the first that can be asked, or one drawn by weight. */
  LLM_ORDER: z.enum(['in-order', 'weighted'], 'must be in-order or weighted').default('in-order'),
  /** After so long without an answer a second endpoint is asked as well; 0: never. */
  LLM_HEDGE_MS: wholeNumber(0, 600_000).default(0),
  /** Of all endpoints together, in a day (UTC). */
  LLM_MAX_TOKENS_PER_DAY: wholeNumber(1, 1_000_000_000_000).optional(),
  /** In the currency of the prices. */
  LLM_MAX_COST_PER_DAY: z.coerce.number('must be a number').positive('must be more than 0').optional(),
  TRACES_URL: httpUrl
    .refine((url) => !hasCredentials(url), 'must not hold a user or a password: set TRACES_TOKEN')
    .optional(),
  TRACES_API: z.enum(['jaeger', 'tempo'], 'must be jaeger or tempo').default('jaeger'),
  TRACES_TENANT: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word of ASCII')
    .optional(),
  /** A bearer token is one word without a colon. */
  TRACES_TOKEN: z
    .string()
    .regex(/^(?:[\x21-\x39\x3b-\x7e]+|[^:]*:.*)$/, 'must be a bearer token or user:password')
    .optional(),
  /** How long the two windows are at most: half before the start of the alert, and half after it. */
  TRACES_WINDOW_SECONDS: wholeNumber(10, 86_400).default(300),
  /** Between the two windows: a fault may begin long before anything alerts. */
  TRACES_BASELINE_GAP_SECONDS: wholeNumber(0, 2_592_000).default(600),
  /** Traces of one service in one window. */
  TRACES_LIMIT: wholeNumber(1, 10_000).default(200),
  /** For both windows together. */
  TRACES_TIMEOUT_MS: wholeNumber(100, 600_000).default(4_000),
  /** How long telemetry stays after a digest last came from it; 0: none is kept. */
  SNAPSHOT_DAYS: wholeNumber(0, 3_650).default(30),
  /** Of all snapshots, compressed. */
  SNAPSHOT_MAX_MB: wholeNumber(1, 1_048_576).default(1_024),
  /** How often an answer that may be acted on may be wrong. */
  ACT_RISK: risk.default(0.1),
  /** How often a cause that is suggested at all may be wrong. */
  SUGGEST_RISK: risk.default(0.5),
  /** After this a diagnosis is answered 202 and finished in the background. */
  TIME_BUDGET_MS: wholeNumber(1, 600_000).default(10_000),
  MAX_BODY_BYTES: wholeNumber(1_024, 1_073_741_824).default(16_777_216),
  API_TOKENS: z.string().optional(),
  ...AccessSettings.shape,
  /** What is blacked out before anything is stored or sent to an LLM. */
  REDACT: z
    .string()
    .default('secrets,emails')
    .transform(listOf)
    .pipe(z.array(z.enum(RedactionKind.options, 'must be a list of secrets, emails and ips, or none'))),
  /** How often a server looks whether its sources have moved on; 0 is never. */
  POLL_SECONDS: wholeNumber(0, 86_400).default(60),
  /** Secrets of git webhooks, comma-separated, all of them valid; without any the hook refuses every caller. */
  GIT_HOOK_SECRETS: z.string().optional(),
  /** Secrets by which senders of alerts sign or prove themselves, comma-separated, all of them valid. */
  INTAKE_SECRETS: z
    .string()
    .refine((text) => listOf(text).every((secret) => secret.length >= MIN_SECRET), `each ${TOO_SHORT}`)
    .optional(),
  /** Of one sender, before it is told to come back later. */
  INTAKE_REQUESTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(6_000),
  /** Diagnoses of alerts at work at once. */
  INTAKE_WORKERS: wholeNumber(1, 64).default(2),
  /** Diagnoses of alerts in an hour for which an LLM is asked; those beyond go by precedent alone. */
  INTAKE_LLM_PER_HOUR: wholeNumber(0, 1_000_000).default(60),
  /** Alerts that follow each other within so many seconds may belong to one outage. */
  OUTAGE_WINDOW_SECONDS: wholeNumber(1, 86_400).default(300),
  /** For so long a diagnosis answers the same situation again; 0 is never. */
  REUSE_MINUTES: wholeNumber(0, 43_200).default(60),
  /** Signing secrets of the Slack app, comma-separated, all of them valid; without any Slack is refused. */
  SLACK_SIGNING_SECRETS: z.string().optional(),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});
export type Settings = z.infer<typeof Settings>;

/** `a, b` → a, b; `none` is the empty list. */
export function listOf(text = ''): string[] {
  return text.split(',').flatMap((word) => (word.trim() === 'none' ? [] : word.trim() || []));
}
