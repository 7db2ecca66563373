import { z } from 'zod';
import { type CallbackAccess, CallbackDestination, CallbackFormat } from '../domain/callback.ts';
import { DeliveryEvent } from '../domain/delivery.ts';
import type { Problem } from '../domain/errors.ts';
import { hasCredentials } from './settings.ts';

/** Standard Webhooks asks for 24 bytes at least; what is shorter can be guessed. */
const MIN_SECRET_BYTES = 24;

const variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as CALLBACK_SECRET');
const oneOf = (values: readonly string[]) => `must be a list of ${values.join(', ')}`;

/** A destination, as `precedent.yaml` lists it under `callbacks`. */
const ListedCallback = z.strictObject({
  name: z
    .string('is needed: deliveries are told apart by it')
    .regex(/^[\w.-]{1,60}$/, 'must be one word of letters, digits, `.`, `_` and `-`'),
  url: z.string().optional(),
  /** For an address that is a secret itself, as those of Slack are. */
  urlEnv: variable.optional(),
  secretEnv: variable.optional(),
  secretsEnv: z.array(variable).min(1, 'must name at least one').optional(),
  format: z
    .enum(CallbackFormat.options, oneOf(CallbackFormat.options).replace('a list of', 'one of'))
    .default('diagnosis'),
  on: z
    .array(z.enum(DeliveryEvent.options, oneOf(DeliveryEvent.options)), oneOf(DeliveryEvent.options))
    .min(1, oneOf(DeliveryEvent.options))
    .default(['diagnosis.done', 'diagnosis.failed']),
  namespaces: CallbackDestination.shape.namespaces,
  senders: CallbackDestination.shape.senders,
  /** Sends over the network what everybody on the way can read. */
  allowHttp: z.boolean('must be true or false').default(false),
});
type ListedCallback = z.infer<typeof ListedCallback>;

export interface ListedCallbacks {
  readonly callbacks: readonly CallbackDestination[];
  /** By the name of the destination. */
  readonly access: ReadonlyMap<string, CallbackAccess>;
  readonly problems: readonly Problem[];
}

type Report = (path: string, message: string) => void;

/** The `callbacks` of precedent.yaml with the addresses and secrets that they name in `env`; every mistake at once. */
export function readCallbacks(listed: unknown, env: NodeJS.ProcessEnv): ListedCallbacks {
  const items = z.array(z.record(z.string(), z.unknown())).safeParse(listed ?? []);
  if (!items.success) {
    const message = 'must be a list of mappings, each with `name` and `url`';
    return { callbacks: [], access: new Map(), problems: [{ path: 'callbacks', message }] };
  }
  const problems: Problem[] = [];
  const wrong: Report = (path, message) => problems.push({ path, message });
  const callbacks: CallbackDestination[] = [];
  const access = new Map<string, CallbackAccess>();
  for (const [at, item] of items.data.entries()) {
    const path = `callbacks.${at}`;
    const callback = readCallback(item, path, wrong);
    if (!callback) continue;
    if (access.has(callback.name)) wrong(path, `is called ${callback.name} like another one: give it another \`name\``);
    access.set(callback.name, readAccess(callback, path, env, wrong));
    callbacks.push(toDestination(callback));
  }
  return { callbacks, access, problems };
}

function readCallback(item: unknown, path: string, wrong: Report): ListedCallback | undefined {
  const parsed = ListedCallback.safeParse(item);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) wrong([path, ...issue.path].join('.'), issue.message);
  return undefined;
}

function readAccess(callback: ListedCallback, path: string, env: NodeJS.ProcessEnv, wrong: Report): CallbackAccess {
  const read = (field: string, name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') wrong(`${path}.${field}`, `the environment variable ${name} is not set`);
    return value;
  };
  const { url, urlEnv, secretEnv, secretsEnv, allowHttp } = callback;
  if ((url === undefined) === (urlEnv === undefined)) wrong(path, 'must have exactly one of `url` and `urlEnv`');
  const address = urlEnv === undefined ? (url ?? '') : read('urlEnv', urlEnv);
  const field = urlEnv === undefined ? 'url' : 'urlEnv';
  const mistake =
    address === '' ? undefined : findAddressMistake(address, { allowHttp, mayHoldSecret: urlEnv !== undefined });
  if (mistake) wrong(`${path}.${field}`, mistake);
  if (secretEnv !== undefined && secretsEnv !== undefined)
    wrong(path, 'must not have both `secretEnv` and `secretsEnv`');
  const secrets = (secretsEnv ?? (secretEnv === undefined ? [] : [secretEnv])).map((name) => {
    const secret = read(secretEnv === undefined ? 'secretsEnv' : 'secretEnv', name);
    const weak = secret === '' ? undefined : findSecretMistake(secret);
    if (weak) wrong(`${path}.${secretEnv === undefined ? 'secretsEnv' : 'secretEnv'}`, `${name} ${weak}`);
    return secret;
  });
  return { url: address, secrets };
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** What is wrong with an address, without quoting it. */
function findAddressMistake(
  address: string,
  { allowHttp, mayHoldSecret }: { readonly allowHttp: boolean; readonly mayHoldSecret: boolean },
): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'must be an https:// URL';
  if (hasCredentials(address)) return 'must hold no user or password: a message is signed with `secretEnv`';
  if (url.hash !== '') return 'must end in its path or query: no fragment';
  if (url.search !== '' && !mayHoldSecret)
    return 'must have no query, which may hold a key: put the address into an environment variable and name it by `urlEnv`';
  if (url.protocol === 'http:' && !allowHttp && !LOOPBACK.has(url.hostname))
    return 'must be an https:// URL: over http:// anybody on the way can read it (`allowHttp: true` allows that)';
  return undefined;
}

function findSecretMistake(secret: string): string | undefined {
  const isPrefixed = secret.startsWith('whsec_');
  const text = isPrefixed ? secret.slice('whsec_'.length) : secret;
  if (isPrefixed && !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return 'must be base64 after `whsec_`';
  const { length } = Buffer.from(text, isPrefixed ? 'base64' : 'utf8');
  return length < MIN_SECRET_BYTES
    ? `is too short: \`echo whsec_$(openssl rand -base64 ${MIN_SECRET_BYTES})\` makes one`
    : undefined;
}

function toDestination({ name, format, on, namespaces, senders }: ListedCallback): CallbackDestination {
  return { name, format, on, ...(namespaces ? { namespaces } : {}), ...(senders ? { senders } : {}) };
}
