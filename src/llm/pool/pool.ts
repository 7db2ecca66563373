import type { EndpointState, ModelBudget } from '../../domain/endpoint-state.ts';
import type { ChatModel, ChatReply, ChatRequest, Clock } from '../../ports.ts';
import { createLedger } from './budget.ts';
import { createEndpoint, type PoolEndpoint } from './endpoint.ts';
import { drawOrder, type PoolOrder } from './order.ts';
import { type Question, runThrough, toPoolFailure, toPoolReply } from './question.ts';
import { createWaiting, type Waiting } from './waiting.ts';

export type { PoolEndpoint, PoolOrder };

/** Several endpoints that look like one chat model, and say how they are. */
export interface ModelPool extends ChatModel {
  listStates(): EndpointState[];
}

export interface PoolPorts {
  readonly now: Clock;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** 0..1, without 1. */
  readonly random: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface PoolOptions {
  readonly order?: PoolOrder | undefined;
  /** After so long without an answer the next endpoint is asked as well; 0: never. */
  readonly hedgeMs?: number | undefined;
  /** Of all endpoints together. */
  readonly budget?: ModelBudget | undefined;
}

/**
 * Asks one endpoint after the other, each at most once for a question, until one answers or the caller's signal ends:
 * then at once. An endpoint that failed by its own fault is left alone for a while, and none is asked beyond its budget
 * or by more at a time than it has places. Every failure and every endpoint passed over is told: in the reply's
 * `attempts`, and when none answered in those of the ModelFailure that is thrown.
 */
export function createModelPool(
  listed: readonly PoolEndpoint[],
  ports: PoolPorts,
  { order = 'in-order', hedgeMs = 0, budget = {} }: PoolOptions = {},
): ModelPool {
  const waiting = createWaiting();
  const shared = createLedger(budget, ports.now);
  const endpoints = listed.map((endpoint) => createEndpoint(endpoint, { ...ports, shared, onFree: waiting.wake }));
  return {
    name: endpoints.map(({ name }) => name).join(', '),
    listStates: () => endpoints.map((endpoint) => endpoint.readState()),
    complete: async (request, signal) => {
      const question = toQuestion(request, drawOrder(endpoints, order, ports.random));
      const reply = await ask(question, waiting, { sleep: ports.sleep, hedgeMs }, signal);
      if (!reply) throw toPoolFailure(question, signal);
      return toPoolReply(question, reply);
    },
  };
}

export function isModelPool(model: ChatModel | undefined): model is ModelPool {
  return model !== undefined && 'listStates' in model;
}

function toQuestion(request: ChatRequest, rest: Question['rest']): Question {
  return { request, rest, attempts: [], failures: [] };
}

/** The first reply of one runner, or of two where a second one is let off later; the loser's request is ended. */
async function ask(
  question: Question,
  waiting: Waiting,
  { sleep, hedgeMs }: Pick<PoolPorts, 'sleep'> & { readonly hedgeMs: number },
  caller: AbortSignal,
): Promise<ChatReply | undefined> {
  const end = new AbortController();
  const follow = () => end.abort(caller.reason);
  if (caller.aborted) follow();
  else caller.addEventListener('abort', follow, { once: true });
  try {
    const first = runThrough(question, waiting, end.signal);
    if (hedgeMs === 0 || question.rest.length === 0) return await first;
    // The second one waits for no place: where all are taken, asking more would only make it worse.
    const isSlow = Promise.race([ended(sleep(hedgeMs, end.signal)), first.then(() => false)]);
    const second = isSlow.then((slow) => (slow ? runThrough(question, undefined, end.signal) : undefined));
    return await firstReply([first, second]);
  } finally {
    caller.removeEventListener('abort', follow);
    end.abort();
  }
}

function ended(time: Promise<void>): Promise<boolean> {
  return time.then(
    () => true,
    () => false,
  );
}

function firstReply(runners: readonly Promise<ChatReply | undefined>[]): Promise<ChatReply | undefined> {
  return new Promise((resolve, reject) => {
    for (const runner of runners) runner.then((reply) => reply && resolve(reply), reject);
    Promise.all(runners).then(() => resolve(undefined), reject);
  });
}
