import { describe, expect, it } from 'vitest';
import { buildDiagnosisVerdicts, personOf, type VerdictRecord, VerdictRequest } from './feedback.ts';

const by = 'ana';

describe('a verdict that somebody sends', () => {
  it.each([
    { verdict: 'confirmed', by },
    { verdict: 'rejected', by },
    { verdict: 'corrected', by, trueCause: { service: 'db' } },
    { verdict: 'corrected', by, trueCause: { category: 'disk-full', summary: 'The log filled the disk.' } },
    { verdict: 'confirmed', by, unknown: true },
  ])('is taken: %j', (request) => {
    expect(VerdictRequest.safeParse(request).success).toBe(true);
  });

  it.each([
    [{ verdict: 'perhaps', by }, 'verdict'],
    [{ verdict: 'confirmed' }, 'by'],
    [{ verdict: 'confirmed', by: '   ' }, 'by'],
    [{ verdict: 'confirmed', by: 'x'.repeat(201) }, 'by'],
    [{ verdict: 'corrected', by }, 'trueCause'],
    [{ verdict: 'corrected', by, trueCause: {} }, 'trueCause'],
    [{ verdict: 'corrected', by, trueCause: { summary: 'Something else.' } }, 'trueCause'],
    [{ verdict: 'confirmed', by, trueCause: { service: 'db' } }, 'trueCause'],
    [{ verdict: 'corrected', by, trueCause: { service: '', category: 'disk-full' } }, 'trueCause.service'],
    [{ verdict: 'corrected', by, trueCause: { service: 'db', summary: 'x'.repeat(2_001) } }, 'trueCause.summary'],
  ])('is refused by the path of its mistake: %j', (request, path) => {
    const { error } = VerdictRequest.safeParse(request);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

it.each([
  ['ana', ' Ana ', true],
  ['Ana Maria', 'ana  maria', true],
  ['ana', 'ana2', false],
  ['STRASSE', 'straße', false],
  ['ﬁona', 'fiona', true],
])('%j and %j are one person: %j', (a, b, same) => {
  expect(personOf(a) === personOf(b)).toBe(same);
});

it('counts what counts, and keeps the rest apart', () => {
  const at = '2026-03-01T10:00:00.000Z';
  const record = (by: string, fields: Partial<VerdictRecord> = {}): VerdictRecord => ({
    ...{ diagnosisId: 'd', by, verdict: 'confirmed', at },
    ...fields,
  });
  const records = [
    record('ana', { ended: { at, how: 'superseded' } }),
    record('ben'),
    record('ana', { verdict: 'corrected', trueCause: { service: 'db' } }),
  ];
  expect(buildDiagnosisVerdicts('d', records)).toEqual({
    diagnosisId: 'd',
    verdicts: [records[1], records[2]],
    tally: { confirmed: 1, rejected: 0, corrected: 1 },
    earlier: [records[0]],
    earlierCount: 1,
  });
});

it('lists the newest hundred, and counts all', () => {
  const at = '2026-03-01T10:00:00.000Z';
  const ended = { at, how: 'superseded' } as const;
  const records = Array.from({ length: 600 }, (_, n): VerdictRecord => {
    const record = { diagnosisId: 'd', by: `p${n}`, verdict: 'confirmed', at } as const;
    return n % 2 === 0 ? record : { ...record, ended };
  });
  const { verdicts, tally, earlier, earlierCount } = buildDiagnosisVerdicts('d', records);
  expect([verdicts.length, earlier.length]).toEqual([100, 100]);
  expect([verdicts.at(-1)?.by, earlier.at(-1)?.by]).toEqual(['p598', 'p599']);
  expect([tally.confirmed, earlierCount]).toEqual([300, 300]);
});
