import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@libsql/client';
import { isPrecedentError, messageOf, PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import { migrate } from './libsql-migrations.ts';

export interface LibsqlOptions {
  /** `file:<path>`, or the URL of a libSQL server. */
  readonly url: string;
  readonly authToken?: string;
  /** Longest that one request may take. */
  readonly callMs?: number;
}

interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly limitMs?: number;
}

const CALL_MS = 10_000;
/** How long closing waits for an opening under way; one that takes longer is closed as soon as it is done. */
const CLOSE_MS = 2_000;
/** How long a writer waits for another process's write, which takes milliseconds; nothing else runs meanwhile. */
const BUSY_MS = 5_000;

/**
 * The casebook's database. Whatever keeps something in it shares this one connection: two of one process would block each
 * other, for a file is waited for with the whole process standing still.
 */
export class LibsqlConnection implements AsyncDisposable {
  readonly #options: LibsqlOptions;
  readonly #callMs: number;
  #opening: Promise<Client> | undefined;
  #isClosed = false;

  constructor(options: LibsqlOptions) {
    this.#options = options;
    this.#callMs = options.callMs ?? CALL_MS;
  }

  /** Opens, and migrates, at the first use. Errors: `casebook-unavailable`, and the signal's reason. */
  async call<T>(use: (client: Client) => Promise<T>, { signal, limitMs }: Call = {}): Promise<T> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
    const limit = AbortSignal.timeout(limitMs ?? this.#callMs);
    const work = async () => use(await this.#open());
    try {
      return await untilAborted(work(), AbortSignal.any([limit, ...(signal ? [signal] : [])]));
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#explain(error, limit);
    }
  }

  /** A question need not leave a file behind where nobody ever wrote anything. */
  isUnwritten(): boolean {
    const file = fileOf(this.#options.url);
    return !this.#isClosed && this.#opening === undefined && file !== undefined && !existsSync(file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (!this.#opening) return;
    const closed = this.#opening.then(
      (client) => client.close(),
      () => undefined,
    );
    const bound = new AbortController();
    const late = sleep(CLOSE_MS, undefined, { signal: bound.signal });
    await Promise.race([closed, late]).finally(() => bound.abort());
  }

  /** One opening for all callers; a failed one is forgotten, so that the next call tries again. */
  #open(): Promise<Client> {
    this.#opening ??= openClient(this.#options, this.#callMs).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  #explain(error: unknown, limit: AbortSignal): PrecedentError {
    if (isPrecedentError(error)) return error;
    const { url } = this.#options;
    const reason = limit.aborted ? 'it did not answer in time' : reasonOf(error);
    const mend = fileOf(url)
      ? 'check that the file is a casebook and that its folder can be written to'
      : 'check that the server runs, and CASEBOOK_URL and CASEBOOK_TOKEN';
    const message = `the casebook at ${withoutSecrets(url)} cannot be used (${reason}): ${mend}`;
    return new PrecedentError('casebook-unavailable', message, { cause: error });
  }
}

async function openClient({ url, authToken }: LibsqlOptions, callMs: number): Promise<Client> {
  const file = fileOf(url);
  if (file) await mkdir(path.dirname(file), { recursive: true });
  const client = createClient({
    // As a URL a path may hold any character.
    url: file ? `file:${file.split(path.sep).map(encodeURIComponent).join('/')}` : url,
    ...(authToken ? { authToken } : {}),
    timeout: BUSY_MS,
    // Without this a server that accepts and says nothing would hold the request for minutes.
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(callMs) }),
  });
  try {
    // Readers and the one writer do not wait for each other. A property of the file: every process sees it.
    if (file) await client.execute('PRAGMA journal_mode = WAL');
    await migrate(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The path of a `file:` URL, written with or without slashes; undefined for a server's URL. */
function fileOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  return path.resolve(url.slice('file:'.length).replace(/^\/\/(?:localhost)?(?=\/)/, ''));
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
}

/** A URL may carry a token as user name or query. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}
