import type { EndpointState, ModelBudget } from '../../domain/endpoint-state.ts';
import { ModelFailure } from '../../domain/model-failure.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { ChatModel, ChatReply, ChatRequest, Clock } from '../../ports.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { costOf, createLedger, joinLedgers, type Ledger, type Prices, type Tokens } from './budget.ts';
import { type Circuit, createCircuit } from './circuit.ts';
import { kindOf, takenInVain, toFailure } from './failed-call.ts';

/** Requests of this process that one endpoint works on side by side. */
export const DEFAULT_CONCURRENCY = 8;

export interface PoolEndpoint {
  /** Its name is the endpoint's; it ends a request that takes longer than `timeoutMs` by itself. */
  readonly chatModel: ChatModel;
  readonly model: string;
  readonly timeoutMs: number;
  /** Against those of the others, where they are drawn by weight. */
  readonly weight?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly budget?: ModelBudget | undefined;
  /** Absent: free. */
  readonly prices?: Prices | undefined;
}

/** An endpoint with everything that decides whether it is asked. */
export interface Endpoint {
  readonly name: string;
  readonly weight: number;
  /** Why it is not to be asked now, as a clause; undefined when it may. */
  findRefusal(request: ChatRequest): string | undefined;
  /** A place is free. One that comes back from a cool-down has a single one, until it has answered. */
  hasRoom(): boolean;
  /** Takes a place; it is free again when the request has been run, whatever comes of it. Throws ModelFailure. */
  begin(request: ChatRequest): (signal: AbortSignal) => Promise<ChatReply>;
  readState(): EndpointState;
}

export interface EndpointPorts {
  readonly now: Clock;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  readonly random: () => number;
  /** What all endpoints use together. */
  readonly shared: Ledger;
  readonly onFree: () => void;
}

interface Parts {
  readonly options: PoolEndpoint;
  readonly ports: EndpointPorts;
  readonly ledger: Ledger;
  readonly circuit: Circuit;
  /** `coolUntil` is worked out once: two clocks read at two moments would tell one moment in two ways. */
  readonly seen: { inFlight: number; coolUntil?: string; lastFailure?: NonNullable<EndpointState['lastFailure']> };
}

export function createEndpoint(options: PoolEndpoint, ports: EndpointPorts): Endpoint {
  const parts: Parts = {
    options,
    ports,
    ledger: joinLedgers(createLedger(options.budget ?? {}, ports.now), ports.shared),
    circuit: createCircuit(ports.random),
    seen: { inFlight: 0 },
  };
  const { circuit, seen } = parts;
  const { chatModel, concurrency = DEFAULT_CONCURRENCY, weight = 1 } = options;
  return {
    name: chatModel.name,
    weight,
    findRefusal: (request) => findRefusal(parts, request),
    hasRoom: () => seen.inFlight < (circuit.state(ports.elapsed()) === 'closed' ? concurrency : 1),
    begin: (request) => begin(parts, request),
    readState: () => readState(parts),
  };
}

function findRefusal({ options, ports, ledger, circuit, seen }: Parts, request: ChatRequest): string | undefined {
  const now = ports.elapsed();
  if (circuit.state(now) === 'open')
    return `it is left alone until ${seen.coolUntil} (last failure: ${seen.lastFailure?.kind})`;
  const tokens = estimatePrompt(request);
  return ledger.findRefusal(tokens, options.prices && costOf(tokens, options.prices));
}

function begin(parts: Parts, request: ChatRequest): (signal: AbortSignal) => Promise<ChatReply> {
  const { options, ports, ledger, circuit, seen } = parts;
  const { chatModel, prices } = options;
  const prompt = estimatePrompt(request);
  const book = ledger.reserve(prompt, costOf(prompt, prices));
  seen.inFlight += 1;
  return async (signal) => {
    const startedAt = ports.elapsed();
    let taken: Tokens = prompt;
    try {
      const reply = await untilAborted(chatModel.complete(request, signal), signal);
      // Some endpoints do not count: then their words are.
      taken = reply.tokens ?? { input: prompt.input, output: estimateTokens(reply.text) };
      circuit.succeed(startedAt);
      return prices ? { ...reply, cost: costOf(taken, prices) } : reply;
    } catch (error) {
      const failure = toFailure(error, chatModel.name, signal);
      taken = takenInVain(failure, prompt);
      noteFailure(parts, failure, startedAt, signal);
      throw withCost(failure, prices);
    } finally {
      book(taken, costOf(taken, prices));
      seen.inFlight -= 1;
      ports.onFree();
    }
  };
}

/** A refusal that the endpoint counted is paid for. */
function withCost(failure: ModelFailure, prices: Prices | undefined): ModelFailure {
  if (!failure.tokens || !prices) return failure;
  return new ModelFailure(failure.message, { ...failure, cost: costOf(failure.tokens, prices) });
}

function noteFailure(
  { options: { timeoutMs }, ports, circuit, seen }: Parts,
  failure: ModelFailure,
  startedAt: number,
  signal: AbortSignal,
): void {
  const now = ports.elapsed();
  const kind = kindOf(failure, { ms: now - startedAt, timeoutMs }, signal);
  circuit.fail({ kind, retryAfterMs: failure.retryAfterMs }, { startedAt, now });
  const remainingMs = circuit.remainingMs(now);
  if (remainingMs > 0) seen.coolUntil = new Date(ports.now().getTime() + Math.ceil(remainingMs)).toISOString();
  if (kind !== 'cancelled') seen.lastFailure = { at: ports.now().toISOString(), kind, reason: failure.message };
}

function readState({ options, ports, ledger, circuit, seen }: Parts): EndpointState {
  const state = circuit.state(ports.elapsed());
  const used = ledger.usedToday();
  return {
    name: options.chatModel.name,
    model: options.model,
    state,
    ...(state === 'open' && seen.coolUntil ? { coolUntil: seen.coolUntil } : {}),
    inFlight: seen.inFlight,
    tokensToday: used.tokens,
    costToday: used.cost,
    budget: options.budget ?? {},
    ...(seen.lastFailure ? { lastFailure: seen.lastFailure } : {}),
  };
}

function estimatePrompt({ system, user }: ChatRequest): Tokens {
  return { input: estimateTokens(system) + estimateTokens(user), output: 0 };
}
