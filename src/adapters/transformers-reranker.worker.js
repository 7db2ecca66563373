/**
 * Reads pairs of texts, off the main thread. Plain JavaScript for the reason given in transformers-embedder.worker.js.
 *
 * @typedef {{ folder: string, dtype: 'q8' | 'fp32' }} WorkerModel
 * @typedef {{ model: WorkerModel, query: string, passages: readonly string[] }} WorkerTask
 * @typedef {{ logits: number[][], labels: Record<string, string> } | { unloadable: string }} WorkerReply
 * @typedef {Awaited<ReturnType<typeof load>>} Reader
 */
import path from 'node:path';
import './transformers-offline.js';
import { AutoModelForSequenceClassification, AutoTokenizer, env, Tensor } from '@xenova/transformers';

/** A pair is at most this long, whatever the model could read: a chunk has about 160 tokens, and time grows with each. */
const MAX_TOKENS = 384;
/** Of these the question has at most a third: what an alert is about, it says first. */
const QUERY_SHARE = 1 / 3;

/** @type {Promise<Reader> | undefined} */
let loading;

/**
 * One pair at a time, like the embedder: padding costs more than a batch saves, and no score depends on its neighbours.
 *
 * @param {WorkerTask} task
 * @returns {Promise<WorkerReply>}
 */
export default async function read({ model, query, passages }) {
  loading ??= load(model);
  let reader;
  try {
    reader = await loading;
  } catch (error) {
    loading = undefined;
    return { unloadable: error instanceof Error ? error.message : String(error) };
  }
  const question = shorten(query, reader);
  const logits = [];
  for (const passage of passages) {
    const output = await reader.model(encode(question, passage, reader));
    // A model of another kind answers too, but not with logits.
    logits.push(Array.from(output.logits?.data ?? [], Number));
  }
  return { logits, labels: reader.model.config.id2label ?? {} };
}

/** @param {WorkerModel} model */
async function load({ folder, dtype }) {
  env.localModelPath = path.dirname(folder);
  const name = path.basename(folder);
  const session_options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name),
    AutoModelForSequenceClassification.from_pretrained(name, { dtype, session_options }),
  ]);
  const positions = model.config.max_position_embeddings ?? 512;
  const limit = Math.min(MAX_TOKENS, positions, tokenizer.model_max_length ?? positions);
  return { tokenizer, model, limit };
}

/**
 * @param {string} query
 * @param {Reader} reader
 */
function shorten(query, { tokenizer, limit }) {
  const room = Math.floor(limit * QUERY_SHARE);
  let text = query;
  for (;;) {
    const { length } = tokenizer.encode(text, { add_special_tokens: false });
    if (length <= room) return text;
    text = text.slice(0, Math.floor((text.length * room) / length));
  }
}

/**
 * The library cuts a pair off at the end, its last special token with it; and it leaves out which token is of which text
 * when the tokenizer's class does not ask for it, which every BERT was trained with.
 *
 * @param {string} query
 * @param {string} passage
 * @param {Reader} reader
 */
function encode(query, passage, { tokenizer, limit }) {
  const encoding = tokenizer(query, { text_pair: passage, return_tensor: false, return_token_type_ids: true });
  return Object.fromEntries(
    Object.entries(encoding).map(([name, values]) => {
      const kept = values.length <= limit ? values : [...values.slice(0, limit - 1), values.at(-1)];
      return [name, new Tensor('int64', BigInt64Array.from(kept, BigInt), [1, kept.length])];
    }),
  );
}
