import { PrecedentError } from '../domain/errors.ts';

/** What models call the label that means "this passage answers"; without any of them it is the second, as in training. */
const POSITIVE = /^(?:relevant|positive|yes|true|entailment|label_1|1)$/i;

/** From a cross-encoder's logits to 0..1: one logit through the sigmoid, of two the positive one's share. */
export function scorerOf(
  model: string,
  labels: Readonly<Record<string, string>>,
): (logits: readonly number[]) => number {
  const named = Object.entries(labels).find(([, label]) => POSITIVE.test(label))?.[0];
  const positive = named === '0' ? 0 : 1;
  return (logits) => {
    const [first, second] = logits;
    if (first === undefined || logits.length > 2) throw notACrossEncoder(model, logits.length);
    if (second === undefined) return sigmoid(first);
    // The softmax of two is the sigmoid of their difference.
    return sigmoid(positive === 1 ? second - first : first - second);
  };
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function notACrossEncoder(model: string, logits: number): PrecedentError {
  const what = logits === 0 ? 'gives no scores at all' : `tells ${logits} classes apart`;
  return new PrecedentError(
    'config-invalid',
    `RERANKER_MODEL "${model}" ${what}: it must be a cross-encoder, a text-classification model that reads two texts and ` +
      'gives one score (for example Xenova/ms-marco-MiniLM-L-6-v2); unset it to search without',
  );
}
