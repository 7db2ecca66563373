import { describe, expect, it } from 'vitest';
import type { Casebook } from '../ports.ts';
import { done, failed, pending } from '../testing/diagnosis-builder.ts';
import { describeVerdicts } from './casebook-verdicts.contract.ts';

/** Every promise of `Casebook`. Each test opens a casebook of its own, which must be empty. */
export function describeCasebook(name: string, open: () => Promise<Casebook>): void {
  const promise = (what: string, check: (casebook: Casebook) => Promise<void>) =>
    it(what, async () => {
      await using casebook = await open();
      await check(casebook);
    });

  describe(`${name}: diagnoses`, () => {
    promise('knows nothing of an id that nobody was given', async (casebook) => {
      expect(await casebook.findDiagnosis('unknown')).toBeUndefined();
    });

    for (const record of [pending('p'), done('d', 'precedent'), failed('f')]) {
      promise(`keeps a ${record.status} record to the letter`, async (casebook) => {
        await casebook.saveDiagnosis(record);
        expect(await casebook.findDiagnosis(record.id)).toStrictEqual(record);
      });
    }

    for (const outcome of [done('x', 'llm'), failed('x')]) {
      promise(`a pending record becomes ${outcome.status}`, async (casebook) => {
        await casebook.saveDiagnosis(pending('x'));
        await casebook.saveDiagnosis(outcome);
        expect(await casebook.findDiagnosis('x')).toStrictEqual(outcome);
      });

      promise(`a ${outcome.status} record never changes`, async (casebook) => {
        await casebook.saveDiagnosis(outcome);
        for (const later of [pending('x'), failed('x', 'later'), done('x', 'precedent')]) {
          await casebook.saveDiagnosis(later);
        }
        expect(await casebook.findDiagnosis('x')).toStrictEqual(outcome);
      });
    }

    promise('of two outcomes at once one stays, whole', async (casebook) => {
      await casebook.saveDiagnosis(pending('x'));
      const outcomes = [done('x', 'precedent'), failed('x')];
      await Promise.all(outcomes.map((record) => casebook.saveDiagnosis(record)));
      expect(outcomes).toContainEqual(await casebook.findDiagnosis('x'));
    });

    promise('records do not touch each other, whatever their ids hold', async (casebook) => {
      const ids = ['a', 'A', "o'clock; --", '%', 'ünï 🔥', ''];
      for (const id of ids) await casebook.saveDiagnosis(failed(id, `detail of ${id}`));
      for (const id of ids) {
        expect(await casebook.findDiagnosis(id)).toStrictEqual(failed(id, `detail of ${id}`));
      }
    });

    promise('a record of a megabyte comes back whole', async (casebook) => {
      const large = failed('large', 'A line with "quotes" and 🔥.\n'.repeat(40_000));
      await casebook.saveDiagnosis(large);
      expect(await casebook.findDiagnosis('large')).toStrictEqual(large);
    });

    promise('what a caller does to a record later changes nothing', async (casebook) => {
      const record = { ...failed('x') };
      await casebook.saveDiagnosis(record);
      Object.assign(record, { detail: 'changed' });
      expect(await casebook.findDiagnosis('x')).toStrictEqual(failed('x'));
    });
  });

  describeVerdicts(name, open);

  describe(`${name}: behaviour`, () => {
    promise('answers a ping', async (casebook) => {
      await expect(casebook.ping()).resolves.toBeUndefined();
    });

    promise('does nothing once its caller has given up', async (casebook) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(casebook.saveDiagnosis(pending('x'), given)).rejects.toThrow('given up');
      expect(await casebook.findDiagnosis('x')).toBeUndefined();
    });

    it('a closed casebook is unavailable', async () => {
      const casebook = await open();
      await casebook.ping();
      await casebook[Symbol.asyncDispose]();
      await expect(casebook.ping()).rejects.toMatchObject({ code: 'casebook-unavailable' });
    });
  });
}
