import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingGroup } from '../domain/acceptance.ts';
import type { AlertOfThePast, IntakeStore } from '../ports/intake.ts';
import { buildIncoming, buildReceivedAlert } from '../testing/intake-builder.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { createLibsqlIntake } from './libsql-intake.ts';

const EPOCH = new Date(0);
const SENDERS = ['alertmanager', 'grafana'] as const;

/** Few names and few moments, so that deliveries meet each other in every way there is. */
const alert = fc.record({
  fingerprint: fc.constantFrom('a', 'b', 'c'),
  status: fc.constantFrom('firing' as const, 'resolved' as const),
  start: fc.integer({ min: 0, max: 3 }),
  isGuessed: fc.boolean(),
});
const delivery = fc.array(
  fc.record({
    namespace: fc.constantFrom('default', 'team'),
    sender: fc.constantFrom(...SENDERS),
    groupKey: fc.constantFrom('g', 'h'),
    isFiltered: fc.boolean(),
    alerts: fc.array(alert, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

let scratch: string;
let libsql: IntakeStore;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-intake-model-'));
  libsql = createLibsqlIntake({ url: `file:${path.join(scratch, 'casebook.db')}` });
});
afterAll(async () => {
  await libsql[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

describe('whatever is delivered, in whatever order', () => {
  it('every alert is in one occurrence, which is open while one of its alerts fires, in both drivers alike', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 5 }), async (deliveries) => {
        run += 1;
        await using memory = createMemoryIntake();
        const occurrences = new Set<string>();
        for (const [at, groups] of deliveries.entries()) {
          const incoming = groups.map((group, index) => toIncoming(group, `r${run}-${at}-${index}`, run));
          const when = new Date(Date.UTC(2026, 2, 10, 12, 5 + at));
          const [kept, modelled] = [await libsql.accept(incoming, when), await memory.accept(incoming, when)];
          expect(kept).toEqual(modelled);
          for (const answer of kept) if ('occurrence' in answer) occurrences.add(answer.occurrence);
        }
        for (const id of occurrences) await checkOccurrence(libsql, memory, id);
        await checkHistory(libsql, memory, `-${run}`);
      }),
      { numRuns: 25 },
    );
  });
});

/** One database for all runs: each has namespaces of its own. */
function toIncoming(
  {
    namespace,
    sender,
    groupKey,
    isFiltered,
    alerts,
  }: typeof delivery extends fc.Arbitrary<(infer Group)[]> ? Group : never,
  id: string,
  run: number,
): IncomingGroup {
  return buildIncoming(id, {
    namespace: `${namespace}-${run}`,
    sender,
    groupKey,
    ...(isFiltered ? { filteredBy: 'rule' } : {}),
    alerts: alerts.map(({ fingerprint, status, start, isGuessed }) =>
      buildReceivedAlert(fingerprint, {
        status,
        startsAt: `2026-03-10T12:0${start}:00.000Z`,
        ...(status === 'resolved' ? { endsAt: `2026-03-10T12:0${start + 1}:00.000Z` } : {}),
        ...(isGuessed ? { startIsGuessed: true } : {}),
      }),
    ),
  });
}

async function checkOccurrence(libsql: IntakeStore, memory: IntakeStore, id: string): Promise<void> {
  const occurrence = await libsql.findOccurrence(id);
  expect(occurrence).toStrictEqual(await memory.findOccurrence(id));
  const alerts = await libsql.listAlerts({ kind: 'occurrence', id }, 99);
  expect(alerts).toStrictEqual(await memory.listAlerts({ kind: 'occurrence', id }, 99));
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  expect(occurrence?.alerts).toEqual({ firing, resolved: alerts.length - firing });
  expect(occurrence?.resolvedAt === undefined).toBe(firing > 0);
  expect(occurrence?.status === 'filtered').toBe(occurrence?.filteredBy !== undefined);
  if (occurrence?.resolvedAt !== undefined) expect(occurrence.durationSeconds).toBeGreaterThanOrEqual(0);
}

async function checkHistory(libsql: IntakeStore, memory: IntakeStore, run: string): Promise<void> {
  const read = async (store: IntakeStore) => {
    const { alerts } = await store.listHistory({ since: EPOCH, limit: 10_000 });
    return alerts.filter(({ namespace }) => namespace.endsWith(run));
  };
  const [kept, modelled] = [await read(libsql), await read(memory)];
  expect(kept).toStrictEqual(modelled);
  const identity = ({ namespace, sender, alert: { fingerprint, startsAt } }: AlertOfThePast) =>
    JSON.stringify([namespace, sender, fingerprint, startsAt]);
  expect(new Set(kept.map(identity)).size).toBe(kept.length);
}
