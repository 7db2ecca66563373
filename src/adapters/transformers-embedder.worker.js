/**
 * Inference, off the main thread. Plain JavaScript on purpose: a worker thread starts outside the transform that runs
 * the program (tsx) or its tests (vitest), and Node 20 cannot load TypeScript by itself. This file loads under all of them.
 *
 * @typedef {{ folder: string, dtype: 'q8' | 'fp32', pooling: 'mean' | 'cls' }} WorkerModel
 * @typedef {{ model: WorkerModel, texts: readonly string[] }} WorkerTask
 * @typedef {{ vectors: Float32Array[] } | { unloadable: string }} WorkerReply
 * @typedef {import('@xenova/transformers').FeatureExtractionPipeline} Pipeline
 */
import path from 'node:path';
import './transformers-offline.js';
import { env, pipeline } from '@xenova/transformers';

/** @type {Promise<Pipeline> | undefined} */
let loading;

/**
 * One text at a time: on one core that is twice as fast as padded batches of 16 (docs/adr/0004-index-layout.md), and a
 * text's int8 vector never depends on its neighbours.
 *
 * @param {WorkerTask} task
 * @returns {Promise<WorkerReply>}
 */
export default async function embed({ model, texts }) {
  loading ??= load(model);
  let extract;
  try {
    extract = await loading;
  } catch (error) {
    loading = undefined;
    return { unloadable: error instanceof Error ? error.message : String(error) };
  }
  const vectors = [];
  for (const text of texts) {
    const output = await extract(text, { pooling: model.pooling, normalize: true });
    vectors.push(Float32Array.from(output.data));
    output.dispose();
  }
  return { vectors };
}

/**
 * @param {WorkerModel} model
 * @returns {Promise<Pipeline>}
 */
async function load({ folder, dtype }) {
  env.localModelPath = path.dirname(folder);
  const extract = await pipeline('feature-extraction', path.basename(folder), {
    dtype,
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  });
  // A tokenizer that states no limit would hand the model more positions than it has. The getter reads this object.
  const limits = extract.tokenizer._tokenizerConfig;
  const positions = extract.model.config.max_position_embeddings ?? 512;
  limits.model_max_length = Math.min(limits.model_max_length ?? positions, positions);
  return extract;
}
