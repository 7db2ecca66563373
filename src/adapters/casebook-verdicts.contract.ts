import { describe, expect, it } from 'vitest';
import type { VerdictRecord } from '../domain/feedback.ts';
import type { Casebook } from '../ports.ts';
import { buildDiagnosis, done, failed, pending } from '../testing/diagnosis-builder.ts';

const AT = '2026-03-02T10:00:00.000Z';
const LATER = '2026-03-03T10:00:00.000Z';

/** Every promise of `Casebook` about verdicts. */
export function describeVerdicts(name: string, open: () => Promise<Casebook>): void {
  const promise = (what: string, check: (casebook: Casebook) => Promise<void>) =>
    it(what, async () => {
      await using casebook = await open();
      await check(casebook);
    });

  describe(`${name}: verdicts`, () => {
    promise('there are none at first', async (casebook) => {
      expect(await casebook.listVerdicts('x')).toEqual([]);
      expect(await casebook.listGradedDiagnoses({ limit: 10 })).toEqual([]);
      expect(await casebook.countVerdictChanges()).toBe(0);
    });

    const trueCause = { service: 'db', category: 'disk "full"', summary: 'The write-ahead log 🔥.' };
    for (const given of [verdict('x', 'ana'), verdict('x', 'ana', { verdict: 'corrected', trueCause })]) {
      promise(`keeps ${given.verdict} to the letter`, async (casebook) => {
        await casebook.saveVerdict(given);
        expect(await casebook.listVerdicts('x')).toStrictEqual([given]);
        expect(await casebook.listVerdicts('X')).toEqual([]);
      });
    }

    promise('a person counts once: the last word counts, the earlier one stays as history', async (casebook) => {
      const second = verdict('x', '  ANA ', { verdict: 'rejected', at: LATER });
      await casebook.saveVerdict(verdict('x', 'ana'));
      await casebook.saveVerdict(verdict('x', 'ben'));
      await casebook.saveVerdict(second);
      expect(await casebook.listVerdicts('x')).toStrictEqual([
        { ...verdict('x', 'ana'), ended: { at: LATER, how: 'superseded' } },
        verdict('x', 'ben'),
        second,
      ]);
    });

    promise('saying the same again changes nothing', async (casebook) => {
      await casebook.saveVerdict(verdict('x', 'ana'));
      const before = await casebook.countVerdictChanges();
      await casebook.saveVerdict(verdict('x', 'Ana', { at: LATER }));
      expect(await casebook.listVerdicts('x')).toStrictEqual([verdict('x', 'ana')]);
      expect(await casebook.countVerdictChanges()).toBe(before);
    });

    promise('the same verdict with another cause is another one', async (casebook) => {
      await casebook.saveVerdict(verdict('x', 'ana', { verdict: 'corrected', trueCause: { service: 'db' } }));
      await casebook.saveVerdict(verdict('x', 'ana', { verdict: 'corrected', trueCause: { category: 'db' } }));
      expect(await casebook.listVerdicts('x')).toHaveLength(2);
    });

    promise('a withdrawn verdict counts no more, stays, and may be given again', async (casebook) => {
      await casebook.saveVerdict(verdict('x', 'ana'));
      expect(await casebook.withdrawVerdict('x', ' ANA', new Date(LATER))).toBe(true);
      expect(await casebook.withdrawVerdict('x', 'ana', new Date(LATER))).toBe(false);
      await casebook.saveVerdict(verdict('x', 'ana', { at: LATER }));
      expect(await casebook.listVerdicts('x')).toStrictEqual([
        { ...verdict('x', 'ana'), ended: { at: LATER, how: 'withdrawn' } },
        verdict('x', 'ana', { at: LATER }),
      ]);
    });

    promise('nobody withdraws what somebody else said', async (casebook) => {
      await casebook.saveVerdict(verdict('x', 'ana'));
      expect(await casebook.withdrawVerdict('x', 'ben', new Date(LATER))).toBe(false);
      expect(await casebook.withdrawVerdict('y', 'ana', new Date(LATER))).toBe(false);
      expect(await casebook.listVerdicts('x')).toStrictEqual([verdict('x', 'ana')]);
    });

    promise('of many words of one person at once one counts', async (casebook) => {
      const kinds = ['confirmed', 'rejected'] as const;
      await Promise.all(
        Array.from({ length: 10 }, (_, at) => casebook.saveVerdict(verdict('x', 'ana', { verdict: kinds[at % 2]! }))),
      );
      const counting = (await casebook.listVerdicts('x')).filter(({ ended }) => ended === undefined);
      expect(counting).toHaveLength(1);
    });

    promise('the number of changes grows with everything that is said, replaced or withdrawn', async (casebook) => {
      const counts = [await casebook.countVerdictChanges()];
      const steps = [
        () => casebook.saveVerdict(verdict('x', 'ana')),
        () => casebook.saveVerdict(verdict('x', 'ana', { verdict: 'rejected' })),
        () => casebook.withdrawVerdict('x', 'ana', new Date(LATER)),
        () => casebook.saveVerdict(verdict('y', 'ana')),
      ];
      for (const step of steps) {
        await step();
        counts.push(await casebook.countVerdictChanges());
      }
      expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
    });
  });

  describe(`${name}: graded diagnoses`, () => {
    promise('are the finished ones with a verdict that counts, newest first', async (casebook) => {
      await casebook.saveDiagnosis(done('old', 'precedent', '2026-01-01T00:00:00.000Z'));
      await casebook.saveDiagnosis(done('new', 'precedent', '2026-02-01T00:00:00.000Z'));
      await casebook.saveDiagnosis(done('withdrawn', 'precedent'));
      await casebook.saveDiagnosis(done('unjudged', 'precedent'));
      await casebook.saveDiagnosis(pending('pending'));
      await casebook.saveDiagnosis(failed('failed'));
      for (const id of ['old', 'new', 'withdrawn', 'pending', 'failed', 'gone']) {
        await casebook.saveVerdict(verdict(id, 'ana'));
      }
      await casebook.saveVerdict(verdict('old', 'ana', { verdict: 'rejected' }));
      await casebook.saveVerdict(verdict('old', 'ben'));
      await casebook.withdrawVerdict('withdrawn', 'ana', new Date(LATER));
      const graded = await casebook.listGradedDiagnoses({ limit: 10 });
      expect(graded).toStrictEqual([
        { diagnosis: diagnosisOf('new', '2026-02-01T00:00:00.000Z'), verdicts: [verdict('new', 'ana')] },
        {
          diagnosis: diagnosisOf('old', '2026-01-01T00:00:00.000Z'),
          verdicts: [verdict('old', 'ana', { verdict: 'rejected' }), verdict('old', 'ben')],
        },
      ]);
    });

    promise('come in pages also when all were asked for in one moment', async (casebook) => {
      for (const id of ['c', 'a', 'b']) {
        await casebook.saveDiagnosis(done(id, 'precedent'));
        await casebook.saveVerdict(verdict(id, 'ana'));
      }
      const first = await casebook.listGradedDiagnoses({ limit: 2 });
      const second = await casebook.listGradedDiagnoses({ limit: 2, after: first.at(-1)?.diagnosis.id ?? '' });
      expect([...first, ...second].map(({ diagnosis }) => diagnosis.id)).toEqual(['c', 'b', 'a']);
    });

    promise('come in pages', async (casebook) => {
      for (let day = 1; day <= 5; day++) {
        await casebook.saveDiagnosis(done(`d${day}`, 'precedent', `2026-01-0${day}T00:00:00.000Z`));
        await casebook.saveVerdict(verdict(`d${day}`, 'ana'));
        await casebook.saveVerdict(verdict(`d${day}`, 'ben'));
      }
      const idsOf = async (page: Parameters<Casebook['listGradedDiagnoses']>[0]) =>
        (await casebook.listGradedDiagnoses(page)).map(({ diagnosis }) => diagnosis.id);
      expect(await idsOf({ limit: 2 })).toEqual(['d5', 'd4']);
      expect(await idsOf({ limit: 2, after: 'd4' })).toEqual(['d3', 'd2']);
      expect(await idsOf({ limit: 2, after: 'd2' })).toEqual(['d1']);
      expect(await idsOf({ limit: 2, after: 'd1' })).toEqual([]);
    });
  });
}

export function verdict(diagnosisId: string, by: string, fields: Partial<VerdictRecord> = {}): VerdictRecord {
  return { diagnosisId, by, verdict: 'confirmed', at: AT, ...fields };
}

function diagnosisOf(id: string, createdAt: string) {
  return buildDiagnosis({ id, createdAt, engine: 'precedent' });
}
