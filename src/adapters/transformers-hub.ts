import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import { type ModelUse, REQUIRED, WEIGHTS } from './transformers-model-files.ts';

export interface DownloadProgress {
  readonly file: string;
  readonly received: number;
  /** Unknown when the hub does not say. */
  readonly total: number | undefined;
}

export interface HubOptions {
  readonly url: string;
  readonly cacheDir: string;
  /** A download that moves nothing for this long has failed. */
  readonly stallMs: number;
  readonly onDownload: (progress: DownloadProgress) => void;
}

/** Written last: a folder that has it is whole, and is used without asking the hub again. */
const COMPLETE = '.complete';

/** The folder that holds a hub model's files, downloaded unless they are there. */
export async function fetchHubModel(
  id: string,
  use: ModelUse,
  options: HubOptions,
  signal: AbortSignal,
): Promise<string> {
  const folder = path.join(options.cacheDir, ...id.split('/'));
  if (await exists(path.join(folder, COMPLETE))) return folder;
  const wanted: Wanted = { id, use, folder };
  for (const file of REQUIRED) {
    if (!(await fetchFile(wanted, file, options, signal))) throw notThere(wanted, file, options.url);
  }
  await fetchWeights(wanted, options, signal);
  await writeFile(path.join(folder, COMPLETE), '');
  return folder;
}

interface Wanted {
  readonly id: string;
  readonly use: ModelUse;
  readonly folder: string;
}

async function fetchWeights(wanted: Wanted, options: HubOptions, signal: AbortSignal): Promise<void> {
  for (const { file } of WEIGHTS) if (await fetchFile(wanted, file, options, signal)) return;
  throw notThere(wanted, WEIGHTS.map(({ file }) => file).join(' or '), options.url);
}

/** False when the hub has no such file; a file that is there already was renamed into place whole. */
async function fetchFile(
  { id, use, folder }: Wanted,
  file: string,
  options: HubOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const target = path.join(folder, file);
  if (await exists(target)) return true;
  const url = `${options.url.replace(/\/+$/, '')}/${id}/resolve/main/${file}`;
  const part = `${target}.${process.pid}.part`;
  try {
    return await download(url, file, { target, part }, options, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(`could not download ${url}: ${reasonOf(error)}`, use, error);
  } finally {
    await rm(part, { force: true });
  }
}

async function download(
  url: string,
  file: string,
  paths: { target: string; part: string },
  { stallMs, onDownload }: HubOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error(`nothing came for ${stallMs / 1000} s`)), stallMs);
  const either = AbortSignal.any([signal, stall.signal]);
  try {
    const response = await fetch(url, { signal: either });
    if (response.status === 404) return false;
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status} ${response.statusText}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    let received = 0;
    const progress = new Transform({
      transform(bytes: Buffer, _encoding, done) {
        timer.refresh();
        received += bytes.length;
        onDownload({ file, received, total });
        done(null, bytes);
      },
    });
    await mkdir(path.dirname(paths.target), { recursive: true });
    await pipeline(Readable.fromWeb(response.body), progress, createWriteStream(paths.part), { signal: either });
    await rename(paths.part, paths.target);
    return true;
  } catch (error) {
    // An aborted stream says only "aborted"; the reason is with the signal.
    stall.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch failed` hides the cause that a person needs. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)} (${messageOf(cause) || String(cause)})`;
}

function unavailable(what: string, use: ModelUse, cause: unknown): PrecedentError {
  const mend = `Check the network, or download the model elsewhere and set ${use.setting} to its folder`;
  return new PrecedentError(use.unavailable, `${what}. ${mend}; unset, ${use.otherwise}.`, { cause });
}

function notThere({ id, use }: Wanted, file: string, url: string): PrecedentError {
  return new PrecedentError(
    'model-missing',
    `${url} has no ${file} for the model "${id}": ${use.setting} must name a transformers.js ${use.task} model ` +
      `(for example ${use.example}), or the path of a local folder`,
  );
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
