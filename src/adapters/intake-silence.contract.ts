import { describe, expect, it } from 'vitest';
import { SILENT_HOURS } from '../domain/silence.ts';
import type { IntakeStore } from '../ports/intake.ts';
import { buildReceivedAlert as alert, buildIncoming } from '../testing/intake-builder.ts';
import type { OpenIntake } from './intake-store.contract.ts';
import { diagnose, join, statuses, triage } from './intake-work.contract.ts';

/** So many hours after the first delivery. */
const hour = (hours: number) => new Date(Date.UTC(2026, 2, 10, 12) + hours * 3_600_000);
const SILENT = SILENT_HOURS;

/** What `IntakeStore` promises where nobody tells of an end. Each test opens an empty store. */
export function describeIntakeSilence(name: string, open: () => Promise<OpenIntake>): void {
  const promise = (what: string, check: (store: IntakeStore) => Promise<void>) =>
    it(what, async () => {
      const { store } = await open();
      await using _ = store;
      await check(store);
    });
  /** What comes of alerts of the group g. */
  const tell = async (store: IntakeStore, id: string, at: Date, ...alerts: ReturnType<typeof alert>[]) =>
    (await store.accept([buildIncoming(id, { groupKey: 'g', alerts })], at))[0];
  const since = (fingerprint: string, start: Date) => alert(fingerprint, { startsAt: start.toISOString() });
  const guessed = (at: Date) => alert('a', { startsAt: at.toISOString(), startIsGuessed: true });

  describe(`${name}: an occurrence of which nothing was told for long`, () => {
    promise('is over for the next alert of its group, since it was told of last', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)), since('b', hour(0)));
      expect(await tell(store, 'o2', hour(1), since('a', hour(0)))).toMatchObject({ outcome: 'duplicate' });
      const next = await tell(store, 'o3', hour(1 + SILENT), since('a', hour(1 + SILENT)));
      expect(next).toEqual({ occurrence: 'o3', outcome: 'new' });
      expect(await store.findOccurrence('o1')).toMatchObject({
        resolvedAt: hour(1).toISOString(),
        durationSeconds: 3_600,
        alerts: { firing: 0, resolved: 2 },
      });
      expect(await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 9)).toMatchObject([
        { fingerprint: 'a', status: 'resolved', endsAt: hour(1).toISOString() },
        { fingerprint: 'b', status: 'resolved', endsAt: hour(1).toISOString() },
      ]);
      expect((await store.findOccurrence('o3'))?.alerts).toEqual({ firing: 1, resolved: 0 });
    });

    promise('goes on until then', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)));
      const next = await tell(store, 'o2', hour(SILENT - 0.01), since('b', hour(SILENT - 1)));
      expect(next).toEqual({ occurrence: 'o1', outcome: 'joined' });
    });

    promise('was answered, and the next is to be answered anew', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)));
      await triage(store, [diagnose('o1')]);
      await tell(store, 'o2', hour(SILENT), since('a', hour(SILENT)));
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['waiting', 'queued']);
    });

    promise('ends with its outage', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)));
      await triage(store, [join('o1', 'x')]);
      await tell(store, 'o2', hour(SILENT), since('a', hour(SILENT)));
      expect((await store.findOutage('x'))?.resolvedAt).toBe(hour(0).toISOString());
    });

    promise('is the same as long as the same firing is repeated, however late', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)));
      const repeat = await tell(store, 'o2', hour(9 * SILENT), since('a', hour(0)));
      expect(repeat).toEqual({ occurrence: 'o1', outcome: 'duplicate' });
      const beside = await tell(store, 'o3', hour(20 * SILENT), since('a', hour(0)), since('b', hour(20 * SILENT)));
      expect(beside).toEqual({ occurrence: 'o1', outcome: 'joined' });
      const next = await tell(store, 'o4', hour(21 * SILENT - 1), since('c', hour(21 * SILENT - 1)));
      expect(next).toEqual({ occurrence: 'o1', outcome: 'joined' });
    });

    promise('ends when its sender says so, if it does after all', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)));
      const over = { ...since('a', hour(0)), status: 'resolved', endsAt: hour(5 * SILENT).toISOString() } as const;
      const answer = await tell(store, 'o2', hour(5 * SILENT), over);
      expect(answer).toEqual({ occurrence: 'o1', outcome: 'resolved' });
      expect((await store.findOccurrence('o1'))?.resolvedAt).toBe(hour(5 * SILENT).toISOString());
    });

    promise('is not kept open by what ended in it', async (store) => {
      await tell(store, 'o1', hour(0), since('a', hour(0)), since('b', hour(0)));
      const over = { ...since('b', hour(0)), status: 'resolved', endsAt: hour(1).toISOString() } as const;
      await tell(store, 'o2', hour(2), over);
      const next = await tell(store, 'o3', hour(2 + SILENT), over, since('c', hour(2 + SILENT)));
      expect(next).toEqual({ occurrence: 'o3', outcome: 'new' });
      expect(await store.findOccurrence('o1')).toMatchObject({ resolvedAt: hour(2).toISOString() });
    });
  });

  describe(`${name}: an alert whose start is a guess`, () => {
    promise('fires anew once nothing was told of it for long', async (store) => {
      expect(await tell(store, 'o1', hour(0), guessed(hour(0)))).toMatchObject({ outcome: 'new' });
      const again = await tell(store, 'o2', hour(SILENT - 1), guessed(hour(SILENT - 1)));
      expect(again).toEqual({ occurrence: 'o1', outcome: 'duplicate' });
      const late = hour(2 * SILENT - 1);
      expect(await tell(store, 'o3', late, guessed(late))).toEqual({ occurrence: 'o3', outcome: 'new' });
      expect((await store.findOccurrence('o1'))?.resolvedAt).toBe(hour(SILENT - 1).toISOString());
      expect(await tell(store, 'o4', late, guessed(late))).toEqual({ occurrence: 'o3', outcome: 'duplicate' });
    });

    promise('fires anew under another key too, and several times in one call once', async (store) => {
      await tell(store, 'o1', hour(0), guessed(hour(0)));
      const late = hour(SILENT);
      const other = (id: string) => buildIncoming(id, { groupKey: 'other', alerts: [guessed(late)] });
      expect(await store.accept([other('o2'), other('o3')], late)).toEqual([
        { occurrence: 'o2', outcome: 'new' },
        { occurrence: 'o2', outcome: 'duplicate' },
      ]);
      expect(await store.findOccurrence('o1')).toMatchObject({ resolvedAt: hour(0).toISOString() });
    });
  });
}
