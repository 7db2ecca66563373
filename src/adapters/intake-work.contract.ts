import { describe, expect, it } from 'vitest';
import type { TriageDecision } from '../domain/triage.ts';
import type { IntakeStore } from '../ports/intake.ts';
import { buildReceivedAlert as alert, buildIncoming } from '../testing/intake-builder.ts';
import type { OpenIntake } from './intake-store.contract.ts';

const AT = new Date('2026-03-10T12:01:00.000Z');
const UNTIL = new Date('2026-03-10T12:02:00.000Z');
const LATER = new Date('2026-03-10T12:05:00.000Z');
const LAST = new Date('2026-03-10T12:09:00.000Z');

/** What `IntakeStore` promises of whoever decides about alerts, and works on them. Each test opens an empty store. */
export function describeIntakeWork(name: string, open: () => Promise<OpenIntake>): void {
  const promise = (what: string, check: (store: IntakeStore, casebook: OpenIntake['casebook']) => Promise<void>) =>
    it(what, async () => {
      const { store, casebook } = await open();
      await using _ = store;
      await check(store, casebook);
    });

  describe(`${name}: a triage`, () => {
    promise('makes one task of the occurrence’s own id, whoever decides again', async (store) => {
      await store.accept([buildIncoming('o1')], AT);
      for (let times = 0; times < 2; times++) await triage(store, [diagnose('o1')]);
      expect(await store.findOccurrence('o1')).toMatchObject({ status: 'waiting', because: 'own', diagnosis: 'o1' });
      expect(await store.claim('w', 9, LATER, LAST)).toStrictEqual([
        {
          id: 'o1',
          namespace: 'default',
          subject: { kind: 'occurrence', id: 'o1' },
          attempts: 1,
          createdAt: LATER.toISOString(),
        },
      ]);
      expect(await store.listUndecided(9)).toEqual([]);
    });

    promise('answers at once by a diagnosis that is done, and waits for one that is not', async (store) => {
      await store.accept(
        ['o1', 'o2', 'o3'].map((id) => buildIncoming(id)),
        AT,
      );
      await triage(store, [reuse('o2', 'o1'), diagnose('o1'), reuse('o3', 'elsewhere')]);
      expect(await statuses(store, ['o1', 'o2', 'o3'])).toEqual(['waiting', 'waiting', 'answered']);
      expect(await store.findOccurrence('o3')).toMatchObject({ because: 'identical', diagnosis: 'elsewhere' });
      expect((await store.listAnsweredBy('o1', 9)).map(({ id }) => id)).toEqual(['o1', 'o2']);
      await store.finish('o1', 'answered', LATER);
      expect(await statuses(store, ['o1', 'o2', 'o3'])).toEqual(['answered', 'answered', 'answered']);
    });

    promise('leaves undecided what was to be answered by a diagnosis that failed meanwhile', async (store) => {
      await store.accept([buildIncoming('o1'), buildIncoming('o2')], AT);
      await triage(store, [diagnose('o1')]);
      await store.finish('o1', 'failed', LATER);
      await triage(store, [reuse('o2', 'o1')]);
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['failed', 'queued']);
    });

    promise('leaves what was decided meanwhile, and opens no outage for it', async (store) => {
      await store.accept([buildIncoming('o1'), buildIncoming('o2')], AT);
      await triage(store, [reuse('o1', 'd'), join('o2', 'x')]);
      await triage(store, [diagnose('o1'), join('o2', 'y')], ['y']);
      expect(await store.findOccurrence('o1')).toMatchObject({
        status: 'answered',
        because: 'identical',
        diagnosis: 'd',
      });
      expect(await store.findOccurrence('o2')).toMatchObject({ outage: 'x' });
      expect(await store.findOutage('y')).toBeUndefined();
      expect(await store.claim('w', 9, LATER, LAST)).toEqual([]);
    });

    promise('lists those that are decided and alone, the newest first', async (store) => {
      await store.accept([buildIncoming('o1'), buildIncoming('o2')], AT);
      await store.accept([buildIncoming('o3'), buildIncoming('o4', { filteredBy: 'r' }), buildIncoming('o5')], LATER);
      await triage(store, [diagnose('o1'), diagnose('o3'), reuse('o2', 'd'), join('o5', 'x')]);
      const lone = await store.listRecentLone(AT, 9);
      expect(lone.map(({ id, diagnosis, pending }) => [id, diagnosis, pending])).toEqual([
        ['o3', 'o3', true],
        ['o2', 'd', false],
        ['o1', 'o1', true],
      ]);
      expect((await store.listRecentLone(LATER, 9)).map(({ id, alertNames }) => [id, alertNames])).toEqual([
        ['o3', ['Slow']],
      ]);
      expect(await store.listRecentLone(AT, 1)).toHaveLength(1);
    });

    promise('lists as many of each namespace, so that none crowds out another', async (store) => {
      await store.accept([buildIncoming('o1', { namespace: 'team' })], AT);
      await store.accept([buildIncoming('o2'), buildIncoming('o3')], LATER);
      await triage(store, [diagnose('o1'), diagnose('o2'), diagnose('o3')]);
      expect((await store.listRecentLone(AT, 1)).map(({ id }) => id)).toEqual(['o3', 'o1']);
    });

    promise('counts the diagnoses that were begun, by namespace', async (store) => {
      await store.accept([buildIncoming('o1'), buildIncoming('o2', { namespace: 'team' }), buildIncoming('o3')], AT);
      await triage(store, [diagnose('o1'), diagnose('o2'), join('o3', 'x')], ['x']);
      await store.finish('o1', 'failed', LATER);
      expect(await store.countDiagnoses(LATER)).toEqual(
        new Map([
          ['default', 2],
          ['team', 1],
        ]),
      );
      expect(await store.countDiagnoses(LAST)).toEqual(new Map());
    });
  });

  describe(`${name}: a task`, () => {
    const ready = async (store: IntakeStore, ids: readonly string[]) => {
      await store.accept(
        ids.map((id) => buildIncoming(id)),
        AT,
      );
      await triage(store, ids.map(diagnose));
    };
    const claimed = async (store: IntakeStore, worker: string, limit: number, now = AT, until = UNTIL) =>
      (await store.claim(worker, limit, now, until)).map(({ id, attempts, lost }) => [id, attempts, lost ?? 0]);

    promise('is one worker’s until its time is over, the oldest first', async (store) => {
      await ready(store, ['o3', 'o1', 'o2']);
      expect(await claimed(store, 'a', 2)).toEqual([
        ['o3', 1, 0],
        ['o1', 1, 0],
      ]);
      expect(await claimed(store, 'b', 9)).toEqual([['o2', 1, 0]]);
      expect(await claimed(store, 'a', 9)).toEqual([]);
      expect(await store.countQueue()).toEqual({ undecided: 0, ready: 0, working: 3, oldest: LATER.toISOString() });
      expect(await claimed(store, 'b', 9, UNTIL, LATER)).toEqual([
        ['o3', 2, 1],
        ['o1', 2, 1],
        ['o2', 2, 1],
      ]);
    });

    promise('is kept for longer by its worker alone', async (store) => {
      await ready(store, ['o1']);
      await store.claim('a', 1, AT, UNTIL);
      expect(await store.renew('b', 'o1', LAST)).toBe(false);
      expect(await store.renew('a', 'o1', LATER)).toBe(true);
      expect(await claimed(store, 'b', 1, UNTIL, LAST)).toEqual([]);
      expect(await claimed(store, 'b', 1, LATER, LAST)).toEqual([['o1', 2, 1]]);
      expect(await store.renew('a', 'o1', LAST)).toBe(false);
    });

    promise('that is put off is ready again then, and was not lost', async (store) => {
      await ready(store, ['o1']);
      await store.claim('a', 1, AT, UNTIL);
      await store.postpone('b', 'o1', AT);
      expect(await claimed(store, 'b', 1)).toEqual([]);
      await store.postpone('a', 'o1', LATER);
      expect(await claimed(store, 'b', 1, UNTIL, LATER)).toEqual([]);
      expect(await store.countQueue()).toMatchObject({ ready: 1, working: 0 });
      expect(await claimed(store, 'b', 1, LATER, LAST)).toEqual([['o1', 2, 0]]);
    });

    promise('that is over stays as it ended', async (store) => {
      await ready(store, ['o1', 'o2']);
      await store.finish('o1', 'answered', LATER);
      await store.finish('o1', 'failed', LAST);
      await store.finish('o2', 'failed', LATER);
      await store.finish('o2', 'answered', LAST);
      await store.finish('nothing', 'answered', LAST);
      expect(await statuses(store, ['o1', 'o2'])).toEqual(['answered', 'failed']);
      expect(await claimed(store, 'a', 9, LAST, LAST)).toEqual([]);
      expect(await store.renew('a', 'o1', LAST)).toBe(false);
    });

    promise('answers the same situation later, unless people say that it is wrong', async (store, casebook) => {
      const key = (id: string, namespace = 'default') => buildIncoming(id, { situationKey: 's', namespace });
      await store.accept([key('o1'), key('o2'), key('o3', 'team'), buildIncoming('o4')], AT);
      await triage(store, ['o1', 'o2', 'o3', 'o4'].map(diagnose));
      await store.finish('o2', 'answered', LATER);
      await store.finish('o1', 'answered', LAST);
      await store.finish('o3', 'answered', LAST);
      await store.finish('o4', 'failed', LAST);
      const newest = async (since = AT) => {
        const answered = await store.listAnswered(['s', 's', 'none', 'situation of g4'], since);
        return answered.map(({ diagnosisId }) => diagnosisId).toSorted();
      };
      expect(await newest()).toEqual(['o1', 'o3']);
      await casebook.saveVerdict({ diagnosisId: 'o3', by: 'x', verdict: 'confirmed', at: LAST.toISOString() });
      await casebook.saveVerdict({ diagnosisId: 'o1', by: 'x', verdict: 'rejected', at: LAST.toISOString() });
      expect(await newest()).toEqual(['o2', 'o3']);
      expect(await newest(LAST)).toEqual(['o3']);
      expect(await store.listAnswered(['s'], LAST)).toStrictEqual([
        { situationKey: 's', namespace: 'team', diagnosisId: 'o3', diagnosedAt: LAST.toISOString() },
      ]);
      expect(await store.listAnswered([], AT)).toEqual([]);
    });
  });

  describe(`${name}: a turn`, () => {
    promise('is one owner’s until its time is over, or it is given back', async (store) => {
      expect(await store.takeTurn('dispatch', 'a', AT, UNTIL)).toBe(true);
      expect(await store.takeTurn('dispatch', 'b', AT, UNTIL)).toBe(false);
      expect(await store.takeTurn('other', 'b', AT, UNTIL)).toBe(true);
      expect(await store.takeTurn('dispatch', 'a', AT, LATER)).toBe(true);
      expect(await store.takeTurn('dispatch', 'b', UNTIL, LAST)).toBe(false);
      await store.giveBackTurn('dispatch', 'b');
      expect(await store.takeTurn('dispatch', 'b', UNTIL, LAST)).toBe(false);
      await store.giveBackTurn('dispatch', 'a');
      expect(await store.takeTurn('dispatch', 'b', UNTIL, LATER)).toBe(true);
      expect(await store.takeTurn('dispatch', 'a', LATER, LAST)).toBe(true);
    });
  });

  describe(`${name}: the alerts of the past`, () => {
    promise('are told newest first, page by page, each once', async (store) => {
      for (const [minute, id] of ['o1', 'o2', 'o3'].entries()) {
        const alerts = [alert(`${id}-a`), alert(`${id}-b`)];
        await store.accept([buildIncoming(id, { alerts })], new Date(AT.getTime() + minute * 60_000));
      }
      const told: (string | undefined)[] = [];
      for (let after: string | undefined, pages = 0; pages === 0 || after !== undefined; pages++) {
        const page = await store.listHistory({ since: AT, limit: 4, ...(after === undefined ? {} : { after }) });
        told.push(...page.alerts.map((one) => one.alert.fingerprint));
        after = page.next;
      }
      expect(told).toEqual(['o3-b', 'o3-a', 'o2-b', 'o2-a', 'o1-b', 'o1-a']);
      expect((await store.listHistory({ since: UNTIL, limit: 9 })).alerts).toHaveLength(4);
      expect(await store.listHistory({ since: AT, limit: 6 })).not.toHaveProperty('next');
    });

    promise('say what became of them, and whether it was an incident', async (store, casebook) => {
      const over = alert('a', { status: 'resolved', endsAt: UNTIL.toISOString() });
      await store.accept([buildIncoming('o1', { alerts: [alert('a')] }), buildIncoming('o2', { filteredBy: 'r' })], AT);
      await store.accept([buildIncoming('o4', { groupKey: 'g1', alerts: [over] })], AT);
      await store.accept([buildIncoming('o3', { alerts: [alert('c', { status: 'resolved' })] })], AT);
      await triage(store, [diagnose('o1')]);
      await casebook.saveVerdict({ diagnosisId: 'o1', by: 'x', verdict: 'rejected', at: AT.toISOString() });
      const read = async () => (await store.listHistory({ since: AT, limit: 9 })).alerts;
      expect((await read()).map(({ wasIncident }) => wasIncident)).toEqual([false, false]);
      const verdict = { verdict: 'corrected', trueCause: { service: 'db' } } as const;
      await casebook.saveVerdict({ diagnosisId: 'o1', by: 'x', ...verdict, at: UNTIL.toISOString() });
      expect(await read()).toStrictEqual([
        {
          namespace: 'default',
          sender: 'alertmanager',
          alert: alert('a-o2'),
          receivedAt: AT.toISOString(),
          occurrence: 'o2',
          filteredBy: 'r',
          wasIncident: false,
        },
        {
          namespace: 'default',
          sender: 'alertmanager',
          alert: over,
          receivedAt: AT.toISOString(),
          resolvedAt: UNTIL.toISOString(),
          occurrence: 'o1',
          diagnosis: 'o1',
          wasIncident: true,
        },
      ]);
    });
  });
}

export function diagnose(occurrence: string): TriageDecision {
  return { occurrence, kind: 'diagnose' };
}

function reuse(occurrence: string, diagnosis: string): TriageDecision {
  return { occurrence, kind: 'reuse', diagnosis };
}

export function join(occurrence: string, outage: string, service = occurrence): TriageDecision {
  return { occurrence, kind: 'join', outage, services: [service], because: 'topology', reason: `${service} is near` };
}

/** Tasks of outages have the outage's name and a number. */
export async function triage(
  store: IntakeStore,
  decisions: readonly TriageDecision[],
  rediagnose: readonly string[] = [],
  newId = () => `${rediagnose[0]}-1`,
): Promise<void> {
  await store.decide({ decisions, rediagnose }, LATER, newId);
}

export async function statuses(store: IntakeStore, ids: readonly string[]): Promise<(string | undefined)[]> {
  return Promise.all(ids.map(async (id) => (await store.findOccurrence(id))?.status));
}
