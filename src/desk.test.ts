import { describe, expect, it } from 'vitest';
import { createDesk } from './desk.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { PrecedentError } from './domain/errors.ts';
import { DiagnosisRequest } from './domain/request.ts';
import type { Casebook } from './ports.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';

const REQUEST = DiagnosisRequest.parse({ alert: { labels: { alertname: 'A' } } });
const NOW = new Date('2026-10-15T03:00:00Z');

// The desk hands a diagnosis on without reading it; its id is all that these tests look at.
const diagnosisOf = (id: string) => ({ id }) as Diagnosis;

function open(
  diagnose: (request: DiagnosisRequest, id: string, signal: AbortSignal) => Promise<Diagnosis>,
  overrides: { casebook?: Casebook; timeBudgetMs?: number; now?: () => Date } = {},
) {
  let ids = 0;
  const casebook = overrides.casebook ?? createMemoryCasebook();
  const failures: string[] = [];
  const desk = createDesk({
    diagnose,
    casebook,
    now: overrides.now ?? (() => NOW),
    newId: () => `id-${++ids}`,
    timeBudgetMs: overrides.timeBudgetMs ?? 5_000,
    onBackgroundFailure: (what) => failures.push(what),
  });
  return { desk, casebook, failures };
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the desk', () => {
  it('answers at once what is ready in time, and keeps it', async () => {
    const { desk, casebook } = open(async (_request, id) => diagnosisOf(id));
    const record = await desk.submit(REQUEST);
    expect(record).toMatchObject({ status: 'done', id: 'id-1', diagnosis: { id: 'id-1' } });
    expect(await casebook.findDiagnosis('id-1')).toMatchObject({ status: 'done' });
  });

  it('gives an id when the time budget is over, and finishes in the background', async () => {
    const { desk } = open(async (_request, id) => later(60).then(() => diagnosisOf(id)), { timeBudgetMs: 10 });
    expect(await desk.submit(REQUEST)).toMatchObject({ status: 'pending', id: 'id-1' });
    expect(await desk.get('id-1')).toMatchObject({ status: 'pending' });
    await later(100);
    expect(await desk.get('id-1')).toMatchObject({ status: 'done' });
  });

  it('does not make a caller wait who will not', async () => {
    const { desk } = open(async (_request, id) => later(20).then(() => diagnosisOf(id)));
    expect(await desk.submit(REQUEST, { respondAsync: true })).toMatchObject({ status: 'pending' });
    await later(60);
    expect(await desk.get('id-1')).toMatchObject({ status: 'done' });
  });

  it('throws to whoever waits, and tells whoever asks later', async () => {
    const failing = async () => Promise.reject(new PrecedentError('index-unavailable', 'Chroma is away'));
    const { desk } = open(failing);
    await expect(desk.submit(REQUEST)).rejects.toMatchObject({ code: 'index-unavailable' });
    const { id } = await desk.submit(REQUEST, { respondAsync: true });
    await later(20);
    expect(await desk.get(id)).toMatchObject({ status: 'failed', code: 'index-unavailable', detail: 'Chroma is away' });
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
    const { desk } = open(
      (_request, _id, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { timeBudgetMs: 20 },
    );
    for (let count = 0; count < 64; count++) await desk.submit(REQUEST, { respondAsync: true });
    await expect(desk.submit(REQUEST)).rejects.toMatchObject({ code: 'overloaded', isRetryable: true });
    await desk[Symbol.asyncDispose]();
  });

  it('lets go at closing time: finishes what is nearly done and ends the rest', async () => {
    const { desk, casebook } = open(
      (_request, _id, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { timeBudgetMs: 20 },
    );
    await desk.submit(REQUEST, { respondAsync: true });
    await desk[Symbol.asyncDispose]();
    expect(await casebook.findDiagnosis('id-1')).toMatchObject({ status: 'failed' });
  });

  it('does not keep anybody waiting for a process that is gone', async () => {
    const casebook = createMemoryCasebook();
    await casebook.saveDiagnosis({ status: 'pending', id: 'lost', createdAt: '2026-10-15T02:00:00Z' });
    const { desk } = open(async (_request, id) => diagnosisOf(id), { casebook });
    expect(await desk.get('lost')).toMatchObject({ status: 'failed' });
    await expect(desk.get('unknown')).rejects.toMatchObject({ code: 'not-found' });
  });
});
