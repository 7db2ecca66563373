import { describe, expect, it } from 'vitest';
import type { IntakeStore } from '../ports/intake.ts';
import type { Casebook } from '../ports.ts';
import { buildReceivedAlert as alert, buildIncoming, STARTED } from '../testing/intake-builder.ts';

const AT = new Date('2026-03-10T12:01:00.000Z');
const LATER = new Date('2026-03-10T12:05:00.000Z');
const ZERO = '0001-01-01T00:00:00Z';

/** A store, and the casebook that keeps what people say of its diagnoses. */
export interface OpenIntake {
  readonly store: IntakeStore;
  readonly casebook: Pick<Casebook, 'saveVerdict' | 'listVerdicts'>;
}

/** What `IntakeStore` promises of alerts on their way in. Each test opens a store of its own, which must be empty. */
export function describeAcceptance(name: string, open: () => Promise<OpenIntake>): void {
  const promise = (what: string, check: (store: IntakeStore) => Promise<void>) =>
    it(what, async () => {
      const { store } = await open();
      await using _ = store;
      await check(store);
    });

  describe(`${name}: a group that comes in`, () => {
    promise('begins an occurrence that is queued, with what a triage goes by', async (store) => {
      const alerts = [
        alert('web', { annotations: { summary: 'web is slow' } }),
        alert('db', { startsAt: '2026-03-10T13:59:00+02:00', labels: { alertname: 'Full', service: 'db' } }),
      ];
      const answers = await store.accept([buildIncoming('o1', { alerts })], AT);
      expect(answers).toEqual([{ occurrence: 'o1', outcome: 'new' }]);
      expect(await store.findOccurrence('o1')).toStrictEqual({
        id: 'o1',
        namespace: 'default',
        sender: 'alertmanager',
        groupKey: 'g1',
        status: 'queued',
        receivedAt: AT.toISOString(),
        startedAt: '2026-03-10T11:59:00.000Z',
        alerts: { firing: 2, resolved: 0 },
      });
      expect(await store.listUndecided(9)).toStrictEqual([
        {
          id: 'o1',
          namespace: 'default',
          sender: 'alertmanager',
          groupKey: 'g1',
          receivedAt: AT.toISOString(),
          startedAt: '2026-03-10T11:59:00.000Z',
          situationKey: 'situation of g1',
          alertNames: ['Slow', 'Full'],
          labels: { alertname: 'Slow', service: 'web' },
          labelSets: [{ alertname: 'Full', service: 'db' }],
          texts: ['web is slow', 'db is slow'],
        },
      ]);
      expect(await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 9)).toStrictEqual([alerts[1], alerts[0]]);
    });

    promise('is answered in the order in which the groups were given, first come first', async (store) => {
      const answers = await store.accept(
        ['o3', 'o1', 'o2'].map((id) => buildIncoming(id)),
        AT,
      );
      expect(answers.map((answer) => 'occurrence' in answer && answer.occurrence)).toEqual(['o3', 'o1', 'o2']);
      expect((await store.listUndecided(2)).map(({ id }) => id)).toEqual(['o3', 'o1']);
    });

    promise('that is repeated changes nothing, in one call or in two', async (store) => {
      const [first, again] = await store.accept(
        [buildIncoming('o1'), buildIncoming('o2', { groupKey: 'g1', alerts: [alert('a-o1')] })],
        AT,
      );
      expect([first, again]).toEqual([
        { occurrence: 'o1', outcome: 'new' },
        { occurrence: 'o1', outcome: 'duplicate' },
      ]);
      const before = await store.findOccurrence('o1');
      expect(await store.accept([buildIncoming('o3', { groupKey: 'g1', alerts: [alert('a-o1')] })], LATER)).toEqual([
        { occurrence: 'o1', outcome: 'duplicate' },
      ]);
      expect(await store.findOccurrence('o1')).toStrictEqual(before);
      expect(await store.findOccurrence('o3')).toBeUndefined();
    });

    promise('goes on with the unresolved occurrence of its key, also once that is answered', async (store) => {
      await store.accept([buildIncoming('o1')], AT);
      await store.decide(
        { decisions: [{ occurrence: 'o1', kind: 'reuse', diagnosis: 'd' }], rediagnose: [] },
        AT,
        String,
      );
      expect(await store.accept([buildIncoming('o2', { groupKey: 'g1' })], LATER)).toEqual([
        { occurrence: 'o1', outcome: 'joined' },
      ]);
      expect(await store.findOccurrence('o1')).toMatchObject({
        status: 'answered',
        alerts: { firing: 2, resolved: 0 },
      });
      expect(await store.listUndecided(9)).toEqual([]);
    });

    promise('of another namespace, sender or key is another, whatever its alerts', async (store) => {
      const alerts = [alert('a')];
      const answers = await store.accept(
        [
          buildIncoming('o1', { alerts }),
          buildIncoming('o2', { groupKey: 'g1', alerts, namespace: 'team' }),
          buildIncoming('o3', { groupKey: 'g1', alerts, sender: 'grafana' }),
          buildIncoming('o4', { groupKey: 'other', alerts: [alert('b')] }),
        ],
        AT,
      );
      expect(answers.map(({ outcome }) => outcome)).toEqual(['new', 'new', 'new', 'new']);
    });

    promise('that tells by a second route what is known belongs to the first occurrence', async (store) => {
      await store.accept([buildIncoming('o1', { alerts: [alert('a')] })], AT);
      const [known, partly] = await store.accept(
        [buildIncoming('o2', { alerts: [alert('a')] }), buildIncoming('o3', { alerts: [alert('a'), alert('b')] })],
        AT,
      );
      expect(known).toEqual({ occurrence: 'o1', outcome: 'duplicate' });
      expect(partly).toEqual({ occurrence: 'o3', outcome: 'new' });
      expect((await store.findOccurrence('o3'))?.alerts).toEqual({ firing: 1, resolved: 0 });
    });

    promise('keeps its alerts whatever characters they hold', async (store) => {
      const odd = alert('half \ud800 zero \0', { labels: { alertname: '\ud83d', 'a"b': "it's; --" } });
      await store.accept([buildIncoming('o1', { groupKey: 'g \udfff \0', alerts: [odd] })], AT);
      expect(await store.accept([buildIncoming('o2', { groupKey: 'g \udfff \0', alerts: [odd] })], AT)).toEqual([
        { occurrence: 'o1', outcome: 'duplicate' },
      ]);
      expect(await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 9)).toStrictEqual([odd]);
      expect((await store.listUndecided(9))[0]?.labels).toEqual(odd.labels);
    });
  });

  describe(`${name}: a resolved alert`, () => {
    const over = (fingerprint: string, endsAt = LATER.toISOString()) =>
      alert(fingerprint, { status: 'resolved', endsAt });

    promise('closes its occurrence with the last of them, and says how long it took', async (store) => {
      await store.accept([buildIncoming('o1', { alerts: [alert('a'), alert('b')] })], AT);
      const part = await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [over('a'), alert('b')] })], AT);
      expect(part).toEqual([{ occurrence: 'o1', outcome: 'joined' }]);
      expect(await store.findOccurrence('o1')).not.toHaveProperty('resolvedAt');
      const all = await store.accept([buildIncoming('o3', { groupKey: 'g1', alerts: [over('a'), over('b')] })], LATER);
      expect(all).toEqual([{ occurrence: 'o1', outcome: 'resolved' }]);
      expect(await store.findOccurrence('o1')).toMatchObject({
        status: 'queued',
        resolvedAt: LATER.toISOString(),
        durationSeconds: 300,
        alerts: { firing: 0, resolved: 2 },
      });
      const kept = await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 1);
      expect(kept).toMatchObject([{ status: 'resolved', endsAt: LATER.toISOString(), fingerprint: 'a' }]);
    });

    promise('without an end of its own, or with the zero time, ended when it was told', async (store) => {
      const { endsAt: _, ...endless } = over('b');
      await store.accept([buildIncoming('o1', { alerts: [alert('a'), alert('b')] })], AT);
      await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [over('a', ZERO), endless] })], LATER);
      expect((await store.findOccurrence('o1'))?.resolvedAt).toBe(LATER.toISOString());
    });

    promise('that ended before it began, by the clocks of two machines, took no time', async (store) => {
      await store.accept([buildIncoming('o1')], AT);
      await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [over('a-o1', '2026-03-10T11:00:00Z')] })], AT);
      expect(await store.findOccurrence('o1')).toMatchObject({
        resolvedAt: '2026-03-10T11:00:00.000Z',
        durationSeconds: 0,
      });
    });

    promise('that nobody told of before is kept, and begins nothing', async (store) => {
      expect(await store.accept([buildIncoming('o1', { alerts: [over('a')] })], AT)).toEqual([{ outcome: 'unknown' }]);
      expect(await store.findOccurrence('o1')).toBeUndefined();
      expect(await store.accept([buildIncoming('o2', { alerts: [alert('a')] })], AT)).toEqual([{ outcome: 'unknown' }]);
    });

    promise('that nobody told of before belongs to the group that it came with', async (store) => {
      await store.accept([buildIncoming('o1')], AT);
      const answers = await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [over('b')] })], AT);
      expect(answers).toEqual([{ occurrence: 'o1', outcome: 'joined' }]);
      await store.accept([buildIncoming('o3', { alerts: [over('c'), alert('d')] })], AT);
      expect((await store.findOccurrence('o1'))?.alerts).toEqual({ firing: 1, resolved: 1 });
      expect((await store.findOccurrence('o3'))?.alerts).toEqual({ firing: 1, resolved: 1 });
    });

    promise('does not fire again by a late repeat, but does with another start', async (store) => {
      await store.accept([buildIncoming('o1', { alerts: [alert('a')] })], AT);
      await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [over('a')] })], AT);
      const late = await store.accept([buildIncoming('o3', { groupKey: 'g1', alerts: [alert('a')] })], LATER);
      expect(late).toEqual([{ occurrence: 'o1', outcome: 'duplicate' }]);
      expect((await store.findOccurrence('o1'))?.alerts).toEqual({ firing: 0, resolved: 1 });
      const again = alert('a', { startsAt: LATER.toISOString() });
      expect(await store.accept([buildIncoming('o4', { groupKey: 'g1', alerts: [again] })], LATER)).toEqual([
        { occurrence: 'o4', outcome: 'new' },
      ]);
    });

    promise('and the next that fires may come in one call', async (store) => {
      await store.accept([buildIncoming('o1', { alerts: [alert('a')] })], AT);
      const again = alert('a', { startsAt: LATER.toISOString() });
      const answers = await store.accept(
        [
          buildIncoming('o2', { groupKey: 'g1', alerts: [over('a')] }),
          buildIncoming('o3', { groupKey: 'g1', alerts: [again] }),
        ],
        LATER,
      );
      expect(answers).toEqual([
        { occurrence: 'o1', outcome: 'resolved' },
        { occurrence: 'o3', outcome: 'new' },
      ]);
    });

    promise('that came with its firing is an occurrence all the same', async (store) => {
      const answers = await store.accept([buildIncoming('o1', { alerts: [over('a'), alert('a')] })], AT);
      expect(answers).toEqual([{ occurrence: 'o1', outcome: 'new' }]);
      expect(await store.findOccurrence('o1')).toMatchObject({ status: 'queued', alerts: { firing: 0, resolved: 1 } });
    });
  });

  describe(`${name}: a filtered group`, () => {
    promise('is kept, and nobody decides about it', async (store) => {
      expect(await store.accept([buildIncoming('o1', { filteredBy: 'staging' })], AT)).toEqual([
        { occurrence: 'o1', outcome: 'filtered' },
      ]);
      expect(await store.findOccurrence('o1')).toMatchObject({ status: 'filtered', filteredBy: 'staging' });
      expect(await store.listUndecided(9)).toEqual([]);
      await store.decide({ decisions: [{ occurrence: 'o1', kind: 'diagnose' }], rediagnose: [] }, AT, String);
      expect((await store.findOccurrence('o1'))?.status).toBe('filtered');
    });

    promise('is shown as soon as an alert that no rule filters joins it', async (store) => {
      await store.accept([buildIncoming('o1', { filteredBy: 'staging' })], AT);
      const filtered = await store.accept([buildIncoming('o2', { groupKey: 'g1', filteredBy: 'staging' })], AT);
      expect(filtered).toEqual([{ occurrence: 'o1', outcome: 'filtered' }]);
      const shown = await store.accept([buildIncoming('o3', { groupKey: 'g1', situationKey: 'other' })], AT);
      expect(shown).toEqual([{ occurrence: 'o1', outcome: 'joined' }]);
      expect(await store.findOccurrence('o1')).toMatchObject({ status: 'queued', alerts: { firing: 3, resolved: 0 } });
      expect(await store.findOccurrence('o1')).not.toHaveProperty('filteredBy');
      expect(await store.listUndecided(9)).toMatchObject([{ id: 'o1', situationKey: 'other' }]);
    });

    promise('is shown when it is repeated after its rule is gone', async (store) => {
      await store.accept([buildIncoming('o1', { filteredBy: 'staging' })], AT);
      expect(await store.accept([buildIncoming('o2', { groupKey: 'g1', alerts: [alert('a-o1')] })], AT)).toEqual([
        { occurrence: 'o1', outcome: 'joined' },
      ]);
      expect((await store.findOccurrence('o1'))?.status).toBe('queued');
    });

    promise('hides nothing of an occurrence that others see', async (store) => {
      await store.accept([buildIncoming('o1')], AT);
      expect(await store.accept([buildIncoming('o2', { groupKey: 'g1', filteredBy: 'staging' })], AT)).toEqual([
        { occurrence: 'o1', outcome: 'joined' },
      ]);
      expect((await store.findOccurrence('o1'))?.status).toBe('queued');
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('keeps 500 groups in one call', async (store) => {
      const groups = Array.from({ length: 500 }, (_, at) => buildIncoming(`o${at}`));
      const answers = await store.accept(groups, AT);
      expect(new Set(answers.map((answer) => 'occurrence' in answer && answer.occurrence)).size).toBe(500);
      expect(await store.countQueue()).toEqual({ undecided: 500, ready: 0, working: 0, oldest: AT.toISOString() });
    });

    promise('what a caller does to an alert later changes nothing', async (store) => {
      const alerts = [alert('a')];
      await store.accept([buildIncoming('o1', { alerts })], AT);
      Object.assign(alerts[0]?.labels ?? {}, { alertname: 'changed' });
      expect((await store.listUndecided(1))[0]?.alertNames).toEqual(['Slow']);
      expect((await store.listAlerts({ kind: 'occurrence', id: 'o1' }, 1))[0]?.labels['alertname']).toBe('Slow');
    });

    promise('does nothing once its caller has given up', async (store) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(store.accept([buildIncoming('o1')], AT, given)).rejects.toThrow('given up');
      await expect(store.claim('w', 1, AT, LATER, given)).rejects.toThrow('given up');
      expect(await store.findOccurrence('o1')).toBeUndefined();
    });

    it('a closed store is unavailable', async () => {
      const { store } = await open();
      await store[Symbol.asyncDispose]();
      await expect(store.accept([buildIncoming('o1')], new Date(STARTED))).rejects.toMatchObject({
        code: 'casebook-unavailable',
        isRetryable: true,
      });
    });
  });
}
