import { describe, expect, it } from 'vitest';
import type { ReceivedAlert } from '../domain/occurrence.ts';
import type { IntakeStore } from '../ports/intake.ts';
import { buildIncoming, buildReceivedAlert } from '../testing/intake-builder.ts';
import type { OpenIntake } from './intake-store.contract.ts';

const AT = new Date('2026-03-10T12:10:00.000Z');
const minute = (at: number) => `2026-03-10T12:0${at}:00.000Z`;

/** What `IntakeStore` promises of alerts that are told with another start than before. Each test opens an empty store. */
export function describeIntakeIdentity(name: string, open: () => Promise<OpenIntake>): void {
  let told = 0;
  const tell = async (store: IntakeStore, ...alerts: Partial<ReceivedAlert>[]) => {
    const group = buildIncoming(`o${++told}`, {
      groupKey: 'g',
      alerts: alerts.map((over) => buildReceivedAlert('a', over)),
    });
    return (await store.accept([group], AT))[0]?.outcome;
  };
  const promise = (what: string, check: (store: IntakeStore) => Promise<void>) =>
    it(what, async () => {
      const { store } = await open();
      await using _ = store;
      await check(store);
    });
  const guess = { startIsGuessed: true } as const;

  describe(`${name}: an alert whose start is a guess`, () => {
    promise('is the one that fires, until it is over', async (store) => {
      expect(await tell(store, { ...guess, startsAt: minute(1) })).toBe('new');
      expect(await tell(store, { ...guess, startsAt: minute(2) })).toBe('duplicate');
      const over = { ...guess, status: 'resolved', startsAt: minute(3), endsAt: minute(3) } as const;
      expect(await tell(store, over)).toBe('resolved');
      expect(await tell(store, over)).toBe('duplicate');
      expect(await tell(store, { ...guess, startsAt: minute(2) })).toBe('duplicate');
      expect(await tell(store, { ...guess, startsAt: minute(4) })).toBe('new');
    });

    promise('is the one that began in the same call', async (store) => {
      expect(await tell(store, { ...guess, startsAt: minute(1) }, { ...guess, startsAt: minute(2) })).toBe('new');
      const [queued] = await store.listUndecided(1);
      expect((await store.findOccurrence(queued?.id ?? ''))?.alerts).toEqual({ firing: 1, resolved: 0 });
    });
  });

  describe(`${name}: a resolution`, () => {
    promise('with a start that nobody told ends the one that began before', async (store) => {
      expect(await tell(store, { startsAt: minute(1) })).toBe('new');
      expect(await tell(store, { status: 'resolved', startsAt: minute(2), endsAt: minute(3) })).toBe('resolved');
      expect(await tell(store, { status: 'resolved', startsAt: minute(2), endsAt: minute(3) })).toBe('duplicate');
      expect((await store.listAlerts({ kind: 'outage', id: 'x' }, 9)).length).toBe(0);
    });

    promise('ends with it what began earlier, for its sender was restarted', async (store) => {
      expect(await tell(store, { startsAt: minute(1) })).toBe('new');
      expect(await tell(store, { startsAt: minute(2) })).toBe('joined');
      expect(await tell(store, { status: 'resolved', startsAt: minute(2), endsAt: minute(3) })).toBe('resolved');
    });

    promise('of an earlier one that comes late leaves the later one firing', async (store) => {
      expect(await tell(store, { startsAt: minute(4) })).toBe('new');
      expect(await tell(store, { status: 'resolved', startsAt: minute(1), endsAt: minute(2) })).toBe('joined');
      expect(await tell(store, { startsAt: minute(4) })).toBe('duplicate');
    });

    promise('is told for each occurrence that it closes, also those that began under another key', async (store) => {
      const send = async (groupKey: string, ...alerts: ReceivedAlert[]) =>
        (await store.accept([buildIncoming(`o-${groupKey}`, { groupKey, alerts })], AT))[0];
      await send('one', buildReceivedAlert('a'));
      await send('other', buildReceivedAlert('b'));
      const over = ['a', 'b'].map((fingerprint) => buildReceivedAlert(fingerprint, { status: 'resolved' }));
      expect(await send('one', ...over)).toEqual({ occurrence: 'o-one', outcome: 'resolved', alsoClosed: ['o-other'] });
    });

    promise('is told beside what begins with the same group', async (store) => {
      const send = async (id: string, ...alerts: ReceivedAlert[]) =>
        (await store.accept([buildIncoming(id, { groupKey: id, alerts })], AT))[0];
      await send('o1', buildReceivedAlert('a'));
      const over = buildReceivedAlert('a', { status: 'resolved' });
      const both = await send('o2', over, buildReceivedAlert('b'));
      expect(both).toEqual({ occurrence: 'o2', outcome: 'new', alsoClosed: ['o1'] });
    });
  });
}
