import { describe, expect, it } from 'vitest';
import { createDesk } from './desk.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { PrecedentError } from './domain/errors.ts';
import { LOCAL_OPERATOR } from './domain/principal.ts';
import type { Redactor } from './domain/redaction.ts';
import { DiagnosisRequest } from './domain/request.ts';
import type { Casebook } from './ports.ts';
import { buildDiagnosis } from './testing/diagnosis-builder.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';

const REQUEST = DiagnosisRequest.parse({ alert: { labels: { alertname: 'A' } } });
const NOW = new Date('2026-10-15T03:00:00Z');

// Its id is all that these tests look at.
const diagnosisOf = (id: string) => buildDiagnosis({ id });

function open(
  diagnose: (request: DiagnosisRequest, id: string, signal: AbortSignal) => Promise<Diagnosis>,
  overrides: { casebook?: Casebook; timeBudgetMs?: number; now?: () => Date; redact?: Redactor } = {},
) {
  let ids = 0;
  const casebook = overrides.casebook ?? createMemoryCasebook();
  const failures: string[] = [];
  const events: string[] = [];
  const desk = createDesk({
    diagnose,
    casebook,
    now: overrides.now ?? (() => NOW),
    newId: () => `id-${++ids}`,
    timeBudgetMs: overrides.timeBudgetMs ?? 5_000,
    redact:
      overrides.redact ?? (async (text) => ({ text: text.replaceAll('hunter2', '(redacted:password)'), counts: {} })),
    onVerdict: () => events.push('verdict'),
    onBackgroundFailure: (what) => failures.push(what),
  });
  return { desk, casebook, failures, events };
}

function defer<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A casebook that tells when it was given a record that is no longer pending. */
function watchCasebook() {
  const casebook = createMemoryCasebook();
  const settled = defer<void>();
  const saveDiagnosis: Casebook['saveDiagnosis'] = async (record, signal) => {
    await casebook.saveDiagnosis(record, signal);
    if (record.status !== 'pending') settled.resolve();
  };
  return { casebook: { ...casebook, saveDiagnosis }, settled: settled.promise };
}

/** Work that ends only when it is told to stop. */
const endless = (_request: DiagnosisRequest, _id: string, signal: AbortSignal) =>
  new Promise<Diagnosis>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('the desk', () => {
  it('answers at once what is ready in time, and keeps it', async () => {
    const { desk, casebook } = open(async (_request, id) => diagnosisOf(id));
    const record = await desk.submit(REQUEST);
    expect(record).toMatchObject({ status: 'done', id: 'id-1', diagnosis: { id: 'id-1' } });
    expect(await casebook.findDiagnosis('id-1')).toMatchObject({ status: 'done' });
  });

  it('gives an id when the time budget is over, and finishes in the background', async () => {
    const answer = defer<Diagnosis>();
    const { casebook, settled } = watchCasebook();
    const { desk } = open(() => answer.promise, { casebook, timeBudgetMs: 1 });
    expect(await desk.submit(REQUEST)).toMatchObject({ status: 'pending', id: 'id-1' });
    expect(await desk.get('id-1', LOCAL_OPERATOR)).toMatchObject({ status: 'pending' });
    answer.resolve(diagnosisOf('id-1'));
    await settled;
    expect(await desk.get('id-1', LOCAL_OPERATOR)).toMatchObject({ status: 'done' });
  });

  it('does not make a caller wait who will not', async () => {
    const answer = defer<Diagnosis>();
    const { casebook, settled } = watchCasebook();
    const { desk } = open(() => answer.promise, { casebook });
    expect(await desk.submit(REQUEST, { respondAsync: true })).toMatchObject({ status: 'pending' });
    answer.resolve(diagnosisOf('id-1'));
    await settled;
    expect(await desk.get('id-1', LOCAL_OPERATOR)).toMatchObject({ status: 'done' });
  });

  const failing = async () => Promise.reject(new PrecedentError('index-unavailable', 'Chroma is away'));

  it('throws to whoever waits', async () => {
    const { desk } = open(failing);
    await expect(desk.submit(REQUEST)).rejects.toMatchObject({ code: 'index-unavailable' });
  });

  it('tells whoever asks later what went wrong', async () => {
    const { casebook, settled } = watchCasebook();
    const { desk } = open(failing, { casebook });
    const { id } = await desk.submit(REQUEST, { respondAsync: true });
    await settled;
    expect(await desk.get(id, LOCAL_OPERATOR)).toMatchObject({
      status: 'failed',
      code: 'index-unavailable',
      detail: 'Chroma is away',
    });
  });

  it('keeps no secret in what went wrong', async () => {
    const quoting = async () => Promise.reject(new PrecedentError('index-unavailable', 'cannot look up hunter2'));
    const { desk, casebook } = open(quoting);
    await expect(desk.submit(REQUEST)).rejects.toThrow('hunter2');
    expect(await casebook.findDiagnosis('id-1')).toMatchObject({ detail: 'cannot look up (redacted:password)' });
  });

  it('promises nothing that it could not write down', async () => {
    const away = {
      ...createMemoryCasebook(),
      saveDiagnosis: () => Promise.reject(new PrecedentError('casebook-unavailable', 'full')),
    };
    const { desk, failures } = open(async (_request, id) => diagnosisOf(id), { casebook: away });
    await expect(desk.submit(REQUEST, { respondAsync: true })).rejects.toMatchObject({ code: 'casebook-unavailable' });
    expect(await desk.submit(REQUEST)).toMatchObject({ status: 'done' });
    expect(failures).toEqual(['save diagnosis']);
  });

  it('turns away more than it can work on', async () => {
    const { desk } = open(endless, { timeBudgetMs: 1 });
    for (let count = 0; count < 64; count++) await desk.submit(REQUEST, { respondAsync: true });
    await expect(desk.submit(REQUEST)).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
    await desk[Symbol.asyncDispose]();
  });

  it('turns them away also when all come in the same moment', async () => {
    const { desk } = open(endless, { timeBudgetMs: 1 });
    const all = Array.from({ length: 500 }, () => desk.submit(REQUEST, { respondAsync: true }));
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
    await desk[Symbol.asyncDispose]();
  });

  it('has room again for whoever comes after a promise that could not be written down', async () => {
    const away = {
      ...createMemoryCasebook(),
      saveDiagnosis: () => Promise.reject(new PrecedentError('casebook-unavailable', 'full')),
    };
    const { desk } = open(async (_request, id) => diagnosisOf(id), { casebook: away });
    await Promise.allSettled(Array.from({ length: 64 }, () => desk.submit(REQUEST, { respondAsync: true })));
    expect(await desk.submit(REQUEST)).toMatchObject({ status: 'done' });
  });

  it('turns no command away, which waits in a process of its own', async () => {
    const answer = defer<Diagnosis>();
    const { desk } = open(() => answer.promise);
    const all = Array.from({ length: 65 }, () => desk.complete(REQUEST));
    answer.resolve(diagnosisOf('any'));
    expect(await Promise.all(all)).toHaveLength(65);
  });

  it('lets go at closing time: finishes what is nearly done and ends the rest', async () => {
    const { desk, casebook } = open(endless, { timeBudgetMs: 1 });
    await desk.submit(REQUEST, { respondAsync: true });
    await desk[Symbol.asyncDispose]();
    expect(await casebook.findDiagnosis('id-1')).toMatchObject({ status: 'failed' });
  });

  it('does not keep anybody waiting for a process that is gone', async () => {
    const casebook = createMemoryCasebook();
    await casebook.saveDiagnosis({ status: 'pending', id: 'lost', createdAt: '2026-10-15T02:00:00Z' });
    const { desk } = open(async (_request, id) => diagnosisOf(id), { casebook });
    expect(await desk.get('lost', LOCAL_OPERATOR)).toMatchObject({ status: 'failed' });
    await expect(desk.get('unknown', LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what the desk keeps of a situation', () => {
  const situation = {
    text: 'login with password hunter2',
    alertNames: ['A', 'b hunter2'],
    services: ['db'],
    signals: [],
  };
  const diagnose = async (_request: DiagnosisRequest, id: string) => buildDiagnosis({ id, situation });

  it('is without secrets, in the answer and in the casebook', async () => {
    const { desk, casebook } = open(diagnose);
    const record = await desk.submit(REQUEST);
    expect(record).toMatchObject({
      diagnosis: {
        situation: {
          text: 'login with password (redacted:password)',
          alertNames: ['A', 'b (redacted:password)'],
          services: ['db'],
        },
      },
    });
    expect(await casebook.findDiagnosis('id-1')).toStrictEqual(record);
  });

  it('is nothing when secrets cannot be looked for, and the diagnosis is answered all the same', async () => {
    const { desk } = open(diagnose, { redact: async () => Promise.reject(new Error('no')) });
    const record = await desk.submit(REQUEST);
    expect(record).toMatchObject({ status: 'done', diagnosis: { id: 'id-1' } });
    expect(record).not.toHaveProperty('diagnosis.situation');
  });
});

describe('verdicts at the desk', () => {
  async function openJudged() {
    const opened = open(async (_request, id) => buildDiagnosis({ id }));
    await opened.desk.submit(REQUEST);
    return opened;
  }

  it('are answered with all that was said, and told to whoever listens', async () => {
    const { desk, events } = await openJudged();
    await desk.giveVerdict('id-1', { verdict: 'confirmed', by: 'ana' }, LOCAL_OPERATOR);
    expect(await desk.giveVerdict('id-1', { verdict: 'rejected', by: 'ANA' }, LOCAL_OPERATOR)).toEqual({
      diagnosisId: 'id-1',
      verdicts: [{ diagnosisId: 'id-1', by: 'ANA', verdict: 'rejected', at: NOW.toISOString() }],
      tally: { confirmed: 0, rejected: 1, corrected: 0 },
      earlier: [
        {
          diagnosisId: 'id-1',
          by: 'ana',
          verdict: 'confirmed',
          at: NOW.toISOString(),
          ended: { at: NOW.toISOString(), how: 'superseded' },
        },
      ],
      earlierCount: 1,
    });
    expect(events).toEqual(['verdict', 'verdict']);
  });

  it('can be withdrawn once', async () => {
    const { desk } = await openJudged();
    await desk.giveVerdict('id-1', { verdict: 'confirmed', by: 'ana' }, LOCAL_OPERATOR);
    expect(await desk.withdrawVerdict('id-1', 'Ana', LOCAL_OPERATOR)).toMatchObject({
      verdicts: [],
      tally: { confirmed: 0 },
    });
    await expect(desk.withdrawVerdict('id-1', 'ana', LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
    expect(await desk.getVerdicts('id-1', LOCAL_OPERATOR)).toMatchObject({
      verdicts: [],
      earlier: [{ ended: { how: 'withdrawn' } }],
    });
  });

  it('keep no secret that somebody wrote into a cause', async () => {
    const { desk } = await openJudged();
    const trueCause = { category: 'credentials', summary: 'hunter2 had expired' };
    expect(
      await desk.giveVerdict('id-1', { verdict: 'corrected', by: 'ana', trueCause }, LOCAL_OPERATOR),
    ).toMatchObject({
      verdicts: [{ trueCause: { category: 'credentials', summary: '(redacted:password) had expired' } }],
    });
  });

  it('wait for a diagnosis to be done', async () => {
    const casebook = createMemoryCasebook();
    await casebook.saveDiagnosis({ status: 'pending', id: 'p', createdAt: NOW.toISOString() });
    const failed = { id: 'f', createdAt: NOW.toISOString(), code: 'internal', detail: '' };
    await casebook.saveDiagnosis({ status: 'failed', ...failed });
    const { desk } = open(endless, { casebook });
    const request = { verdict: 'confirmed', by: 'ana' } as const;
    await expect(desk.giveVerdict('p', request, LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'diagnosis-not-done' });
    await expect(desk.giveVerdict('f', request, LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'diagnosis-not-done' });
    await expect(desk.giveVerdict('unknown', request, LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
    await expect(desk.getVerdicts('p', LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'diagnosis-not-done' });
  });
});
