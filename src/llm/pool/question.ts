import { type Attempt, ModelFailure } from '../../domain/model-failure.ts';
import type { ChatReply, ChatRequest } from '../../ports.ts';
import type { Endpoint } from './endpoint.ts';
import { whyAborted } from './failed-call.ts';
import type { Waiting } from './waiting.ts';

/** One question on its way through the endpoints. */
export interface Question {
  readonly request: ChatRequest;
  /** Endpoints in their order that are still to be tried; each is tried once. */
  readonly rest: Endpoint[];
  readonly attempts: Attempt[];
  readonly failures: ModelFailure[];
}

/**
 * Asks one endpoint after the other until one answers; undefined when none has, or when nobody waits any more. Several
 * runners may share a question: each takes the next endpoint from the same list.
 */
export async function runThrough(
  question: Question,
  waiting: Waiting | undefined,
  signal: AbortSignal,
): Promise<ChatReply | undefined> {
  while (!signal.aborted) {
    const run = takeFree(question);
    if (run === 'none') return undefined;
    if (run === 'busy') {
      if (!waiting) return undefined;
      await waiting.wait(signal).catch(() => undefined);
    } else {
      const reply = await run(signal);
      if (reply) return reply;
    }
  }
  return undefined;
}

type Run = (signal: AbortSignal) => Promise<ChatReply | undefined>;

/** The first endpoint that may be asked and has room; those before it that may not be asked are passed over for good. */
function takeFree(question: Question): Run | 'busy' | 'none' {
  const { rest, request } = question;
  for (const endpoint of [...rest]) {
    const refusal = endpoint.findRefusal(request);
    if (refusal !== undefined) {
      rest.splice(rest.indexOf(endpoint), 1);
      noteFailure(question, endpoint, notAsked(endpoint, refusal));
    } else if (endpoint.hasRoom()) {
      rest.splice(rest.indexOf(endpoint), 1);
      return runOf(question, endpoint);
    }
  }
  return rest.length > 0 ? 'busy' : 'none';
}

function runOf(question: Question, endpoint: Endpoint): Run {
  const run = endpoint.begin(question.request);
  return async (signal) => {
    try {
      return await run(signal);
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      noteFailure(question, endpoint, error);
      return undefined;
    }
  };
}

function noteFailure({ attempts, failures }: Question, { name }: Endpoint, failure: ModelFailure): void {
  attempts.push({ model: name, reason: failure.message });
  failures.push(failure);
}

function notAsked({ name }: Endpoint, reason: string): ModelFailure {
  return new ModelFailure(`The LLM ${name} was not asked: ${reason}.`, { kind: 'not-asked' });
}

/** What the caller is told when no endpoint has answered. */
export function toPoolFailure(question: Question, signal: AbortSignal): ModelFailure {
  if (signal.aborted) {
    for (const endpoint of question.rest) {
      const wasBusy = endpoint.hasRoom() ? '' : 'all its places are taken, and ';
      noteFailure(question, endpoint, notAsked(endpoint, `${wasBusy}${whyAborted(signal)}`));
    }
  }
  const { attempts, failures } = question;
  const last = failures.at(-1);
  const kind = signal.aborted ? 'cancelled' : (last?.kind ?? 'not-asked');
  const reasons = attempts.map(({ reason }) => reason).join(' ');
  const message = attempts.length === 1 ? reasons : `None of ${attempts.length} LLMs answered. ${reasons}`;
  const spent = sumSpent(failures);
  return new ModelFailure(message, {
    kind,
    status: last?.status,
    retryAfterMs: last?.retryAfterMs,
    ...spent,
    attempts,
  });
}

type Spent = Pick<ChatReply, 'tokens' | 'cost'>;

/** The reply with all that the question took: refusals before it are paid for as well. */
export function toPoolReply({ attempts, failures }: Question, reply: ChatReply): ChatReply {
  return attempts.length === 0 ? reply : { ...reply, ...sumSpent([...failures, reply]), attempts: [...attempts] };
}

/** Without what nobody counted. */
function sumSpent(parts: readonly (Spent | ModelFailure)[]): Spent {
  const counted = parts.flatMap(({ tokens }) => tokens ?? []);
  const costs = parts.flatMap(({ cost }) => cost ?? []);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    ...(counted.length === 0
      ? {}
      : {
          tokens: { input: sum(counted.map(({ input }) => input)), output: sum(counted.map(({ output }) => output)) },
        }),
    ...(costs.length === 0 ? {} : { cost: sum(costs) }),
  };
}
