import type { App } from '../src/app.ts';
import type { Embedder } from '../src/ports.ts';
import { type Bm25, createBm25, fuseByReciprocalRank } from './baselines.ts';
import { createLangChainSearch, type LangChainSearch } from './langchain.ts';
import type { Question } from './questions.ts';
import { type Answer, type Ask, allBut, createAsk } from './search-service.ts';

/** `bm25` reproduces the figures known of these sets, `bm25-repeats` is the stronger way to read the same formula. */
export const SYSTEMS = ['bm25', 'bm25-repeats', 'langchain', 'dense', 'lexical', 'rrf', 'hybrid'] as const;
export type System = (typeof SYSTEMS)[number];

/** Everything that is asked the same questions, over the same documents. */
export interface Systems {
  readonly ask: Ask;
  readonly bm25: Bm25;
  readonly bm25Repeats: Bm25;
  readonly langchain: LangChainSearch;
}

export async function createSystems(
  documents: readonly { readonly id: string; readonly text: string }[],
  { app, embedder }: { readonly app: Pick<App, 'search'>; readonly embedder: Embedder },
): Promise<Systems> {
  return {
    ask: createAsk(app),
    bm25: createBm25(documents, { countsRepeats: false }),
    bm25Repeats: createBm25(documents, { countsRepeats: true }),
    langchain: await createLangChainSearch(documents, embedder),
  };
}

export type Rankings = Readonly<Record<System, readonly string[]>>;

/** What each system says to one question, and what the whole of ours said besides. */
export async function askAll(
  question: Question,
  systems: Systems,
): Promise<{ readonly rankings: Rankings; readonly answer: Answer }> {
  const { ask, bm25, bm25Repeats, langchain } = systems;
  const { text, isKnown = () => true } = question;
  const answer = await ask(question);
  const dense = await ask(question, allBut('dense'));
  const lexical = await ask(question, allBut('lexical'));
  const known = (ranked: readonly string[]) => ranked.filter(isKnown);
  const rankings = {
    bm25: known(bm25.rank(text).map(({ id }) => id)),
    'bm25-repeats': known(bm25Repeats.rank(text).map(({ id }) => id)),
    langchain: known(await langchain.rank(text)),
    dense: dense.ranked,
    lexical: lexical.ranked,
    rrf: fuseByReciprocalRank(dense.ranked, lexical.ranked),
    hybrid: answer.ranked,
  };
  return { rankings, answer };
}
