import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingGroup } from '../domain/acceptance.ts';
import { SILENT_HOURS } from '../domain/silence.ts';
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
const group = fc.record({
  namespace: fc.constantFrom('default', 'team'),
  sender: fc.constantFrom(...SENDERS),
  groupKey: fc.constantFrom('g', 'h'),
  isFiltered: fc.boolean(),
  alerts: fc.array(alert, { minLength: 1, maxLength: 3 }),
});
/** A minute after the last one, or after so long a silence that what fires is over. */
const delivery = fc.record({
  isLate: fc.boolean(),
  groups: fc.array(group, { minLength: 1, maxLength: 3 }),
});

type Drawn<Of> = Of extends fc.Arbitrary<infer One> ? One : never;

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
        for (const id of await deliver(deliveries, memory, run)) await checkOccurrence(libsql, memory, id);
        await checkHistory(libsql, memory, `-${run}`);
      }),
      { numRuns: 25 },
    );
  });
});

/** To both stores: the occurrences that they answered. */
async function deliver(
  deliveries: readonly Drawn<typeof delivery>[],
  memory: IntakeStore,
  run: number,
): Promise<ReadonlySet<string>> {
  const occurrences = new Set<string>();
  let when = new Date(Date.UTC(2026, 2, 10, 12, 5));
  for (const [at, { isLate, groups }] of deliveries.entries()) {
    when = new Date(when.getTime() + 60_000 + (isLate ? SILENT_HOURS * 3_600_000 : 0));
    const incoming = groups.map((one, index) => toIncoming(one, `r${run}-${at}-${index}`, run, when));
    const [kept, modelled] = [await libsql.accept(incoming, when), await memory.accept(incoming, when)];
    expect(kept).toEqual(modelled);
    for (const answer of kept) if ('occurrence' in answer) occurrences.add(answer.occurrence);
  }
  return occurrences;
}

/** One database for all runs: each has namespaces of its own. */
function toIncoming(
  { namespace, sender, groupKey, isFiltered, alerts }: Drawn<typeof group>,
  id: string,
  run: number,
  when: Date,
): IncomingGroup {
  // Whoever guesses means a moment shortly before it tells; whoever knows may mean one of days ago.
  const day = (isGuessed: boolean) => (isGuessed ? when.getTime() - 240_000 : Date.UTC(2026, 2, 10, 12));
  return buildIncoming(id, {
    namespace: `${namespace}-${run}`,
    sender,
    groupKey,
    ...(isFiltered ? { filteredBy: 'rule' } : {}),
    alerts: alerts.map(({ fingerprint, status, start, isGuessed }) =>
      buildReceivedAlert(fingerprint, {
        status,
        startsAt: minuteOf(day(isGuessed), start),
        ...(status === 'resolved' ? { endsAt: minuteOf(day(isGuessed), start + 1) } : {}),
        ...(isGuessed ? { startIsGuessed: true } : {}),
      }),
    ),
  });
}

function minuteOf(from: number, minutes: number): string {
  return new Date(from + minutes * 60_000).toISOString();
}

async function checkOccurrence(libsql: IntakeStore, memory: IntakeStore, id: string): Promise<void> {
  const occurrence = await libsql.findOccurrence(id);
  expect(occurrence).toStrictEqual(await memory.findOccurrence(id));
  const alerts = await libsql.listAlerts({ kind: 'occurrence', id }, 99);
  expect(alerts).toStrictEqual(await memory.listAlerts({ kind: 'occurrence', id }, 99));
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  expect(occurrence?.alerts).toEqual({ firing, resolved: alerts.length - firing });
  expect(occurrence?.resolvedAt === undefined).toBe(firing > 0);
  for (const { endsAt } of alerts)
    expect(endsAt === undefined || endsAt <= (occurrence?.resolvedAt ?? endsAt)).toBe(true);
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
