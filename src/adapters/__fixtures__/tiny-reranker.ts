import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a cross-encoder that anyone can check by hand: its logit is 8 · share − 4, where `share` is how much of the
 * query's words the passage has. A whole transformers.js model, made from nothing, of a few kilobytes: a WordPiece
 * tokenizer over a few words, and an ONNX graph that compares token ids.
 */
export async function writeTinyReranker(folder: string, { labels = 1 } = {}): Promise<void> {
  const json = (file: string, content: unknown) => writeFile(path.join(folder, file), JSON.stringify(content));
  await mkdir(path.join(folder, 'onnx'), { recursive: true });
  await json('config.json', configOf(labels));
  await json('tokenizer.json', tokenizerOf(WORDS));
  await json('tokenizer_config.json', TOKENIZER_CONFIG);
  await writeFile(path.join(folder, 'onnx', 'model.onnx'), modelOf(labels));
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const WORDS =
  'disk full on the db web orders checkout restart pod crash looping certificate expired queue late kube'.split(' ');

const TOKENIZER_CONFIG = {
  // Not BertTokenizer: this class does not ask for the segments that the model needs.
  tokenizer_class: 'PreTrainedTokenizerFast',
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

function configOf(labels: number) {
  const id2label = Object.fromEntries(Array.from({ length: labels }, (_, id) => [id, `LABEL_${id}`]));
  return {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    max_position_embeddings: 64,
    id2label,
  };
}

function tokenizerOf(words: readonly string[]) {
  const vocabulary = [...SPECIAL, ...words];
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const mark = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const token = (name: string) => ({ id: name, ids: [SPECIAL.indexOf(name)], tokens: [name] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: true,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [mark('[CLS]', 0), text('A', 0), mark('[SEP]', 0)],
      pair: [mark('[CLS]', 0), text('A', 0), mark('[SEP]', 0), text('B', 1), mark('[SEP]', 1)],
      special_tokens: { '[CLS]': token('[CLS]'), '[SEP]': token('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 64,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  };
}

/** Protocol buffers as ONNX needs them: fields of bytes and of whole numbers (onnx.proto names the numbers below). */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

const message = (...fields: readonly Buffer[]) => Buffer.concat(fields);

const FLOAT = 1;
const INT64 = 7;

function node(type: string, inputs: readonly string[], output: string, attributes: readonly Buffer[] = []): Buffer {
  const named = [...inputs.map((input) => field(1, input)), field(2, output), field(3, output), field(4, type)];
  return field(1, message(...named, ...attributes.map((attribute) => field(5, attribute))));
}

const whole = (name: string, value: number) => message(field(1, name), field(3, value), field(20, 2));
const list = (name: string, values: readonly number[]) =>
  message(field(1, name), ...values.map((value) => field(8, value)), field(20, 7));

function constant(name: string, type: number, dimensions: readonly number[], values: readonly number[]): Buffer {
  const bytes = type === FLOAT ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  const raw = Buffer.from(bytes.buffer);
  return field(5, message(...dimensions.map((size) => field(1, size)), field(2, type), field(8, name), field(9, raw)));
}

function tensor(place: number, name: string, type: number, dimensions: readonly (string | number)[]): Buffer {
  const shape = message(
    ...dimensions.map((size) => field(1, typeof size === 'number' ? field(1, size) : field(2, size))),
  );
  return field(place, message(field(1, name), field(2, field(1, message(field(1, type), field(2, shape))))));
}

/** Which tokens are words of the query, which of the passage; which are equal; what share of the former is found. */
function modelOf(labels: number): Buffer {
  const tokens = ['batch', 'tokens'];
  const graph = message(
    node('Greater', ['input_ids', 'last_special'], 'is_word'),
    node('Cast', ['is_word'], 'word', [whole('to', FLOAT)]),
    node('Cast', ['token_type_ids'], 'second', [whole('to', FLOAT)]),
    node('Sub', ['one', 'second'], 'first'),
    node('Mul', ['word', 'first'], 'asked'),
    node('Mul', ['word', 'second'], 'said'),
    node('Unsqueeze', ['input_ids', 'axis_2'], 'rows'),
    node('Unsqueeze', ['input_ids', 'axis_1'], 'columns'),
    node('Equal', ['rows', 'columns'], 'is_same'),
    node('Cast', ['is_same'], 'same', [whole('to', FLOAT)]),
    node('Unsqueeze', ['said', 'axis_1'], 'said_columns'),
    node('Mul', ['same', 'said_columns'], 'matches'),
    node('ReduceMax', ['matches'], 'found', [list('axes', [2]), whole('keepdims', 0)]),
    node('Mul', ['found', 'asked'], 'hits'),
    node('ReduceSum', ['hits', 'axis_1'], 'hit_count', [whole('keepdims', 1)]),
    node('ReduceSum', ['asked', 'axis_1'], 'asked_count', [whole('keepdims', 1)]),
    node('Max', ['asked_count', 'one'], 'at_least_one'),
    node('Div', ['hit_count', 'at_least_one'], 'share'),
    node('Mul', ['share', 'eight'], 'scaled'),
    node('Sub', ['scaled', 'four'], 'score'),
    // Every label but the first has the score; the first, when there are others, has none of it.
    node('Mul', ['score', 'weights'], labels === 0 ? 'last_hidden_state' : 'logits'),
    field(2, 'tiny-reranker'),
    constant('last_special', INT64, [], [SPECIAL.length - 1]),
    constant('axis_1', INT64, [1], [1]),
    constant('axis_2', INT64, [1], [2]),
    constant('one', FLOAT, [], [1]),
    constant('four', FLOAT, [], [4]),
    constant('eight', FLOAT, [], [8]),
    constant('weights', FLOAT, [1, Math.max(1, labels)], labels < 2 ? [1] : [0, ...Array(labels - 1).fill(1)]),
    tensor(11, 'input_ids', INT64, tokens),
    tensor(11, 'token_type_ids', INT64, tokens),
    tensor(12, labels === 0 ? 'last_hidden_state' : 'logits', FLOAT, ['batch', Math.max(1, labels)]),
  );
  return message(field(1, 8), field(7, graph), field(8, message(field(1, ''), field(2, 13))));
}
