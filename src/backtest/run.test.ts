import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { createMemoryBacktests } from '../testing/memory-backtests.ts';
import { buildDays, buildPast } from './__fixtures__/past.ts';
import { planBacktest } from './plan.ts';
import type { BacktestProgress } from './progress.ts';
import { type BacktestRun, runBacktest } from './run.ts';

const key = { engine: 'precedent' as const, recipe: 'r1', generation: 'g1', incidents: 'abc' };
/** 5 that are history, 20 that are asked. */
const incidents = buildDays(25);
const plan = await planBacktest(incidents);

const diagnosis = buildDiagnosis({ kind: 'answered', rootCause: { service: 'orders', category: 'disk', summary: '' } });
const dayOf = (question: DiagnosisQuestion) => Number(question.asOf?.slice(8, 10));

/** Answers each question in a turn of its own; `fails` says for which day it does not. */
function createOracle(fails: (day: number) => Error | undefined = () => undefined) {
  const asked: number[] = [];
  const ask = async (question: DiagnosisQuestion, signal: AbortSignal): Promise<Diagnosis> => {
    asked.push(dayOf(question));
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal.throwIfAborted();
    const error = fails(dayOf(question));
    if (error) throw error;
    return diagnosis;
  };
  return { ask, asked };
}

function runOf(ask: BacktestRun['ask'], fields: Partial<BacktestRun> = {}): BacktestRun {
  let ms = 0;
  const elapsed = () => {
    ms += 100;
    return ms;
  };
  return { key, ask, store: createMemoryBacktests(), now: () => new Date('2026-06-01T00:00:00Z'), elapsed, ...fields };
}

const ALL = Array.from({ length: 20 }, (_, at) => at + 6);

describe('a run of the backtest', () => {
  it('asks about each incident once, in the order of the days, and keeps each answer', async () => {
    const { ask, asked } = createOracle();
    const run = runOf(ask);
    const outcomes = await runBacktest(plan, run);
    expect(asked).toEqual(ALL);
    expect(outcomes.map((outcome) => outcome.kind === 'asked' && outcome.case.incident)).toEqual(
      ALL.map((day) => `day-${String(day).padStart(2, '0')}`),
    );
    expect(await run.store.listOutcomes(key)).toHaveLength(20);
  });

  it('goes on where it was stopped, and says so', async () => {
    const stopping = new AbortController();
    const store = createMemoryBacktests();
    const onProgress = ({ done }: BacktestProgress) => done === 8 && stopping.abort(new Error('enough'));
    const first = createOracle();
    const stopped = runBacktest(plan, runOf(first.ask, { store, onProgress, signal: stopping.signal }));
    await expect(stopped).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringMatching(/of 20.*goes on/),
    });
    const kept = await store.listOutcomes(key);
    expect(kept.length).toBeGreaterThanOrEqual(8);
    expect(kept.length).toBeLessThan(12);
    const second = createOracle();
    const told: BacktestProgress[] = [];
    const outcomes = await runBacktest(
      plan,
      runOf(second.ask, { store, onProgress: (progress) => told.push(progress) }),
    );
    expect(outcomes).toHaveLength(20);
    expect(second.asked).toHaveLength(20 - kept.length);
    expect(told[0]).toEqual({ done: kept.length, total: 20 });
  });

  it('asks nothing when all was asked, and everything when it is to begin anew', async () => {
    const store = createMemoryBacktests();
    await runBacktest(plan, runOf(createOracle().ask, { store }));
    const again = createOracle();
    expect(await runBacktest(plan, runOf(again.ask, { store }))).toHaveLength(20);
    expect(again.asked).toEqual([]);
    await runBacktest(plan, runOf(again.ask, { store, fresh: true }));
    expect(again.asked).toEqual(ALL);
  });

  it('does not take what another run said for its own', async () => {
    const store = createMemoryBacktests();
    await runBacktest(plan, runOf(createOracle().ask, { store }));
    const other = createOracle();
    await runBacktest(plan, runOf(other.ask, { store, key: { ...key, incidents: 'changed' } }));
    expect(other.asked).toEqual(ALL);
  });

  it('tells which failed and why, goes on, and tries them again next time', async () => {
    const store = createMemoryBacktests();
    const broken = createOracle((day) => (day % 5 === 0 ? new Error(`no answer on ${day}`) : undefined));
    const outcomes = await runBacktest(plan, runOf(broken.ask, { store }));
    expect(outcomes.filter(({ kind }) => kind === 'asked')).toHaveLength(16);
    expect(outcomes[4]).toEqual({
      kind: 'skipped',
      skipped: { incident: 'day-10', reason: 'failed', detail: 'no answer on 10' },
    });
    const mended = createOracle();
    await runBacktest(plan, runOf(mended.ask, { store }));
    expect(mended.asked).toEqual([10, 15, 20, 25]);
  });

  it('ends with the error when a dependency is away, instead of failing one after the other', async () => {
    const away = new PrecedentError('index-unavailable', 'Chroma is away');
    const { ask, asked } = createOracle((day) => (day >= 9 ? away : undefined));
    const run = runOf(ask);
    await expect(runBacktest(plan, run)).rejects.toBe(away);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(await run.store.listOutcomes(key)).toHaveLength(3);
  });

  it('ends with the error when nothing is answered any more, whatever the reason', async () => {
    const limited = new PrecedentError('llm-unavailable', 'too many requests');
    const { ask, asked } = createOracle((day) => (day >= 8 ? limited : undefined));
    await expect(runBacktest(plan, runOf(ask))).rejects.toMatchObject({
      code: 'llm-unavailable',
      message:
        '10 incidents in a row could not be answered; what was answered before is kept. The last: too many requests',
    });
    expect(asked.length).toBeLessThanOrEqual(13);
    const few = await planBacktest(buildDays(7));
    await expect(runBacktest(few, runOf(createOracle(() => limited).ask))).rejects.toBe(limited);
  });

  it('says how far it is and how long it will take, with what learning from a longer history takes', async () => {
    const told: BacktestProgress[] = [];
    await runBacktest(plan, runOf(createOracle().ask, { onProgress: (progress) => told.push(progress) }));
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 21 }, (_, at) => at));
    expect(told.at(-1)).toEqual({ done: 20, total: 20, incident: 'day-25', etaMs: 0 });
    // A hundred milliseconds each: the later ones are expected to take longer than those so far.
    expect(told[10]?.etaMs).toBeGreaterThan(1_000);
    expect(told[10]?.etaMs).toBeLessThan(2_500);
  });

  it('asks one incident of a day with all that was known before, and none of that day', async () => {
    const questions: DiagnosisQuestion[] = [];
    const twins = [...incidents, buildPast('day-25-too', { date: '2026-03-25', sections: [] })];
    await runBacktest(
      await planBacktest(twins),
      runOf(async (question) => {
        questions.push(question);
        return diagnosis;
      }),
    );
    expect(questions.slice(-2).map(({ asOf, withheld }) => [asOf, withheld])).toEqual([
      ['2026-03-25T00:00:00Z', ['day-25']],
      ['2026-03-25T00:00:00Z', ['day-25-too']],
    ]);
  });
});
