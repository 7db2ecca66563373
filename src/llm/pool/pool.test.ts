import { describe, expect, it } from 'vitest';
import { ModelFailure } from '../../domain/model-failure.ts';
import type { ChatModel, ChatReply } from '../../ports.ts';
import { createModelPool, isModelPool, type PoolEndpoint, type PoolOptions, type PoolPorts } from './pool.ts';

const REQUEST = { system: 'be brief', user: 'what now?', temperature: 0.2 };
const NEVER = new AbortController().signal;

/** An endpoint of which the test says when and how each request ends. */
interface Puppet {
  readonly chatModel: ChatModel;
  readonly signals: AbortSignal[];
  answer(reply?: Partial<ChatReply>, counts?: 'uncounted'): Promise<void>;
  fail(details?: ConstructorParameters<typeof ModelFailure>[1]): Promise<void>;
  /** Requests that have not ended. */
  count(): number;
}

function createPuppet(name: string): Puppet {
  const calls: { resolve: (reply: ChatReply) => void; reject: (error: unknown) => void }[] = [];
  const signals: AbortSignal[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    chatModel: {
      name,
      complete: (_request, signal) => {
        signals.push(signal);
        return new Promise((resolve, reject) => calls.push({ resolve, reject }));
      },
    },
    signals,
    answer: (reply, counts) => {
      const tokens = counts === 'uncounted' ? {} : { tokens: { input: 100, output: 20 } };
      calls.shift()?.resolve({ text: `I am ${name}`, model: name, ...tokens, ...reply });
      return settled();
    },
    fail: (details = { kind: 'server' }) => {
      calls.shift()?.reject(new ModelFailure(`The LLM ${name} gave no answer: ${details.kind}.`, details));
      return settled();
    },
    count: () => calls.length,
  };
}

/** A clock that moves when told, and a sleep that ends when it has moved so far. */
function createTime() {
  let ms = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const ports: PoolPorts = {
    now: () => new Date(Date.UTC(2026, 2, 1, 12) + ms),
    elapsed: () => ms,
    random: () => 1 - Number.EPSILON,
    sleep: (duration, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: ms + duration, wake: resolve });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const pass = async (duration: number) => {
    ms += duration;
    for (const sleeper of sleepers) if (sleeper.at <= ms) sleeper.wake();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { ports, pass };
}

function createPool(options: PoolOptions = {}, ...listed: readonly Partial<PoolEndpoint>[]) {
  const time = createTime();
  const puppets = (listed.length > 0 ? listed : [{}, {}]).map((_, at) => createPuppet('abc'[at] ?? ''));
  const endpoints = puppets.map(({ chatModel }, at) => ({ chatModel, model: 'm', timeoutMs: 1_000, ...listed[at] }));
  const pool = createModelPool(endpoints, time.ports, options);
  const [a, b] = puppets;
  if (!a) throw new Error('a pool has an endpoint');
  return { ...time, pool, a, b: b ?? a };
}

async function failureOf(asked: Promise<ChatReply>): Promise<ModelFailure> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`expected a ModelFailure, not ${String(error)}`);
  return error;
}

describe('one endpoint', () => {
  it('is a chat model as before: its name, its reply, its reason', async () => {
    const { pool, a } = createPool({}, {});
    expect(pool.name).toBe('a');
    expect(isModelPool(pool)).toBe(true);
    const asked = pool.complete(REQUEST, NEVER);
    await a.answer();
    expect(await asked).toEqual({ text: 'I am a', model: 'a', tokens: { input: 100, output: 20 } });
    const failing = failureOf(pool.complete(REQUEST, NEVER));
    await a.fail();
    const reason = 'The LLM a gave no answer: server.';
    expect(await failing).toMatchObject({ message: reason, kind: 'server', attempts: [{ model: 'a', reason }] });
  });

  it('that throws what nobody foresaw is told without its words, which may quote the prompt', async () => {
    const chatModel = { name: 'odd', complete: () => Promise.reject(new TypeError('cannot send Bearer canary')) };
    const pool = createModelPool([{ chatModel, model: 'm', timeoutMs: 1_000 }], createTime().ports);
    const { message } = await failureOf(pool.complete(REQUEST, NEVER));
    expect(message).toBe('The LLM odd gave no answer: an unexpected error (TypeError).');
  });
});

describe('the next endpoint', () => {
  it.each(['refused', 'context', 'auth', 'server', 'rate-limit'] as const)(
    'is asked when one fails (%s), each once, and the failure is told with the reply',
    async (kind) => {
      const { pool, a, b } = createPool();
      const asked = pool.complete(REQUEST, NEVER);
      await a.fail({ kind });
      await b.answer();
      const reason = `The LLM a gave no answer: ${kind}.`;
      expect(await asked).toMatchObject({ text: 'I am b', attempts: [{ model: 'a', reason }] });
      expect([a.signals.length, b.signals.length]).toEqual([1, 1]);
    },
  );

  it('is all there is when one cools down; when none is left that is said at once', async () => {
    const { pool, a, b } = createPool();
    const first = pool.complete(REQUEST, NEVER);
    await a.fail({ kind: 'rate-limit', retryAfterMs: 20_000 });
    await b.answer();
    await first;
    const second = failureOf(pool.complete(REQUEST, NEVER));
    await b.fail();
    const { attempts } = await second;
    expect(attempts.map(({ model }) => model)).toEqual(['a', 'b']);
    expect(attempts[0]?.reason).toBe(
      'The LLM a was not asked: it is left alone until 2026-03-01T12:00:20.000Z (last failure: rate-limit).',
    );
    const third = await failureOf(pool.complete(REQUEST, NEVER));
    expect(third).toMatchObject({ kind: 'not-asked', code: 'llm-unavailable', isRetryable: true });
    expect(third.message).toMatch(/^None of 2 LLMs answered\. The LLM a was not asked: .+ The LLM b was not asked: /);
  });
});

it('refusals tell together what they took', async () => {
  const { pool, a, b } = createPool();
  const asked = failureOf(pool.complete(REQUEST, NEVER));
  await a.fail({ kind: 'refused', tokens: { input: 70, output: 7 } });
  await b.fail({ kind: 'refused', tokens: { input: 60, output: 6 } });
  expect((await asked).tokens).toEqual({ input: 130, output: 13 });
});

it('an answer tells what refusals before it took, too', async () => {
  const { pool, a, b } = createPool({}, { prices: { input: 10_000 } }, { prices: { input: 20_000 } });
  const asked = pool.complete(REQUEST, NEVER);
  await a.fail({ kind: 'refused', tokens: { input: 700, output: 7 } });
  await b.answer();
  expect(await asked).toMatchObject({ tokens: { input: 800, output: 27 }, cost: 9 });
});

it('a refusal tells its cost', async () => {
  const { pool, a } = createPool({}, { prices: { input: 10_000 } });
  const asked = failureOf(pool.complete(REQUEST, NEVER));
  await a.fail({ kind: 'refused', tokens: { input: 700, output: 7 } });
  expect((await asked).cost).toBe(7);
});

it('whoever is passed over for the same reason is told so in the same words, a moment later too', async () => {
  const { pool, a, b, pass, ports } = createPool();
  const first = pool.complete(REQUEST, NEVER);
  await a.fail({ kind: 'rate-limit', retryAfterMs: 30_000 });
  await b.answer();
  await first;
  const reasons = [];
  for (let moment = 0; moment < 2; moment++) {
    const asked = pool.complete(REQUEST, NEVER);
    await b.answer();
    reasons.push((await asked).attempts?.[0]?.reason);
    await pass(0.7);
  }
  expect(reasons[0]).toBe(reasons[1]);
  expect(Date.parse(pool.listStates()[0]?.coolUntil ?? '')).toBeGreaterThanOrEqual(ports.now().getTime() + 29_999);
});

describe('an endpoint that has cooled down', () => {
  it('is tried by one request while the others go on to the next; its answer closes it', async () => {
    const { pool, a, b, pass } = createPool();
    const first = pool.complete(REQUEST, NEVER);
    await a.fail();
    await b.answer();
    await first;
    await pass(1_000);
    expect(pool.listStates()[0]).toMatchObject({ state: 'half-open', lastFailure: { kind: 'server' } });
    const probe = pool.complete(REQUEST, NEVER);
    const other = pool.complete(REQUEST, NEVER);
    expect([a.count(), b.count()]).toEqual([1, 1]);
    await a.answer();
    await b.answer();
    expect((await probe).text).toBe('I am a');
    expect(await other).toEqual(expect.not.objectContaining({ attempts: expect.anything() }));
    expect(pool.listStates()[0]?.state).toBe('closed');
  });

  it('is waited for where there is no other', async () => {
    const { pool, a, pass } = createPool({}, {});
    const first = failureOf(pool.complete(REQUEST, NEVER));
    await a.fail();
    await first;
    await pass(1_000);
    const [probe, other] = [pool.complete(REQUEST, NEVER), pool.complete(REQUEST, NEVER)];
    expect(a.count()).toBe(1);
    await a.answer();
    expect(a.count()).toBe(1);
    await a.answer();
    expect((await Promise.all([probe, other])).map(({ text }) => text)).toEqual(['I am a', 'I am a']);
  });

  it('that fails again is left alone for longer, also by those who waited', async () => {
    const { pool, a, pass } = createPool({}, {});
    const first = failureOf(pool.complete(REQUEST, NEVER));
    await a.fail();
    await first;
    await pass(1_000);
    const [probe, other] = [failureOf(pool.complete(REQUEST, NEVER)), failureOf(pool.complete(REQUEST, NEVER))];
    await a.fail();
    expect((await probe).kind).toBe('server');
    expect((await other).kind).toBe('not-asked');
    expect(pool.listStates()[0]).toMatchObject({ state: 'open', coolUntil: '2026-03-01T12:00:03.000Z' });
  });
});

describe('the places of an endpoint', () => {
  it('are never exceeded: the next one is asked, and when all are taken the first who waits comes first', async () => {
    const { pool, a, b } = createPool({}, { concurrency: 2 }, { concurrency: 1 });
    const asked = Array.from({ length: 5 }, () => pool.complete(REQUEST, NEVER));
    expect([a.count(), b.count()]).toEqual([2, 1]);
    expect(pool.listStates().map(({ inFlight }) => inFlight)).toEqual([2, 1]);
    await b.answer({ text: 'third' });
    expect([a.count(), b.count()]).toEqual([2, 1]);
    await a.answer({ text: 'first' });
    await a.answer({ text: 'second' });
    await b.answer({ text: 'fourth' });
    await a.answer({ text: 'fifth' });
    const replies = await Promise.all(asked);
    expect(replies.map(({ text }) => text)).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
    expect(replies.every(({ attempts }) => attempts === undefined)).toBe(true);
    expect(pool.listStates().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('that stay taken until the deadline are told', async () => {
    const { pool, a } = createPool({}, { concurrency: 1 });
    const first = pool.complete(REQUEST, NEVER);
    const controller = new AbortController();
    const second = failureOf(pool.complete(REQUEST, controller.signal));
    controller.abort(new DOMException('late', 'TimeoutError'));
    expect((await second).message).toBe(
      'The LLM a was not asked: all its places are taken, and the deadline has passed.',
    );
    await a.answer();
    expect((await first).text).toBe('I am a');
    expect(a.signals).toHaveLength(1);
  });
});

describe('a budget', () => {
  it('that is used up sends to the next endpoint, with the reason, until midnight', async () => {
    const { pool, a, b, pass } = createPool({}, { budget: { maxTokens: 100 } }, {});
    const first = pool.complete(REQUEST, NEVER);
    await a.answer();
    await first;
    expect(pool.listStates()[0]).toMatchObject({ tokensToday: 120, budget: { maxTokens: 100 }, state: 'closed' });
    const second = pool.complete(REQUEST, NEVER);
    await b.answer();
    const reason = 'The LLM a was not asked: of 100 tokens a day 120 are used, and this request needs 5 more.';
    expect((await second).attempts).toEqual([{ model: 'a', reason }]);
    await pass(12 * 3_600_000);
    pool.complete(REQUEST, NEVER);
    expect([a.count(), b.count()]).toEqual([1, 0]);
  });

  it('of money is counted by the prices, and told with each reply', async () => {
    const { pool, a } = createPool({}, { prices: { input: 10_000, output: 50_000 }, budget: { maxCost: 2 } });
    const asked = pool.complete(REQUEST, NEVER);
    await a.answer();
    expect((await asked).cost).toBe(2);
    expect(pool.listStates()[0]?.costToday).toBe(2);
    expect((await failureOf(pool.complete(REQUEST, NEVER))).message).toMatch(/of 2\.00 a day 2\.00 are spent/);
  });

  it('of all endpoints together stops them all', async () => {
    const { pool, a } = createPool({ budget: { maxTokens: 100 } });
    const asked = pool.complete(REQUEST, NEVER);
    await a.answer();
    await asked;
    const { attempts } = await failureOf(pool.complete(REQUEST, NEVER));
    expect(attempts.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/a was not asked: over all endpoints of 100 tokens/),
      expect.stringMatching(/b was not asked: over all endpoints of 100 tokens/),
    ]);
  });

  it.each([
    ['an answer that nobody counted', 'answer', undefined, 8],
    ['a refusal that was counted', 'fail', { kind: 'refused', tokens: { input: 70, output: 7 } }, 77],
    ['an answer that came too late', 'fail', { kind: 'timeout' }, 5],
    ['a request that was turned away', 'fail', { kind: 'rate-limit', status: 429 }, 0],
    ['a server that nobody reached', 'fail', { kind: 'network' }, 0],
  ] as const)('counts %s', async (_, how, details, tokens) => {
    const { pool, a } = createPool({}, {});
    const asked = pool.complete(REQUEST, NEVER).catch(() => undefined);
    await (how === 'fail' ? a.fail(details) : a.answer({ text: 'twelve chars' }, 'uncounted'));
    await asked;
    expect(pool.listStates()[0]?.tokensToday).toBe(tokens);
  });
});

describe('hedging', () => {
  it('is off unless it is asked for', async () => {
    const { pool, a, b, pass } = createPool();
    pool.complete(REQUEST, NEVER);
    await pass(600_000);
    expect([a.count(), b.count()]).toEqual([1, 0]);
  });

  it('asks a second endpoint when the first takes too long; the first answer counts, the other request is ended', async () => {
    const { pool, a, b, pass } = createPool({ hedgeMs: 500 });
    const asked = pool.complete(REQUEST, NEVER);
    await pass(499);
    expect(b.count()).toBe(0);
    await pass(1);
    expect(b.count()).toBe(1);
    await b.answer();
    expect((await asked).text).toBe('I am b');
    expect([a.signals[0]?.aborted, b.signals.length]).toEqual([true, 1]);
    expect(pool.listStates()[0]).toMatchObject({ state: 'closed', inFlight: 0 });
    expect(pool.listStates()[0]).not.toHaveProperty('lastFailure');
  });

  it('does not ask twice what has already failed over, and never more than two at a time', async () => {
    const { pool, a, b, pass } = createPool({ hedgeMs: 500 }, {}, {}, {});
    const asked = pool.complete(REQUEST, NEVER);
    await a.fail();
    expect(b.count()).toBe(1);
    await pass(500);
    await pass(5_000);
    await b.answer();
    expect((await asked).attempts).toHaveLength(1);
    expect([a.signals.length, b.signals.length]).toEqual([1, 1]);
  });

  it('waits for no place', async () => {
    const { pool, a, b, pass } = createPool({ hedgeMs: 500 }, { concurrency: 1 }, { concurrency: 1 });
    const asked = [pool.complete(REQUEST, NEVER), pool.complete(REQUEST, NEVER)];
    await pass(500);
    expect([a.count(), b.count()]).toEqual([1, 1]);
    await b.answer();
    await a.answer();
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(['I am a', 'I am b']);
  });

  it('fails with both when both fail', async () => {
    const { pool, a, b, pass } = createPool({ hedgeMs: 500 });
    const asked = failureOf(pool.complete(REQUEST, NEVER));
    await pass(500);
    await b.fail();
    await a.fail();
    expect((await asked).attempts.map(({ model }) => model)).toEqual(['b', 'a']);
  });
});

describe("the caller's signal", () => {
  it('tells of endpoints that there was no time for', async () => {
    const { pool } = createPool();
    const controller = new AbortController();
    const asked = failureOf(pool.complete(REQUEST, controller.signal));
    controller.abort(new DOMException('late', 'TimeoutError'));
    expect((await asked).attempts.map(({ reason }) => reason)).toEqual([
      'The LLM a gave no answer: the deadline has passed.',
      'The LLM b was not asked: the deadline has passed.',
    ]);
  });

  it.each([
    ['TimeoutError', 'the deadline has passed'],
    ['AbortError', 'the request was cancelled'],
  ])('ends everything at once, also with an endpoint that does not heed it: %s', async (name, why) => {
    const { pool, a, b } = createPool();
    const controller = new AbortController();
    const asked = failureOf(pool.complete(REQUEST, controller.signal));
    await a.fail();
    controller.abort(new DOMException('enough', name));
    const error = await asked;
    expect(error.kind).toBe('cancelled');
    expect(error.attempts.slice(1)).toEqual([{ model: 'b', reason: `The LLM b gave no answer: ${why}.` }]);
    expect([b.signals[0]?.aborted, pool.listStates()[1]?.inFlight]).toEqual([true, 0]);
  });

  it('that has already ended asks nobody', async () => {
    const { pool, a } = createPool();
    expect((await failureOf(pool.complete(REQUEST, AbortSignal.abort()))).kind).toBe('cancelled');
    expect(a.signals).toEqual([]);
  });

  it('as a deadline shows an endpoint that hangs, and blames none that was asked late', async () => {
    for (const [ms, state] of [
      [500, 'open'],
      [499, 'closed'],
    ] as const) {
      const { pool, pass } = createPool({}, {});
      const controller = new AbortController();
      const asked = failureOf(pool.complete(REQUEST, controller.signal));
      await pass(ms);
      controller.abort(new DOMException('late', 'TimeoutError'));
      await asked;
      expect(pool.listStates()[0]?.state).toBe(state);
    }
  });
});
