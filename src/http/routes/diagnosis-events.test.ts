import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnswerWatch, type FoundAnswer } from '../../answer-watch/answer-watch.ts';
import { createProgressBoard } from '../../answer-watch/progress-board.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { done, failed, pending } from '../../testing/diagnosis-builder.ts';
import { type Mounted, mount } from '../__fixtures__/mount.ts';
import { readProblem } from '../__fixtures__/serve.ts';
import { addDiagnosisEventRoutes, type DiagnosisEventParts } from './diagnosis-events.ts';

let served: Mounted | undefined;
afterEach(() => served?.[Symbol.asyncDispose]());

/** The route over an answer that a test changes; `left` counts watches that ended. */
async function open(first: FoundAnswer, over: Partial<DiagnosisEventParts> = {}) {
  const state = { found: first, watching: 0 };
  const board = createProgressBoard();
  const stopping = new AbortController();
  const answers = createAnswerWatch({
    board: {
      follow(id, onProgress) {
        state.watching++;
        const end = board.follow(id, onProgress);
        return () => {
          state.watching--;
          end();
        };
      },
    },
    getAnswer: async (id) => {
      if (id === 'none') throw new PrecedentError('not-found', 'there is no diagnosis none');
      return state.found;
    },
  });
  const parts = { answers, onFailure: () => {}, ...over };
  served = await mount((api) => addDiagnosisEventRoutes(api, parts, stopping.signal));
  return { state, board, stopping, url: `${served.url}/v1/diagnoses/one/events`, base: served.url };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

describe('the events of a diagnosis', () => {
  it('are its stages as they come, then the answer; then the stream ends', async () => {
    const { url, board, state } = await open({ record: pending('one') });
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    await until(() => state.watching === 1);
    board.report('one', { stage: 'retrieve', state: 'done', ms: 12 });
    state.found = { record: done('one', 'precedent') };
    board.done('one');
    const blocks = (await response.text()).split('\n\n');
    expect(blocks.slice(0, 2)).toEqual([
      'retry: 2000',
      'event: stage\ndata: {"stage":"retrieve","state":"done","ms":12}\nid: 1',
    ]);
    expect(blocks[2]).toMatch(/^event: done\ndata: \{"id":"one",.*\}\nid: end$/);
    expect(blocks.slice(3)).toEqual(['']);
    await until(() => state.watching === 0);
  });

  it('are the end alone where it is over, or the problem that it failed with', async () => {
    const { url, state } = await open({ record: done('one', 'precedent') });
    expect(await (await fetch(url)).text()).toMatch(/^retry: 2000\n\nevent: done\n/);
    state.found = { record: failed('one') };
    expect(await (await fetch(url)).text()).toMatch(
      /event: failed\ndata: \{"type":"urn:precedent:problem:index-unavailable",.*"status":503/,
    );
  });

  it('end for good for whoever had the last of them', async () => {
    const { url } = await open({ record: done('one', 'precedent') });
    expect((await fetch(url, { headers: { 'last-event-id': 'end' } })).status).toBe(204);
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(204);
  });

  it('keep the connection alive while nothing happens', async () => {
    const { url, state, board } = await open({ record: pending('one') }, { keepAliveMs: 10 });
    const response = await fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 60));
    state.found = { record: done('one', 'precedent') };
    board.done('one');
    expect((await response.text()).split(': still at work\n\n').length).toBeGreaterThan(2);
  });

  it('are a problem before the stream begins: unknown, or too many', async () => {
    const { base, url, state } = await open({ record: pending('one') }, { maxStreams: 1 });
    expect((await readProblem(await fetch(`${base}/v1/diagnoses/none/events`)))['status']).toBe(404);
    const first = await fetch(url);
    const second = await fetch(url);
    expect(second.headers.get('retry-after')).toBe('5');
    expect(await readProblem(second)).toMatchObject({ status: 503, type: 'urn:precedent:problem:overloaded' });
    await first.body?.cancel();
    await until(() => state.watching === 0);
    const third = await fetch(url);
    expect(third.status).toBe(200);
    await third.body?.cancel();
  });

  it('cost nothing any more once their reader is gone', async () => {
    const { url, state } = await open({ record: pending('one') });
    const leaving = new AbortController();
    await fetch(url, { signal: leaving.signal });
    await until(() => state.watching === 1);
    leaving.abort();
    await until(() => state.watching === 0);
  });

  it('end when the server is about to close, and their reader is asked to come back', async () => {
    const { url, state, stopping } = await open({ record: pending('one') });
    const warned = vi.fn();
    process.on('warning', warned);
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(url)));
    await until(() => state.watching === 20);
    stopping.abort();
    for (const response of responses) expect(await response.text()).toBe('retry: 2000\n\n');
    expect(state.watching).toBe(0);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it('leave a reader that reads nothing, so that its place is free', async () => {
    const { base, url, state, board, stopping } = await open(
      { record: pending('one') },
      { maxStreams: 1, graceMs: 20 },
    );
    const socket = connect(Number(new URL(base).port), '127.0.0.1').pause();
    socket.write(`GET ${new URL(url).pathname} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await until(() => state.watching === 1);
    for (let at = 0; at < 8; at++) board.report('one', { stage: 'x'.repeat(4 * 1024 * 1024), state: 'begun' });
    state.found = { record: done('one', 'precedent') };
    board.done('one');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await fetch(url)).status).toBe(503);
    stopping.abort();
    await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), { timeout: 5_000 });
    socket.destroy();
  });

  it('end where something breaks, and the log says what', async () => {
    const told: string[] = [];
    const { url, state, board } = await open({ record: pending('one') }, { onFailure: (what) => told.push(what) });
    const response = await fetch(url);
    await until(() => state.watching === 1);
    Object.defineProperty(state, 'found', {
      get: () => {
        throw new Error('broken');
      },
    });
    board.done('one');
    expect(await response.text()).toBe('retry: 2000\n\n');
    expect(told).toEqual(['stream diagnosis']);
  });
});
