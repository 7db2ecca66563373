import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/domain/errors.ts';
import { tellUrl, tellUrlsIn } from '../../src/domain/knowledge-source.ts';

export interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before a second and third try when the server is busy or broken. */
  readonly retryDelaysMs?: readonly number[];
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  /** After redirects. */
  readonly url: string;
  /** Lower case, without parameters. */
  readonly contentType: string;
  readonly text: string;
}

/** A request without an answer that can be used. `status` is undefined when there was none at all. */
export class HttpFailure extends Error {
  readonly status: number | undefined;
  /** When to try again, as the server asked. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status?: number, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** The page is not there any more, as opposed to not there just now. */
  get isGone(): boolean {
    return this.status === 404 || this.status === 410;
  }

  get isPassing(): boolean {
    return this.status === undefined || this.status === 429 || this.status >= 500;
  }
}

const TIMEOUT_MS = 20_000;
/** More is no page that somebody wrote, and turning it into Markdown would hold everybody up. */
const MAX_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;
const MAX_RETRY_AFTER_MS = 30_000;
const RETRY_DELAYS_MS = [500, 2_000];
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The text at a URL. Redirects are followed on the same site only: neither credentials nor questions go to servers that
 * nobody configured. On the site itself any address is allowed, also a private one, for that is where internal
 * documentation lives.
 */
export async function fetchText(url: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchOnce(url, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const failure =
        error instanceof HttpFailure
          ? error
          : new HttpFailure(`${tellUrl(url)} does not answer: ${tellUrlsIn(reasonOf(error))}`);
      const delay = delays[attempt];
      if (delay === undefined || !failure.isPassing) throw failure;
      await sleep(Math.min(failure.retryAfterMs ?? delay, MAX_RETRY_AFTER_MS), undefined, signalOf(options.signal));
    }
  }
}

/** Whether `url` is on the site of `home`: the same origin, or its encrypted twin. */
export function isSameSite(url: string | URL, home: string | URL): boolean {
  const [there, here] = [new URL(url), new URL(home)];
  if (there.origin === here.origin) return true;
  return there.hostname === here.hostname && there.protocol === 'https:' && there.port === '' && here.port === '';
}

async function fetchOnce(url: string, options: HttpOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  // Node 20 forgets a timeout that only a signal made of several knows of, unless somebody listens to itself.
  timeout.addEventListener('abort', () => {});
  const { signal } = options;
  return fetchUntil(url, options, signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
}

async function fetchUntil(url: string, options: HttpOptions, stop: AbortSignal): Promise<HttpAnswer> {
  const { headers, maxBytes = MAX_BYTES } = options;
  let current = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(current, {
      headers: { 'User-Agent': 'precedent', ...headers },
      redirect: 'manual',
      signal: stop,
    });
    if (!REDIRECTS.has(response.status)) return readAnswer(current, response, maxBytes);
    await response.body?.cancel();
    current = new URL(response.headers.get('location') ?? '', current).href;
    if (!isSameSite(current, url)) {
      throw new HttpFailure(`${tellUrl(url)} leads to another site, ${new URL(current).origin}`, response.status);
    }
  }
  throw new HttpFailure(`${tellUrl(url)} is redirected again and again`, 310);
}

async function readAnswer(url: string, response: Response, maxBytes: number): Promise<HttpAnswer> {
  if (!response.ok) {
    await response.body?.cancel();
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1_000 : undefined;
    throw new HttpFailure(`${tellUrl(url)} answered HTTP ${response.status}`, response.status, retryAfterMs);
  }
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))?.split('=')[1];
  return { url, contentType: type.trim(), text: decode(await readBytes(url, response, maxBytes), charset) };
}

async function readBytes(url: string, response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    // Leaving the loop cancels the rest of the answer.
    if (size > maxBytes) throw new HttpFailure(`${tellUrl(url)} is larger than ${maxBytes / 1024 / 1024} MB`, 413);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function decode(bytes: Uint8Array, charset: string | undefined): string {
  try {
    return new TextDecoder(charset?.trim().replaceAll('"', '') || 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** `fetch failed` hides what failed in its cause. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error) || messageOf(error);
}

function signalOf(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
