import { z } from 'zod';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { Clock } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { describeNetworkFailure } from './network-failure.ts';

/** Far more than a provider has of keys. */
const MAX_BYTES = 1_048_576;

/** After a failure nobody asks again for so long: callers with made-up tokens must not become the provider's load. */
const REST_MS = 5_000;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

export interface KeyFetchOptions {
  readonly issuer: string;
  readonly jwksUrl?: string | undefined;
  /** Of one request. */
  readonly timeoutMs: number;
  readonly now: Clock;
}

/** Fetches the key set of a provider, asking its discovery document first where no address is configured. */
export function createKeyFetch(options: KeyFetchOptions): (signal: AbortSignal) => Promise<Response> {
  const { issuer, jwksUrl, timeoutMs, now } = options;
  let failure: { readonly error: PrecedentError; readonly at: number } | undefined;

  async function fetchKeys(signal: AbortSignal): Promise<string> {
    return getText(jwksUrl ?? (await discover(signal)), timeoutMs, signal);
  }

  /** OpenID Connect Discovery 1.0: the document must name the very issuer that it was asked of. */
  async function discover(signal: AbortSignal): Promise<string> {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { data } = Discovery.safeParse(parseJson(await getText(url, timeoutMs, signal)));
    if (data === undefined) throw unavailable(url, 'it gives no discovery document: set OIDC_JWKS_URL');
    if (data.issuer !== issuer)
      throw unavailable(url, 'it is of another issuer: set OIDC_ISSUER to what it says, letter by letter');
    // Keys that anybody on the way may change make every token worthless.
    if (issuer.startsWith('https:') && !data.jwks_uri.startsWith('https:'))
      throw unavailable(url, 'its keys are not at an https:// address');
    return data.jwks_uri;
  }

  return async (signal) => {
    if (failure && now().getTime() - failure.at < REST_MS) throw failure.error;
    try {
      const text = await fetchKeys(signal);
      failure = undefined;
      return new Response(text);
    } catch (error) {
      if (isPrecedentError(error)) failure = { error, at: now().getTime() };
      throw error;
    }
  };
}

async function getText(url: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
  using deadline = startDeadline(timeoutMs, signal);
  try {
    // Followed, a redirect would let another address say which keys are good.
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: deadline.signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unavailable(url, `it answers ${response.status}`);
    }
    const text = await readText(response);
    if (parseJson(text) === undefined) throw unavailable(url, 'its answer is no JSON');
    return text;
  } catch (error) {
    if (isPrecedentError(error)) throw error;
    throw unavailable(url, deadline.signal.aborted ? 'it took too long' : describeNetworkFailure(error), error);
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_BYTES) throw unavailable(response.url, 'its answer is larger than 1 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unavailable(url: string, why: string, cause?: unknown): PrecedentError {
  const { origin } = new URL(url);
  const message = `the identity provider at ${origin} gives no keys, so its token cannot be checked: ${why}`;
  return new PrecedentError('identity-unavailable', message, { cause });
}
