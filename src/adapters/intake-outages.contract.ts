import { describe, expect, it } from 'vitest';
import type { IntakeStore } from '../ports/intake.ts';
import { buildReceivedAlert as alert, buildIncoming } from '../testing/intake-builder.ts';
import type { OpenIntake } from './intake-store.contract.ts';
import { diagnose, join, statuses, triage } from './intake-work.contract.ts';

const AT = new Date('2026-03-10T12:01:00.000Z');
const LATER = new Date('2026-03-10T12:05:00.000Z');
const LAST = new Date('2026-03-10T12:09:00.000Z');

/** What `IntakeStore` promises of outages and their members. Each test opens an empty store. */
export function describeIntakeOutages(name: string, open: () => Promise<OpenIntake>): void {
  const promise = (what: string, check: (store: IntakeStore) => Promise<void>) =>
    it(what, async () => {
      const { store } = await open();
      await using _ = store;
      await check(store);
    });
  const accept = async (store: IntakeStore, ids: readonly string[], at = AT) => {
    await store.accept(
      ids.map((id) => buildIncoming(id)),
      at,
    );
  };
  const resolve = (store: IntakeStore, id: string, endsAt: Date) => {
    const over = alert(`a-${id}`, { status: 'resolved', endsAt: endsAt.toISOString() });
    return store.accept([buildIncoming(`${id}-over`, { groupKey: id.replace('o', 'g'), alerts: [over] })], LAST);
  };
  const answers = async (store: IntakeStore, ids: readonly string[]) =>
    Promise.all(
      ids.map(async (id) => {
        const { status, because, diagnosis } = (await store.findOccurrence(id)) ?? {};
        return [status, because, diagnosis];
      }),
    );

  describe(`${name}: an outage`, () => {
    promise('is told with what its members have in common', async (store) => {
      const full = { startsAt: '2026-03-10T11:00:00.000Z', labels: { alertname: 'Full' } };
      await accept(store, ['o1']);
      await store.accept([buildIncoming('o2', { alerts: [alert('b', full), alert('c', full)] })], LATER);
      await triage(store, [join('o1', 'x', 'web'), join('o2', 'x', 'db')], ['x']);
      const outage = {
        id: 'x',
        namespace: 'default',
        openedAt: AT.toISOString(),
        lastJoinedAt: LATER.toISOString(),
        alertNames: ['Full', 'Slow'],
        services: ['db', 'web'],
        startedAt: '2026-03-10T11:00:00.000Z',
        memberCount: 2,
        diagnosedCount: 2,
        lastDiagnosedAt: LATER.toISOString(),
      };
      expect(sorted(await store.listOpenOutages(LATER))).toStrictEqual([outage]);
      expect(sorted([await store.findOutage('x')])).toStrictEqual([{ ...outage, alertCount: 3 }]);
      expect(await store.listOpenOutages(LAST)).toEqual([]);
      expect(await store.listMembers('x', 9)).toStrictEqual([
        {
          occurrence: 'o1',
          sender: 'alertmanager',
          alertNames: ['Slow'],
          services: ['web'],
          startedAt: '2026-03-10T12:00:00.000Z',
          because: 'topology',
          reason: 'web is near',
          labelSets: [{ alertname: 'Slow', service: 'a-o1' }],
        },
        expect.objectContaining({ occurrence: 'o2', services: ['db'], labelSets: [{ alertname: 'Full' }] }),
      ]);
      expect(await store.listMembers('x', 1)).toHaveLength(1);
      const alerts = await store.listAlerts({ kind: 'outage', id: 'x' }, 9);
      expect(alerts.map(({ fingerprint }) => fingerprint)).toEqual(['b', 'c', 'a-o1']);
    });

    promise('says that it is a storm when its first member came with one', async (store) => {
      await accept(store, ['o1', 'o2', 'o3']);
      const storm = { ...join('o1', 'x'), because: 'storm' } as const;
      await triage(store, [storm, join('o2', 'x'), join('o3', 'y')]);
      expect(await store.findOutage('x')).toMatchObject({ storm: true });
      expect(await store.findOutage('y')).not.toHaveProperty('storm');
    });

    promise('of a namespace is listed to it, the newest first', async (store) => {
      await accept(store, ['o1']);
      await store.accept([buildIncoming('o2'), buildIncoming('o3', { namespace: 'team' })], LATER);
      await triage(store, [join('o2', 'y'), join('o1', 'x'), join('o3', 'z')]);
      const ids = async (namespace: string | undefined, limit = 9) =>
        (await store.listOutages(namespace, limit)).map(({ id }) => id);
      expect(await ids(undefined)).toEqual(['z', 'y', 'x']);
      expect(await ids('default')).toEqual(['y', 'x']);
      expect(await ids('default', 1)).toEqual(['y']);
    });

    promise('is over with the last of its members, and opens again with another', async (store) => {
      await accept(store, ['o1', 'o2', 'o3']);
      await triage(store, [join('o1', 'x'), join('o2', 'x')], ['x']);
      await resolve(store, 'o1', LAST);
      expect(await store.findOutage('x')).not.toHaveProperty('resolvedAt');
      await resolve(store, 'o2', LATER);
      expect((await store.findOutage('x'))?.resolvedAt).toBe(LAST.toISOString());
      expect(await store.listOpenOutages(AT)).toEqual([]);
      await triage(store, [join('o3', 'x')]);
      expect(await store.findOutage('x')).not.toHaveProperty('resolvedAt');
    });

    promise('that was never diagnosed is open, however old and over it is', async (store) => {
      await accept(store, ['o1']);
      await resolve(store, 'o1', LATER);
      await triage(store, [join('o1', 'x')]);
      expect(await store.listOpenOutages(LAST)).toMatchObject([{ id: 'x', resolvedAt: LATER.toISOString() }]);
      await triage(store, [], ['x']);
      expect(await store.listOpenOutages(AT)).toEqual([]);
    });
  });

  describe(`${name}: a member of an outage`, () => {
    promise('has the newest diagnosis that is done, and later members have it at once', async (store) => {
      await accept(store, ['o1', 'o2', 'o3']);
      await triage(store, [join('o1', 'x')], ['x']);
      expect(await answers(store, ['o1'])).toEqual([['waiting', 'outage', 'x-1']]);
      await store.finish('x-1', 'answered', LATER);
      await triage(store, [join('o2', 'x')]);
      expect(await answers(store, ['o1', 'o2'])).toEqual(Array(2).fill(['answered', 'outage', 'x-1']));
      await triage(store, [join('o3', 'x')], ['x'], () => 'x-2');
      expect(await store.findOutage('x')).toMatchObject({ memberCount: 3, diagnosedCount: 3, diagnosis: 'x-1' });
      expect(await answers(store, ['o1', 'o3'])).toEqual(Array(2).fill(['answered', 'outage', 'x-1']));
      await store.finish('x-2', 'answered', LAST);
      expect((await store.listAnsweredBy('x-2', 9)).map(({ id }) => id)).toEqual(['o1', 'o2', 'o3']);
      expect(await store.listAnsweredBy('x-1', 9)).toEqual([]);
    });

    promise('keeps the newer answer when an older diagnosis is done later, or the newer fails', async (store) => {
      await accept(store, ['o1']);
      await triage(store, [join('o1', 'x')], ['x']);
      await store.claim('w', 1, LATER, LAST);
      await triage(store, [], ['x'], () => 'x-2');
      await store.finish('x-2', 'answered', LATER);
      await store.finish('x-1', 'answered', LAST);
      expect(await answers(store, ['o1'])).toEqual([['answered', 'outage', 'x-2']]);
      await triage(store, [], ['x'], () => 'x-3');
      await store.finish('x-3', 'failed', LAST);
      expect(await answers(store, ['o1'])).toEqual([['answered', 'outage', 'x-2']]);
    });

    promise('fails when all diagnoses failed, and is answered by one that is done after that', async (store) => {
      await accept(store, ['o1', 'o2']);
      await triage(store, [join('o1', 'x')], ['x']);
      await store.claim('w', 1, LATER, LAST);
      await triage(store, [], ['x'], () => 'x-2');
      await store.finish('x-1', 'failed', LATER);
      expect(await statuses(store, ['o1'])).toEqual(['waiting']);
      await store.finish('x-2', 'failed', LATER);
      await triage(store, [join('o2', 'x')]);
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['failed', 'failed']);
      await triage(store, [], ['x'], () => 'x-3');
      await store.finish('x-3', 'answered', LAST);
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['answered', 'answered']);
    });

    promise('has no second task while nobody began the first', async (store) => {
      await accept(store, ['o1', 'o2']);
      await triage(store, [join('o1', 'x')], ['x']);
      await triage(store, [join('o2', 'x')], ['x'], () => 'x-2');
      expect((await store.claim('w', 9, LATER, LAST)).map(({ id, subject }) => [id, subject.kind])).toEqual([
        ['x-1', 'outage'],
      ]);
      expect(await store.findOutage('x')).toMatchObject({ diagnosedCount: 2 });
      await store.finish('x-1', 'answered', LAST);
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['answered', 'answered']);
    });

    promise('that was decided before keeps its answer until the outage has one', async (store) => {
      await accept(store, ['o1', 'o2', 'o3']);
      await triage(store, [diagnose('o1'), diagnose('o2')]);
      await store.finish('o1', 'answered', LATER);
      await triage(store, [join('o1', 'x'), join('o2', 'x'), join('o3', 'x')], ['x']);
      expect(await answers(store, ['o1', 'o2', 'o3'])).toEqual([
        ['answered', 'own', 'o1'],
        ['waiting', 'own', 'o2'],
        ['waiting', 'outage', 'x-1'],
      ]);
      await store.finish('x-1', 'answered', LATER);
      await store.finish('o2', 'failed', LAST);
      expect(await answers(store, ['o1', 'o2', 'o3'])).toEqual(Array(3).fill(['answered', 'outage', 'x-1']));
    });

    promise('that was decided before keeps its own answer when the outage’s diagnosis fails', async (store) => {
      await accept(store, ['o1', 'o2']);
      await triage(store, [diagnose('o1')]);
      await store.finish('o1', 'answered', LATER);
      await triage(store, [join('o1', 'x'), join('o2', 'x')], ['x']);
      await store.finish('x-1', 'failed', LAST);
      expect(await answers(store, ['o1', 'o2'])).toEqual([
        ['answered', 'own', 'o1'],
        ['failed', 'outage', 'x-1'],
      ]);
    });
  });
}

/** Names have no order. */
function sorted<Outage extends { alertNames: readonly string[]; services: readonly string[] }>(
  outages: readonly (Outage | undefined)[],
) {
  return outages.map(
    (outage) => outage && { ...outage, alertNames: outage.alertNames.toSorted(), services: outage.services.toSorted() },
  );
}
