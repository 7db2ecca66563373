import { ModelFailure } from '../domain/model-failure.ts';
import type { ChatModel, ChatReply } from '../ports.ts';

/** What all calls together took so far. */
export interface Spent {
  readonly calls: number;
  /** Absent when no endpoint counted. */
  readonly tokens?: NonNullable<ChatReply['tokens']>;
  /** Absent where no price is. */
  readonly cost?: number;
}

export interface MeteredChatModel extends ChatModel {
  spent(): Spent;
}

/**
 * The same model, counting what it takes: refusals cost as well. Every call ends with its signal, even when a driver
 * does not heed it, so that whoever asks several times keeps what came before.
 */
export function meterChatModel(model: ChatModel): MeteredChatModel {
  let calls = 0;
  const counted: NonNullable<ChatReply['tokens']>[] = [];
  const costs: number[] = [];
  return {
    name: model.name,
    async complete(request, signal) {
      signal.throwIfAborted();
      calls++;
      try {
        const reply = await untilGivenUp(model.complete(request, signal), signal);
        if (reply.tokens) counted.push(reply.tokens);
        if (reply.cost !== undefined) costs.push(reply.cost);
        return reply;
      } catch (error) {
        if (error instanceof ModelFailure && error.tokens) counted.push(error.tokens);
        if (error instanceof ModelFailure && error.cost !== undefined) costs.push(error.cost);
        throw error;
      }
    },
    spent: () => ({
      calls,
      ...(counted.length === 0
        ? {}
        : {
            tokens: { input: sum(counted.map(({ input }) => input)), output: sum(counted.map(({ output }) => output)) },
          }),
      ...(costs.length === 0 ? {} : { cost: sum(costs) }),
    }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function untilGivenUp<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // A driver that heeds the signal can tell what it tried: it goes first.
    giveUp = () => setImmediate(() => reject(signal.reason));
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (giveUp) signal.removeEventListener('abort', giveUp);
  }
}
