import { expect, it } from 'vitest';
import { ModelFailure, ModelFailureKind } from '../../domain/model-failure.ts';
import type { ChatModel, ChatReply } from '../../ports.ts';
import { createModelPool, type PoolOrder } from './pool.ts';

const REQUEST = { system: 'be brief', user: 'what now?', temperature: 0.2 };
const FAILURES = ModelFailureKind.options;

/** The same numbers for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Answers, fails in some way, hangs until it is hung up on, or does not even heed that. */
function createMoody(name: string, random: () => number, onCount: (atWork: number) => void): ChatModel {
  let atWork = 0;
  const complete = (signal: AbortSignal) =>
    new Promise<ChatReply>((resolve, reject) => {
      onCount(++atWork);
      let isOver = false;
      const end = (settle: () => void) => {
        if (isOver) return;
        isOver = true;
        atWork--;
        settle();
      };
      const mood = random();
      const kind = FAILURES[Math.floor(random() * FAILURES.length)] ?? 'server';
      const hears = mood > 0.05;
      signal.addEventListener('abort', () => end(() => hears && reject(signal.reason)), { once: true });
      if (mood < 0.15) return;
      setTimeout(() => {
        if (mood < 0.5) end(() => reject(new ModelFailure(`${name}: ${kind}`, { kind })));
        else end(() => resolve({ text: name, model: name, tokens: { input: 1, output: 1 } }));
      }, random() * 4);
    });
  return { name, complete: (_request, signal) => complete(signal) };
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'every question ends, in an answer or with what was tried, and no place stays taken (seed %i)',
  async (seed) => {
    const random = createRandom(seed);
    let most = 0;
    const moody = (name: string) => createMoody(name, random, (atWork) => (most = Math.max(most, atWork)));
    const endpoints = ['a', 'b', 'c'].map((name) => ({
      chatModel: moody(name),
      model: name,
      timeoutMs: 40,
      concurrency: 3,
    }));
    const order: PoolOrder = seed % 2 === 0 ? 'weighted' : 'in-order';
    const start = performance.now();
    // A second of cool-down is over in ten milliseconds.
    const elapsed = () => (performance.now() - start) * 100;
    const sleep = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => [clearTimeout(timer), reject(signal.reason)], { once: true });
      });
    const ports = { now: () => new Date('2026-03-01T12:00:00Z'), elapsed, random, sleep };
    const pool = createModelPool(endpoints, ports, { order, hedgeMs: seed > 4 ? 2 : 0 });

    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async () => {
        await new Promise((resolve) => setTimeout(resolve, random() * 60));
        return pool
          .complete(REQUEST, AbortSignal.timeout(5 + Math.floor(random() * 40)))
          .catch((error: unknown) => error);
      }),
    );

    const failures = outcomes.filter((outcome) => outcome instanceof Error);
    expect(failures.every((error) => error instanceof ModelFailure && error.attempts.length > 0)).toBe(true);
    expect(outcomes.length - failures.length).toBeGreaterThan(0);
    for (const { attempts = [] } of outcomes as { attempts?: readonly { model: string }[] }[]) {
      // No endpoint is tried twice for one question.
      expect(new Set(attempts.map(({ model }) => model)).size).toBe(attempts.length);
    }
    expect(pool.listStates().map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
    expect(most).toBeLessThanOrEqual(3);
  },
);
