import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PrecedentError } from '../domain/errors.ts';

/** What a model is for: its errors must name the right setting. */
export interface ModelUse {
  readonly noun: string;
  readonly setting: 'EMBEDDING_MODEL' | 'RERANKER_MODEL';
  /** As the hub calls it. */
  readonly task: 'feature-extraction' | 'text-classification';
  readonly example: string;
  readonly unavailable: 'embedder-unavailable' | 'reranker-unavailable';
  /** How to get files back that are gone. */
  readonly restore: string;
  /** What happens when the setting is unset. */
  readonly otherwise: string;
}

/** A model on disk, checked and ready to load. */
export interface ModelFiles {
  readonly id: string;
  readonly folder: string;
  readonly dtype: 'q8' | 'fp32';
  readonly checksum: string;
}

const SUMS = 'SHA256SUMS';
export const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json'] as const;

/** Weights in the order they are preferred. */
export const WEIGHTS = [
  { file: 'onnx/model_quantized.onnx', dtype: 'q8' },
  { file: 'onnx/model.onnx', dtype: 'fp32' },
] as const;

/** Files every model needs besides its weights. */
export const REQUIRED = ['config.json', ...TOKENIZER] as const;

/** Reads what is in `folder`, verifies it when it comes with SHA256SUMS (or must), and names it by its content. */
export async function openModelFolder(
  folder: string,
  id: string,
  use: ModelUse,
  mustVerify = false,
): Promise<ModelFiles> {
  await requireFolder(folder, use);
  if (mustVerify) await requireFile(folder, SUMS, use);
  await verifySums(folder, use);
  for (const file of REQUIRED) await requireFile(folder, file, use);
  const weights = await findWeights(folder, use);
  return { id, folder, dtype: weights.dtype, checksum: await checksumOf(folder, [weights.file, ...TOKENIZER]) };
}

async function requireFolder(folder: string, use: ModelUse): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw missing(`there is no ${use.noun} folder at ${folder}`, use);
}

async function requireFile(folder: string, file: string, use: ModelUse): Promise<void> {
  if (!(await exists(path.join(folder, file)))) throw missing(`the ${use.noun} at ${folder} lacks ${file}`, use);
}

async function findWeights(folder: string, use: ModelUse): Promise<(typeof WEIGHTS)[number]> {
  for (const weights of WEIGHTS) if (await exists(path.join(folder, weights.file))) return weights;
  const files = WEIGHTS.map(({ file }) => file).join(' or ');
  throw missing(`the ${use.noun} at ${folder} has no weights: ${files}`, use);
}

/** Every file that SHA256SUMS names must be there, byte for byte. */
async function verifySums(folder: string, use: ModelUse): Promise<void> {
  const sums = await readFile(path.join(folder, SUMS), 'utf8').catch(() => undefined);
  for (const line of sums?.split('\n') ?? []) {
    const [, expected, file] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trimEnd()) ?? [];
    if (expected === undefined || file === undefined) continue;
    await requireFile(folder, file, use);
    if ((await sha256(path.join(folder, file))) === expected) continue;
    throw new PrecedentError(
      'model-corrupt',
      `${path.join(folder, file)} is not the file that ${SUMS} lists: restore it (\`git checkout -- ${folder}\`), ` +
        `or point ${use.setting} to another model`,
    );
  }
}

/** Any change of weights or tokenizer changes every vector, so it changes this. */
async function checksumOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${await sha256(path.join(folder, file))}  ${path.basename(file)}\n`);
  return hash.digest('hex');
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('hex');
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function missing(what: string, use: ModelUse): PrecedentError {
  return new PrecedentError(
    'model-missing',
    `${what}. ${use.restore}, or set ${use.setting} to a folder or hub id of a transformers.js ${use.task} model`,
  );
}
