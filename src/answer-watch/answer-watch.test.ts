import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { done, failed, pending } from '../testing/diagnosis-builder.ts';
import { createAnswerWatch, type FoundAnswer, type WatchEvent } from './answer-watch.ts';
import { createProgressBoard } from './progress-board.ts';

const POLL = { first: 5, most: 20 };
const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'default',
  sender: 'alertmanager',
  groupKey: 'g',
  status: 'waiting',
  receivedAt: '2026-03-01T10:00:00.000Z',
  startedAt: '2026-03-01T10:00:00.000Z',
  alerts: { firing: 1, resolved: 0 },
};

/** A casebook of one id, which a test changes; `looks` counts how often it was asked. */
function open(first: FoundAnswer | Error, pollMs = POLL) {
  const state = { found: first, looks: 0 };
  const board = createProgressBoard();
  const watch = createAnswerWatch({
    board,
    pollMs,
    getAnswer: async (id) => {
      state.looks++;
      if (state.found instanceof Error) throw state.found;
      if (id !== 'one' && id !== 'o1') throw new PrecedentError('not-found', `there is no diagnosis ${id}`);
      return state.found;
    },
  });
  return { state, board, watch, signal: new AbortController() };
}

async function collect(events: AsyncIterable<WatchEvent>): Promise<string[]> {
  const told: string[] = [];
  for await (const event of events) {
    told.push(event.kind === 'stage' ? `${event.progress.stage} ${event.progress.state}` : event.kind);
  }
  return told;
}

describe('watching a diagnosis', () => {
  it('tells the stages that were and those that come, then the answer', async () => {
    const { state, board, watch, signal } = open({ record: pending('one') }, { first: 60_000, most: 60_000 });
    board.report('one', { stage: 'normalise', state: 'done', ms: 1 });
    const told = collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal));
    await new Promise((resolve) => setTimeout(resolve, 10));
    board.report('one', { stage: 'retrieve', state: 'begun' });
    board.report('two', { stage: 'score', state: 'begun' });
    state.found = { record: done('one', 'precedent') };
    board.report('one', { stage: 'retrieve', state: 'done', ms: 12 });
    board.done('one');
    expect(await told).toEqual(['normalise done', 'retrieve begun', 'retrieve done', 'done']);
  });

  it('ends at once where the answer is there already, or the failure', async () => {
    const { watch, signal, state } = open({ record: done('one', 'precedent') });
    expect(await collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal))).toEqual(['done']);
    state.found = { record: failed('one') };
    expect(await collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal))).toEqual(['failed']);
  });

  it('says that there is none before anything is watched', async () => {
    const { watch, signal } = open({ record: pending('one') });
    await expect(watch.watch('other', LOCAL_OPERATOR, signal.signal)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('sees what another process has done, asking less and less often', async () => {
    const { state, watch, signal } = open({ record: pending('one') });
    const told = collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal));
    await new Promise((resolve) => setTimeout(resolve, 120));
    // 5, 10, 20, 20 … ms: a dozen at most, where 5 ms each time would be two dozen.
    expect(state.looks).toBeLessThan(13);
    state.found = { record: done('one', 'precedent') };
    expect(await told).toEqual(['done']);
  });

  it('follows an occurrence to the diagnosis that comes to answer it', async () => {
    const { state, board, watch, signal } = open({ record: pending('o1'), occurrence });
    const told = collect(await watch.watch('o1', LOCAL_OPERATOR, signal.signal));
    state.found = { record: pending('o1'), occurrence: { ...occurrence, diagnosis: 'd9' } };
    await new Promise((resolve) => setTimeout(resolve, 60));
    board.report('d9', { stage: 'predict', state: 'done' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    state.found = { record: done('d9', 'precedent'), occurrence: { ...occurrence, diagnosis: 'd9' } };
    board.done('d9');
    expect(await told).toEqual(['predict done', 'done']);
  });

  it('outlasts a casebook that is away, and stops at any other mistake', async () => {
    const { state, watch, signal } = open({ record: pending('one') });
    const told = collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal));
    state.found = new PrecedentError('casebook-unavailable', 'the casebook is away');
    await new Promise((resolve) => setTimeout(resolve, 40));
    state.found = { record: done('one', 'precedent') };
    expect(await told).toEqual(['done']);
    state.found = { record: pending('one') };
    const broken = collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal));
    state.found = new Error('broken');
    await expect(broken).rejects.toThrow('broken');
  });

  it('stops asking as soon as nobody watches', async () => {
    const { state, board, watch, signal } = open({ record: pending('one') });
    const told = collect(await watch.watch('one', LOCAL_OPERATOR, signal.signal));
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal.abort();
    expect(await told).toEqual([]);
    const { looks } = state;
    board.report('one', { stage: 'score', state: 'begun' });
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(state.looks).toBe(looks);
  });
});

describe('waiting for a diagnosis', () => {
  it('ends with the answer', async () => {
    const { state, board, watch, signal } = open({ record: pending('one') }, { first: 60_000, most: 60_000 });
    const found = watch.waitFor('one', LOCAL_OPERATOR, 5_000, signal.signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
    state.found = { record: done('one', 'precedent') };
    board.done('one');
    expect((await found).record.status).toBe('done');
  });

  it('ends with what there is once the time is over, or the caller gone', async () => {
    const { watch, signal, state } = open({ record: pending('one') });
    expect((await watch.waitFor('one', LOCAL_OPERATOR, 30, signal.signal)).record.status).toBe('pending');
    const found = watch.waitFor('one', LOCAL_OPERATOR, 60_000, signal.signal);
    signal.abort();
    expect((await found).record.status).toBe('pending');
    const { looks } = state;
    expect((await watch.waitFor('one', LOCAL_OPERATOR, 0, signal.signal)).record.status).toBe('pending');
    expect(state.looks).toBe(looks + 1);
  });
});

describe('the board', () => {
  it('forgets what is done, and of what was never done the oldest', () => {
    const board = createProgressBoard(2);
    const stagesOf = (id: string) => {
      const told: string[] = [];
      board.follow(id, (progress) => told.push(progress?.stage ?? '(over)'))();
      return told;
    };
    for (const id of ['a', 'b', 'c']) board.report(id, { stage: 'score', state: 'done' });
    expect([stagesOf('a'), stagesOf('b'), stagesOf('c')]).toEqual([[], ['score'], ['score']]);
    board.done('b');
    expect(stagesOf('b')).toEqual([]);
  });
});
