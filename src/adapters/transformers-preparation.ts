/** How one family of models wants its texts. */
export interface Preparation {
  readonly query: string;
  readonly passage: string;
  readonly pooling: 'mean' | 'cls';
  /** Splits `KubePodCrashLooping` and `oom_kill` into words, for tokenizers that were not trained to. */
  readonly splitsIdentifiers: boolean;
}

const PLAIN: Preparation = { query: '', passage: '', pooling: 'mean', splitsIdentifiers: true };
const SEARCH_INSTRUCTION = 'Represent this sentence for searching relevant passages: ';

/** First match wins; ids as on the hub, or the folder's name. From the models' own cards. */
const BY_MODEL: readonly (readonly [RegExp, Preparation])[] = [
  [/(^|\/)runbook-embed/, { ...PLAIN, splitsIdentifiers: false }],
  [/(^|\/)(multilingual-)?e5-/i, { ...PLAIN, query: 'query: ', passage: 'passage: ' }],
  [/(^|\/)(bge-.*-en|mxbai-embed|snowflake-arctic-embed)/i, { ...PLAIN, query: SEARCH_INSTRUCTION, pooling: 'cls' }],
  [/(^|\/)bge-/i, { ...PLAIN, pooling: 'cls' }],
  [/(^|\/)nomic-embed/i, { ...PLAIN, query: 'search_query: ', passage: 'search_document: ' }],
];

export function preparationOf(modelId: string): Preparation {
  return BY_MODEL.find(([pattern]) => pattern.test(modelId))?.[1] ?? PLAIN;
}

export function prepareText(preparation: Preparation, text: string, role: 'query' | 'passage'): string {
  return preparation[role] + (preparation.splitsIdentifiers ? splitIdentifiers(text) : text);
}

/** The rule the bundled model's tokenizer has built in, so that every model sees identifiers the same way. */
export function splitIdentifiers(text: string): string {
  return text.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})/g, ' ').replace(/[_\-/.]+/g, ' ');
}
