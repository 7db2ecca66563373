import { describe, expect, it } from 'vitest';
import type { BacktestOutcome } from '../domain/backtest.ts';
import type { BacktestStore } from '../ports.ts';
import { buildCalibration, buildOutcome, buildReport, KEY } from '../testing/backtest-builder.ts';

const AT = new Date('2026-03-10T12:00:00.000Z');

/** Every promise of `BacktestStore`. Each test opens a store of its own, which must be empty. */
export function describeBacktestStore(name: string, open: () => Promise<BacktestStore>): void {
  const promise = (what: string, check: (store: BacktestStore) => Promise<void>) =>
    it(what, async () => {
      await using store = await open();
      await check(store);
    });

  describe(`${name}: a run`, () => {
    promise('that nobody began has nothing', async (store) => {
      expect(await store.listOutcomes(KEY)).toEqual([]);
      await store.discardRun(KEY);
      expect(await store.listOutcomes(KEY)).toEqual([]);
    });

    promise('keeps outcomes of either kind to the letter, in the order in which they were saved', async (store) => {
      const outcomes = [buildOutcome('b'), buildSkipped('c'), buildOutcome('a', { date: null, precedentRank: null })];
      for (const outcome of outcomes) await store.saveCase(KEY, outcome, AT);
      expect(await store.listOutcomes(KEY)).toStrictEqual(outcomes);
    });

    promise('keeps the first outcome of an incident, whatever comes later', async (store) => {
      await store.saveCase(KEY, buildOutcome('a', { known: 7 }), AT);
      await store.saveCase(KEY, buildOutcome('b'), AT);
      await store.saveCase(KEY, buildOutcome('a', { known: 8 }), new Date(0));
      await store.saveCase(KEY, buildSkipped('a'), AT);
      expect(await store.listOutcomes(KEY)).toStrictEqual([buildOutcome('a', { known: 7 }), buildOutcome('b')]);
    });

    promise('is told from every other by each part of its key', async (store) => {
      const others = (['engine', 'recipe', 'generation', 'incidents'] as const).map((part) => ({
        ...KEY,
        [part]: part === 'engine' ? 'llm' : 'other',
      }));
      for (const [at, key] of [KEY, ...others].entries()) await store.saveCase(key, buildOutcome(`i${at}`), AT);
      for (const [at, key] of [KEY, ...others].entries()) {
        expect(await store.listOutcomes(key)).toStrictEqual([buildOutcome(`i${at}`)]);
      }
    });

    promise('is the same whatever the order of its key', async (store) => {
      const { engine, recipe, generation, incidents } = KEY;
      await store.saveCase({ incidents, generation, recipe, engine }, buildOutcome('a'), AT);
      expect(await store.listOutcomes(KEY)).toStrictEqual([buildOutcome('a')]);
    });

    promise('does not run into another whose parts read the same in a row', async (store) => {
      await store.saveCase({ ...KEY, recipe: 'a"b', generation: 'c' }, buildOutcome('a'), AT);
      expect(await store.listOutcomes({ ...KEY, recipe: 'a', generation: 'b"c' })).toEqual([]);
    });

    promise('that is discarded begins anew, and others stay', async (store) => {
      const other = { ...KEY, generation: 'g2' };
      for (const key of [KEY, other]) await store.saveCase(key, buildOutcome('a'), AT);
      await store.discardRun(KEY);
      expect(await store.listOutcomes(KEY)).toEqual([]);
      expect(await store.listOutcomes(other)).toHaveLength(1);
      await store.saveCase(KEY, buildOutcome('a', { known: 9 }), AT);
      expect(await store.listOutcomes(KEY)).toStrictEqual([buildOutcome('a', { known: 9 })]);
    });

    promise('holds as many incidents as there are, saved at once or one by one', async (store) => {
      const outcomes = Array.from({ length: 1_001 }, (_, at) => buildOutcome(`i${at}`));
      await Promise.all(outcomes.slice(0, 400).map((outcome) => store.saveCase(KEY, outcome, AT)));
      for (const outcome of outcomes.slice(400)) await store.saveCase(KEY, outcome, AT);
      const ids = idsOf(await store.listOutcomes(KEY));
      expect(new Set(ids).size).toBe(1_001);
      expect(ids.slice(400)).toEqual(idsOf(outcomes.slice(400)));
    });
  });

  describe(`${name}: calibrations`, () => {
    promise('are none before the first', async (store) => {
      expect(await store.findCalibration('precedent')).toBeUndefined();
      expect(await store.listCalibrations(10)).toEqual([]);
    });

    promise('are kept to the letter, each target with its curve, or null', async (store) => {
      const calibration = buildCalibration('c1');
      await store.saveCalibration(calibration);
      expect(await store.findCalibration('precedent')).toStrictEqual(calibration);
    });

    promise('of which the newest fit of an engine counts, whenever it was saved', async (store) => {
      await store.saveCalibration(buildCalibration('new', { fittedAt: '2026-03-03T00:00:00.500Z' }));
      await store.saveCalibration(buildCalibration('old', { fittedAt: '2026-03-03T00:00:00Z' }));
      await store.saveCalibration(buildCalibration('llm', { fittedAt: '2026-03-09T00:00:00Z', engine: 'llm' }));
      expect((await store.findCalibration('precedent'))?.id).toBe('new');
      expect((await store.findCalibration('llm'))?.id).toBe('llm');
    });

    promise('of one moment are told by which was saved later', async (store) => {
      for (const id of ['b', 'c', 'a']) await store.saveCalibration(buildCalibration(id));
      expect((await store.findCalibration('precedent'))?.id).toBe('a');
      expect(idsOfAll(await store.listCalibrations(2))).toEqual(['a', 'c']);
    });

    promise('of all engines are listed newest first, as many as are asked for', async (store) => {
      const days = [2, 4, 1, 3];
      for (const day of days) {
        const engine = day % 2 === 0 ? 'llm' : 'precedent';
        await store.saveCalibration(buildCalibration(`d${day}`, { fittedAt: `2026-03-0${day}T00:00:00Z`, engine }));
      }
      expect(idsOfAll(await store.listCalibrations(3))).toEqual(['d4', 'd3', 'd2']);
      expect(await store.listCalibrations(9)).toHaveLength(4);
    });

    promise('are never replaced', async (store) => {
      await store.saveCalibration(buildCalibration('c1', { recipe: 'first' }));
      await store.saveCalibration(buildCalibration('c1', { recipe: 'second', fittedAt: '2027-01-01T00:00:00Z' }));
      expect((await store.listCalibrations(9)).map(({ recipe }) => recipe)).toEqual(['first']);
    });

    promise('stay when runs are discarded', async (store) => {
      await store.saveCase(KEY, buildOutcome('a'), AT);
      await store.saveCalibration(buildCalibration('c1'));
      await store.saveReport(buildReport('r1'));
      await store.discardRun(KEY);
      expect((await store.findCalibration('precedent'))?.id).toBe('c1');
      expect((await store.findReport('precedent'))?.id).toBe('r1');
    });
  });

  describe(`${name}: reports`, () => {
    promise('are kept to the letter, the newest of an engine first', async (store) => {
      expect(await store.findReport('precedent')).toBeUndefined();
      const report = buildReport('new', { ranAt: '2026-03-03T00:00:00Z' });
      await store.saveReport(report);
      await store.saveReport(buildReport('old', { ranAt: '2026-03-02T00:00:00Z' }));
      await store.saveReport(buildReport('llm', { ranAt: '2026-03-04T00:00:00Z', engine: 'llm' }));
      expect(await store.findReport('precedent')).toStrictEqual(report);
      await store.saveReport(buildReport('new', { ranAt: '2026-03-05T00:00:00Z', asked: 99 }));
      expect(await store.findReport('precedent')).toStrictEqual(report);
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('what a caller does to a record later changes nothing', async (store) => {
      const outcome = buildOutcome('a');
      await store.saveCase(KEY, outcome, AT);
      Object.assign(outcome.case, { title: 'changed' });
      const [kept] = await store.listOutcomes(KEY);
      Object.assign(kept ?? {}, { kind: 'changed' });
      expect(await store.listOutcomes(KEY)).toStrictEqual([buildOutcome('a')]);
    });

    promise('does nothing once its caller has given up', async (store) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(store.saveCase(KEY, buildOutcome('a'), AT, given)).rejects.toThrow('given up');
      await expect(store.listOutcomes(KEY, given)).rejects.toThrow('given up');
      await expect(store.findReport('llm', given)).rejects.toThrow('given up');
      expect(await store.listOutcomes(KEY)).toEqual([]);
    });

    it('a closed store is unavailable', async () => {
      const store = await open();
      await store[Symbol.asyncDispose]();
      await expect(store.listOutcomes(KEY)).rejects.toMatchObject({ code: 'casebook-unavailable', isRetryable: true });
    });
  });
}

function buildSkipped(incident: string): BacktestOutcome {
  return { kind: 'skipped', skipped: { incident, reason: 'failed', detail: 'the index did not answer' } };
}

function idsOf(outcomes: readonly BacktestOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.kind === 'asked' ? outcome.case.incident : outcome.skipped.incident));
}

function idsOfAll(records: readonly { readonly id: string }[]): string[] {
  return records.map(({ id }) => id);
}
