import type { AskObserver } from '../asker.ts';
import type { AskAnswer } from '../domain/ask.ts';

/** What is told of an answer while it comes to be. */
export interface AskEvent {
  readonly name: 'sources' | 'sentence' | 'done' | 'failed';
  readonly data: unknown;
}

/** The answer as events: what was found, each sentence, all of it. Throws what asking throws, after what came before. */
export async function* openAskEvents(
  ask: (observer: AskObserver) => Promise<AskAnswer>,
): AsyncGenerator<AskEvent, void> {
  const waiting: AskEvent[] = [];
  let wake = () => {};
  const push = (event: AskEvent) => {
    waiting.push(event);
    wake();
  };
  let isOver = false;
  const answered = ask({
    onSources: (sources) => push({ name: 'sources', data: sources }),
    onSentence: (sentence) => push({ name: 'sentence', data: sentence }),
  }).finally(() => {
    isOver = true;
    wake();
  });
  // Whoever reads to the end sees the failure; nobody else must stumble over it.
  answered.catch(() => {});
  while (!isOver || waiting.length > 0) {
    const event = waiting.shift();
    if (event) yield event;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isOver || waiting.length > 0) resolve();
      });
  }
  yield { name: 'done', data: await answered };
}
