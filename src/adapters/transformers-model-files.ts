import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PrecedentError } from '../domain/errors.ts';

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
export async function openModelFolder(folder: string, id: string, mustVerify = false): Promise<ModelFiles> {
  await requireFolder(folder);
  if (mustVerify) await requireFile(folder, SUMS);
  await verifySums(folder);
  for (const file of REQUIRED) await requireFile(folder, file);
  const weights = await findWeights(folder);
  return { id, folder, dtype: weights.dtype, checksum: await checksumOf(folder, [weights.file, ...TOKENIZER]) };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw missing(`there is no embedding model folder at ${folder}`);
}

async function requireFile(folder: string, file: string): Promise<void> {
  if (!(await exists(path.join(folder, file)))) throw missing(`the embedding model at ${folder} lacks ${file}`);
}

async function findWeights(folder: string): Promise<(typeof WEIGHTS)[number]> {
  for (const weights of WEIGHTS) if (await exists(path.join(folder, weights.file))) return weights;
  throw missing(`the embedding model at ${folder} has no weights: ${WEIGHTS.map(({ file }) => file).join(' or ')}`);
}

/** Every file that SHA256SUMS names must be there, byte for byte. */
async function verifySums(folder: string): Promise<void> {
  const sums = await readFile(path.join(folder, SUMS), 'utf8').catch(() => undefined);
  for (const line of sums?.split('\n') ?? []) {
    const [, expected, file] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trimEnd()) ?? [];
    if (expected === undefined || file === undefined) continue;
    await requireFile(folder, file);
    if ((await sha256(path.join(folder, file))) === expected) continue;
    throw new PrecedentError(
      'model-corrupt',
      `${path.join(folder, file)} is not the file that ${SUMS} lists: restore it (\`git checkout -- ${folder}\`), ` +
        'or point EMBEDDING_MODEL to another model',
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

function missing(what: string): PrecedentError {
  return new PrecedentError(
    'model-missing',
    `${what}. Restore it (\`git checkout -- models\`), or set EMBEDDING_MODEL to a folder or hub id of a ` +
      'transformers.js feature-extraction model',
  );
}
