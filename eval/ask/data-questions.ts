import { MAX_QUESTION } from '../../src/domain/ask.ts';
import type { Case, DataSet } from '../datasets.ts';
import type { AskedQuestion } from './measure.ts';

/** What somebody on call would make of an alert, and of the symptoms of an outage. */
const FRAMES: Readonly<Record<DataSet['kind'], readonly string[]>> = {
  runbook: ['What should we do when this happens:'],
  incident: ['What did we do when this happened:', 'What was the root cause when this happened:'],
};

/** Each case as a question in words, the alert's name apart: a name would be found by itself. */
export function toQuestions(kind: DataSet['kind'], cases: readonly Case[]): AskedQuestion[] {
  return cases.flatMap(({ text, relevant }) =>
    FRAMES[kind].map((frame) => ({
      question: `${frame} ${text.unnamed}`.slice(0, MAX_QUESTION).trim(),
      from: relevant.map((id) => `${kind}:${id}`),
    })),
  );
}
