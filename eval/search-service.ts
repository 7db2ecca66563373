import type { App } from '../src/app.ts';
import { RetrievalPart, type SearchResponse } from '../src/domain/evidence.ts';
import type { Question } from './questions.ts';

/** What came back, no more than figures need: thousands of answers are kept. */
export interface Answer {
  /** Best first, each document in a place of its own: one folded into another row comes right after it. */
  readonly ranked: readonly string[];
  /** Parts that had a say in any of the scores. */
  readonly parts: ReadonlySet<RetrievalPart>;
  readonly answerable: number;
}

export type Ask = (
  question: Pick<Question, 'request' | 'isKnown'>,
  without?: readonly RetrievalPart[],
) => Promise<Answer>;

/** Asks the service, and the same thing only once: questions that differ in what would be right share their answers. */
export function createAsk(app: Pick<App, 'search'>): Ask {
  const answers = new Map<string, Answer>();
  return async ({ request, isKnown = () => true }, without = []) => {
    const asked = without.length === 0 ? request : { ...request, without: [...without] };
    const key = JSON.stringify(asked);
    const answer = answers.get(key) ?? toAnswer(await app.search(asked));
    answers.set(key, answer);
    return { ...answer, ranked: answer.ranked.filter(isKnown) };
  };
}

function toAnswer(response: SearchResponse): Answer {
  return {
    ranked: listIds(response),
    parts: new Set(response.results.flatMap(({ scores }) => PARTS.filter((part) => part in scores))),
    answerable: response.answerable.score,
  };
}

const PARTS = RetrievalPart.options;

/** All parts but these: one leg by itself. */
export function allBut(...kept: readonly RetrievalPart[]): RetrievalPart[] {
  return PARTS.filter((part) => !kept.includes(part));
}

function listIds({ results }: SearchResponse): string[] {
  return [...new Set(results.flatMap(({ id, alike }) => [id, ...(alike ?? [])]))];
}
