import { afterEach, describe, expect, it } from 'vitest';
import { createAnswerWatch, type FoundAnswer } from '../../answer-watch/answer-watch.ts';
import { createProgressBoard } from '../../answer-watch/progress-board.ts';
import { DiagnosisAnswer } from '../../domain/diagnosis-answer.ts';
import { PrecedentError } from '../../domain/errors.ts';
import type { Occurrence, ReusedAnswer } from '../../domain/occurrence.ts';
import { done, failed, pending } from '../../testing/diagnosis-builder.ts';
import { type Mounted, mount } from '../__fixtures__/mount.ts';
import { postJson, readProblem } from '../__fixtures__/serve.ts';
import { addDiagnosisRoutes, type DiagnosisParts } from './diagnoses.ts';

const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'default',
  sender: 'alertmanager',
  groupKey: 'g',
  status: 'answered',
  because: 'identical',
  diagnosis: 'one',
  receivedAt: '2026-03-01T10:12:00.000Z',
  startedAt: '2026-03-01T10:12:00.000Z',
  alerts: { firing: 1, resolved: 0 },
};
const reused: ReusedAnswer = {
  because: 'identical',
  diagnosis: 'one',
  diagnosedAt: '2026-03-01T10:00:00.000Z',
  ageSeconds: 720,
  text: 'Answered 12 minutes before, for the same situation.',
};

let served: Mounted | undefined;
afterEach(() => served?.[Symbol.asyncDispose]());

type Submitted = Parameters<DiagnosisParts['desk']['submit']>[1];

/** The routes over answers that a test changes; `stopping` is the server about to close. */
async function open(first: FoundAnswer) {
  const state: { found: FoundAnswer; submitted: Submitted[] } = { found: first, submitted: [] };
  const board = createProgressBoard();
  const stopping = new AbortController();
  const answers = createAnswerWatch({
    board,
    getAnswer: async (id) => {
      if (id === 'none') throw new PrecedentError('not-found', 'there is no diagnosis none');
      return state.found;
    },
  });
  const parts: Partial<DiagnosisParts> = {
    answers,
    desk: {
      async submit(_question, options) {
        state.submitted.push(options);
        return done('one', 'precedent');
      },
    },
    // Of the configuration the routes read these; a question without windows of spans needs no reader of traces.
    config: {
      timeBudgetMs: 10_000,
      maxBodyBytes: 10_000,
      publicUrl: 'https://precedent.example.com/',
    } as DiagnosisParts['config'],
  };
  served = await mount((api) => addDiagnosisRoutes(api, parts as DiagnosisParts, stopping.signal));
  return { state, board, stopping, url: `${served.url}/v1/diagnoses` };
}

describe('a diagnosis that is looked at', () => {
  it('has a tag by which whoever has it is told so', async () => {
    const { url, state } = await open({ record: done('one', 'precedent') });
    const first = await fetch(`${url}/one`);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await fetch(`${url}/one`, { headers: { 'if-none-match': known } });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, tag, '']);
    }
    const resolved = { ...occurrence, status: 'answered' as const, resolvedAt: '2026-03-01T10:30:00.000Z' };
    state.found = { ...state.found, occurrence: resolved };
    const changed = await fetch(`${url}/one`, { headers: { 'if-none-match': tag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('says for which alerts it stands, and whose answer it is', async () => {
    const { url } = await open({ record: done('one', 'precedent'), occurrence, reused });
    const answer = DiagnosisAnswer.parse(await (await fetch(`${url}/o1`)).json());
    expect(answer).toMatchObject({ id: 'one', occurrence, reused });
  });

  it('is plain text for a ticket where that is asked for, with a tag of its own', async () => {
    const { url } = await open({ record: done('one', 'precedent'), occurrence, reused });
    const text = await fetch(`${url}/o1?format=annotation`);
    expect(text.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text.headers.get('etag')).not.toBe((await fetch(`${url}/o1`)).headers.get('etag'));
    const words = await text.text();
    expect(words).toContain('Note: Answered 12 minutes before');
    expect(words).toMatch(/\nMore: https:\/\/precedent\.example\.com\/v1\/diagnoses\/o1$/);
    const again = await fetch(`${url}/o1?format=annotation`, {
      headers: { 'if-none-match': text.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    expect((await readProblem(await fetch(`${url}/o1?format=xml`)))['status']).toBe(400);
  });

  it('is waited for as long as its caller will, and no longer', async () => {
    const { url, board, state } = await open({ record: pending('one') });
    const hasty = await fetch(`${url}/one`);
    expect([hasty.status, hasty.headers.has('preference-applied')]).toEqual([202, false]);
    const patient = fetch(`${url}/one`, { headers: { prefer: 'wait=30' } });
    const impatient = await fetch(`${url}/one`, { headers: { prefer: 'wait=1' } });
    expect([impatient.status, impatient.headers.get('preference-applied')]).toEqual([202, 'wait=1']);
    expect(impatient.headers.get('location')).toBe('/v1/diagnoses/one');
    state.found = { record: done('one', 'precedent') };
    board.done('one');
    const answered = await patient;
    expect([answered.status, answered.headers.get('preference-applied')]).toEqual([200, 'wait=30']);
  });

  it('that fails while it is waited for answers with its problem', async () => {
    const { url, board, state } = await open({ record: pending('one') });
    const waiting = fetch(`${url}/one`, { headers: { prefer: 'wait=999999' } });
    await new Promise((resolve) => setTimeout(resolve, 30));
    state.found = { record: failed('one') };
    board.done('one');
    const answer = await waiting;
    expect(answer.headers.get('preference-applied')).toBe('wait=60');
    expect(await readProblem(answer)).toMatchObject({ status: 503, type: 'urn:precedent:problem:index-unavailable' });
  });

  it('is answered with what there is when the server is about to close', async () => {
    const { url, stopping } = await open({ record: pending('one') });
    const waiting = fetch(`${url}/one`, { headers: { prefer: 'wait=30' } });
    await new Promise((resolve) => setTimeout(resolve, 30));
    stopping.abort();
    expect((await waiting).status).toBe(202);
  });

  it('that nobody knows is none, however long somebody would wait', async () => {
    const { url } = await open({ record: pending('one') });
    const answer = await fetch(`${url}/none`, { headers: { prefer: 'wait=30' } });
    expect((await readProblem(answer))['status']).toBe(404);
  });
});

describe('a diagnosis that is asked for', () => {
  const alert = { alert: { labels: { alertname: 'CheckoutSlow' } } };

  it.each([
    [undefined, {}, null],
    ['respond-async', { respondAsync: true }, 'respond-async'],
    ['wait=3', { timeBudgetMs: 3_000 }, 'wait=3'],
    ['respond-async, wait=3', { timeBudgetMs: 3_000 }, 'respond-async, wait=3'],
    ['wait=90', { timeBudgetMs: 10_000 }, 'wait=10'],
  ])('with Prefer: %s', async (prefer, options, applied) => {
    const { url, state } = await open({ record: done('one', 'precedent') });
    const answer = await postJson(url, alert, prefer === undefined ? {} : { prefer });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe(applied);
    expect(state.submitted).toEqual([{ ...options, viewer: expect.objectContaining({ name: 'local' }) }]);
  });
});
