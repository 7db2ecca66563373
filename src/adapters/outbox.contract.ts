import { describe, expect, it } from 'vitest';
import type { NewDelivery, Outbox } from '../ports/delivery.ts';

const AT = new Date('2026-03-10T12:00:00.000Z');
const SOON = new Date('2026-03-10T12:01:00.000Z');
const LATER = new Date('2026-03-10T12:05:00.000Z');

/** Every promise of `Outbox`. Each test opens a store of its own, which must be empty. */
export function describeOutbox(name: string, open: () => Promise<Outbox>): void {
  const promise = (what: string, check: (outbox: Outbox) => Promise<void>) =>
    it(what, async () => {
      await using outbox = await open();
      await check(outbox);
    });
  const claimed = async (outbox: Outbox, now: Date, until: Date, limit = 9) =>
    (await outbox.claim('s', limit, now, until)).map(({ id, attempts }) => [id, attempts]);

  describe(`${name}: a delivery`, () => {
    promise('waits from the moment on at which it was made', async (outbox) => {
      await outbox.enqueue([build('a'), build('b', { createdAt: SOON.toISOString() })]);
      expect(await outbox.claim('s', 9, AT, SOON)).toStrictEqual([
        { ...build('a'), status: 'waiting', attempts: 1, nextAt: AT.toISOString() },
      ]);
      expect(await claimed(outbox, new Date(0), SOON)).toEqual([]);
    });

    promise('that is known is not kept twice, whatever became of it', async (outbox) => {
      await outbox.enqueue([build('a'), build('a', { subject: 'other' })]);
      await outbox.settle('a', { status: 'delivered', at: SOON });
      await outbox.enqueue([build('a'), build('b')]);
      const kept = await outbox.listDeliveries({ limit: 9 });
      expect(kept.map(({ id, subject, status }) => [id, subject, status])).toEqual([
        ['b', 'd1', 'waiting'],
        ['a', 'd1', 'delivered'],
      ]);
      await outbox.enqueue([]);
      expect(await outbox.listDeliveries({ limit: 9 })).toHaveLength(2);
    });

    promise('is one sender’s until its time is over', async (outbox) => {
      await outbox.enqueue(['a', 'b', 'c'].map((id) => build(id)));
      expect(await claimed(outbox, AT, SOON, 2)).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
      expect(await claimed(outbox, AT, SOON)).toEqual([['c', 1]]);
      expect(await claimed(outbox, AT, SOON)).toEqual([]);
      expect(await claimed(outbox, SOON, LATER)).toEqual([
        ['a', 2],
        ['b', 2],
        ['c', 2],
      ]);
    });

    promise('is taken for one destination where only that is asked for', async (outbox) => {
      await outbox.enqueue([build('a'), build('b', { destination: 'pager' }), build('c', { destination: 'pager' })]);
      const only = await outbox.claim('s', 1, AT, SOON, undefined, { destination: 'pager' });
      expect(only.map(({ id }) => id)).toEqual(['b']);
      expect(await claimed(outbox, AT, SOON)).toEqual([
        ['a', 1],
        ['c', 1],
      ]);
    });

    promise('that failed is due again at its time, the longest overdue first', async (outbox) => {
      await outbox.enqueue([build('a'), build('b')]);
      await outbox.claim('s', 9, AT, LATER);
      await outbox.settle('a', { status: 'waiting', nextAt: LATER, error: 'status 503' });
      await outbox.settle('b', { status: 'waiting', nextAt: SOON, error: 'no answer' });
      expect(await claimed(outbox, AT, SOON)).toEqual([]);
      expect(await outbox.claim('s', 9, SOON, LATER)).toMatchObject([{ id: 'b', attempts: 2, lastError: 'no answer' }]);
      await outbox.settle('b', { status: 'waiting', nextAt: SOON, error: 'no answer' });
      expect(await claimed(outbox, LATER, LATER)).toEqual([
        ['b', 3],
        ['a', 2],
      ]);
    });

    promise('that is delivered or dead stays so, and nobody gets it', async (outbox) => {
      await outbox.enqueue([build('a'), build('b')]);
      await outbox.claim('s', 9, AT, SOON);
      await outbox.settle('a', { status: 'delivered', at: SOON });
      await outbox.settle('b', { status: 'dead', error: 'status 410' });
      await outbox.settle('a', { status: 'dead', error: 'late' });
      await outbox.settle('b', { status: 'waiting', nextAt: AT, error: 'late' });
      await outbox.settle('nothing', { status: 'delivered', at: SOON });
      expect(await claimed(outbox, LATER, LATER)).toEqual([]);
      expect(await outbox.listDeliveries({ limit: 9 })).toStrictEqual([
        { ...build('b'), status: 'dead', attempts: 1, lastError: 'status 410' },
        { ...build('a'), status: 'delivered', attempts: 1, deliveredAt: SOON.toISOString() },
      ]);
    });

    promise('is listed by what became of it and by namespace, the newest first', async (outbox) => {
      await outbox.enqueue([
        build('b', { createdAt: SOON.toISOString() }),
        build('a'),
        build('c', { namespace: 'team', createdAt: LATER.toISOString() }),
      ]);
      await outbox.settle('a', { status: 'dead', error: 'e' });
      await outbox.settle('c', { status: 'dead', error: 'e' });
      const ids = async (filter: Omit<Parameters<Outbox['listDeliveries']>[0], 'limit'>, limit = 9) =>
        (await outbox.listDeliveries({ ...filter, limit })).map(({ id }) => id);
      expect(await ids({})).toEqual(['c', 'b', 'a']);
      expect(await ids({ status: 'dead' })).toEqual(['c', 'a']);
      expect(await ids({ namespace: 'default' })).toEqual(['b', 'a']);
      expect(await ids({ status: 'dead', namespace: 'default' })).toEqual(['a']);
      expect(await ids({}, 1)).toEqual(['c']);
    });

    promise('that is dead begins anew for whoever may see it', async (outbox) => {
      await outbox.enqueue([build('a'), build('b')]);
      await outbox.claim('s', 1, AT, SOON);
      await outbox.settle('a', { status: 'dead', error: 'status 410' });
      expect(await outbox.revive('a', 'team', LATER)).toBe(false);
      expect(await outbox.revive('b', undefined, LATER)).toBe(false);
      expect(await outbox.revive('nothing', undefined, LATER)).toBe(false);
      expect(await outbox.revive('a', 'default', LATER)).toBe(true);
      expect(await outbox.revive('a', 'default', LATER)).toBe(false);
      expect(await outbox.claim('s', 9, LATER, LATER)).toMatchObject([
        { id: 'b', attempts: 1 },
        { id: 'a', attempts: 1, nextAt: LATER.toISOString(), lastError: 'status 410' },
      ]);
    });
  });

  describe(`${name}: behaviour`, () => {
    promise('does nothing once its caller has given up', async (outbox) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(outbox.enqueue([build('a')], given)).rejects.toThrow('given up');
      expect(await outbox.listDeliveries({ limit: 9 })).toEqual([]);
    });

    it('a closed store is unavailable', async () => {
      const outbox = await open();
      await outbox[Symbol.asyncDispose]();
      await expect(outbox.enqueue([build('a')])).rejects.toMatchObject({
        code: 'casebook-unavailable',
        isRetryable: true,
      });
    });
  });
}

function build(id: string, over: Partial<NewDelivery> = {}): NewDelivery {
  return {
    id,
    namespace: 'default',
    destination: 'chat',
    event: 'diagnosis.done',
    subject: 'd1',
    createdAt: AT.toISOString(),
    ...over,
  };
}
