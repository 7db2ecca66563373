import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type DownloadProgress, fetchHubModel } from './transformers-hub.ts';
import type { ModelUse } from './transformers-model-files.ts';

export interface ModelPlace {
  /** A folder with a transformers.js model, or a hub id. */
  readonly model: string;
  /** Where models of the hub are kept. */
  readonly cacheDir: string;
  readonly onDownload?: (progress: DownloadProgress) => void;
  readonly hubUrl?: string;
  /** A download that moves nothing for this long has failed. */
  readonly stallMs?: number;
}

/** The folder with the model's files, downloaded if need be, and what the model is called. */
export async function locateModel(
  { model, cacheDir, onDownload = () => {}, hubUrl = 'https://huggingface.co', stallMs = 30_000 }: ModelPlace,
  use: ModelUse,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly folder: string }> {
  const local = path.resolve(model);
  if (!isHubId(model) || (await isFolder(local))) return { id: path.basename(local), folder: local };
  const hub = { url: hubUrl, cacheDir: path.resolve(cacheDir), stallMs, onDownload };
  return { id: model, folder: await fetchHubModel(model, use, hub, signal) };
}

function isHubId(model: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(model);
}

function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
