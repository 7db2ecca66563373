import { describe, expect, it } from 'vitest';
import { type DueOutage, findDue, pickDue } from './rediagnose.ts';

const SECOND = 1_000;

describe('an outage is due', () => {
  it.each([
    ['when it forms', { memberCount: 2, diagnosedCount: 0 }, 'formed'],
    ['when it has doubled', { memberCount: 4, diagnosedCount: 2, diagnosed: 30 }, 'doubled'],
    ['not within half a minute', { memberCount: 400, diagnosedCount: 2, diagnosed: 29 }, undefined],
    ['not before it has doubled, while it grows', { memberCount: 3, diagnosedCount: 2, diagnosed: 600 }, undefined],
    [
      'once it rests, when it grew by half',
      { memberCount: 3, diagnosedCount: 2, diagnosed: 60, joined: 60 },
      'settled',
    ],
    ['not for one more of many', { memberCount: 101, diagnosedCount: 100, diagnosed: 600, joined: 600 }, undefined],
  ])('%s', (_, { diagnosed, joined = 0, ...counts }: { diagnosed?: number; joined?: number } & Counts, because) => {
    const now = 1_000 * SECOND;
    const lastDiagnosedAt = diagnosed === undefined ? undefined : now - diagnosed * SECOND;
    expect(findDue({ ...counts, lastJoinedAt: now - joined * SECOND, lastDiagnosedAt }, now)).toBe(because);
  });

  it.each([
    [5_000, 60, 4],
    [5_000, 3_600, 13],
    [200, 300, 7],
    [30, 3_600, 7],
  ])('%i members in %i s cost at most %i diagnoses', (members, seconds, most) => {
    expect(countDiagnoses(members, seconds)).toBeLessThanOrEqual(most);
  });
});

interface Counts {
  memberCount: number;
  diagnosedCount: number;
}

/** Asks each second, as members arrive evenly, until it has rested for a quarter of an hour. */
function countDiagnoses(members: number, seconds: number): number {
  let [diagnosedCount, count, lastJoinedAt] = [0, 0, 0];
  let lastDiagnosedAt: number | undefined;
  let before = 0;
  for (let second = 1; second <= seconds + 900; second++) {
    const memberCount = Math.min(members, Math.max(2, Math.floor((second / seconds) * members)));
    if (memberCount > before) lastJoinedAt = second * SECOND;
    before = memberCount;
    const now = second * SECOND;
    if (findDue({ memberCount, diagnosedCount, lastJoinedAt, lastDiagnosedAt }, now) === undefined) continue;
    count++;
    [diagnosedCount, lastDiagnosedAt] = [memberCount, now];
  }
  return count;
}

describe('of the due', () => {
  const due = (id: string, because: DueOutage['because'], unseen = 1): DueOutage => ({ id, because, unseen });
  const all = [due('small', 'doubled', 2), due('large', 'doubled', 9), due('new', 'formed')];
  const pick = (list: DueOutage[], left: number, lastDiagnosedAt?: number) =>
    pickDue(list, { left, lastDiagnosedAt }, 100 * SECOND).map(({ id }) => id);

  it('those without a diagnosis always are, and of the others what the allowance has left, the most grown first', () => {
    expect(pick(all, 5)).toEqual(['new', 'large', 'small']);
    expect(pick(all, 1)).toEqual(['new', 'large']);
    expect(pick(all, 0)).toEqual(['new']);
  });

  it('one a minute is when the allowance is used up', () => {
    const grown = all.slice(0, 2);
    expect(pick(grown, 0)).toEqual(['large']);
    expect(pick(grown, -3, 41 * SECOND)).toEqual([]);
    expect(pick(grown, 0, 40 * SECOND)).toEqual(['large']);
  });
});
