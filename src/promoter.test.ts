import { describe, expect, it } from 'vitest';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import type { Incident } from './domain/document.ts';
import { PrecedentError } from './domain/errors.ts';
import type { VerdictRecord } from './domain/feedback.ts';
import type { DiagnosisRecord } from './ports.ts';
import { createPromoter } from './promoter.ts';
import { failed, pending } from './testing/diagnosis-builder.ts';
import { buildIncident } from './testing/knowledge-builder.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';
import { buildPromotable, say } from './testing/promotable-builder.ts';

const CREATED = '2026-03-01T10:00:00.000Z';

function finished(id: string, fields: Parameters<typeof buildPromotable>[0] = {}): DiagnosisRecord {
  const diagnosis = buildPromotable({ id, createdAt: CREATED, ...fields });
  return { status: 'done', id, createdAt: CREATED, diagnosis };
}

async function promoterOf(
  records: readonly DiagnosisRecord[],
  verdicts: readonly VerdictRecord[] = [],
  incidents: readonly Incident[] | PrecedentError = [],
) {
  const casebook = createMemoryCasebook();
  for (const record of records) await casebook.saveDiagnosis(record);
  for (const verdict of verdicts) await casebook.saveVerdict(verdict);
  const get = async (id: string) => {
    const record = await casebook.findDiagnosis(id);
    if (!record) throw new PrecedentError('not-found', `there is no diagnosis ${id}`);
    return record;
  };
  const current = async () => {
    if (incidents instanceof PrecedentError) throw incidents;
    // Of the knowledge it reads nothing but the incidents.
    return { byKind: { incident: incidents } } as unknown as Knowledge;
  };
  return { casebook, promoter: createPromoter({ desk: { get }, casebook, reader: { current } }) };
}

const told = buildIncident({
  ...{ id: '2026/full', title: 'CheckoutSlow: disk full at db', category: 'disk-full', date: '2026-03-01' },
  rootCause: { service: 'db', summary: 'Full.' },
});

describe('a postmortem', () => {
  it('is written of a diagnosis that somebody confirmed', async () => {
    const { promoter } = await promoterOf([finished('d1')], [say('confirmed')]);
    const draft = await promoter.draft('d1', { severity: 'sev2' });
    expect(draft).toMatchObject({ diagnosis: 'd1', fileName: '2026/2026-03-01-db-disk-full.md' });
    expect(draft.markdown).toContain('severity: sev2');
  });

  it.each<readonly [string, readonly VerdictRecord[], string, RegExp]>([
    ['does not exist', [], 'not-found', /no diagnosis/],
    ['is not done', [], 'diagnosis-not-done', /try again/],
    ['failed', [], 'diagnosis-not-done', /nothing to write/],
    ['nobody judged', [], 'not-promotable', /nobody has confirmed or corrected it .*precedent verdict/],
    ['was only rejected', [say('rejected')], 'not-promotable', /nobody has said what it was/],
    [
      'more people reject than confirm',
      [say('confirmed'), say('rejected', undefined, 'ben'), say('rejected', undefined, 'eve')],
      'not-promotable',
      /more deny its cause \(2\) than say it \(1\)/,
    ],
  ])('is refused of a diagnosis that %s, with a word on what to do', async (what, verdicts, code, message) => {
    const records = { 'does not exist': [], 'is not done': [pending('d1')], failed: [failed('d1')] }[what];
    const { promoter } = await promoterOf(records ?? [finished('d1')], verdicts);
    await expect(promoter.draft('d1', { isForced: true })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('is refused when a stored incident tells the same, which is named, unless somebody insists', async () => {
    const { promoter } = await promoterOf([finished('d1')], [say('confirmed')], [told]);
    const failure = {
      code: 'not-promotable',
      message: expect.stringMatching(/2026\/full.*incidents\/2026\/full\.md.*--force/),
    };
    await expect(promoter.draft('d1')).rejects.toMatchObject(failure);
    expect((await promoter.draft('d1', { isForced: true })).title).toBe('CheckoutSlow: disk full at db (2026-03-01)');
  });

  it('goes by the verdicts that count: one that was replaced or withdrawn does not', async () => {
    const { promoter, casebook } = await promoterOf([finished('d1')], [say('confirmed')]);
    await casebook.withdrawVerdict('d1', 'ana', new Date(CREATED));
    await expect(promoter.draft('d1')).rejects.toMatchObject({ code: 'not-promotable' });
  });

  it('can be written where no knowledge is published yet, but not while it cannot be read', async () => {
    const empty = await promoterOf([finished('d1')], [say('confirmed')], new PrecedentError('index-empty', 'none yet'));
    expect((await empty.promoter.draft('d1')).diagnosis).toBe('d1');
    expect(await empty.promoter.listCandidates(5)).toHaveLength(1);
    const away = new PrecedentError('index-unavailable', 'away');
    const { promoter } = await promoterOf([finished('d1')], [say('confirmed')], away);
    await expect(promoter.draft('d1')).rejects.toMatchObject({ code: 'index-unavailable', isRetryable: true });
  });
});

describe('the list of what is worth one', () => {
  it('reads all pages of what people judged', async () => {
    const records = Array.from({ length: 230 }, (_, at) =>
      finished(`d${at}`, { rootCause: { service: `s${at}`, category: 'disk-full', summary: '' } }),
    );
    const verdicts = records.map(({ id }) => ({ ...say('confirmed'), diagnosisId: id }));
    const { promoter } = await promoterOf(records, verdicts);
    expect(await promoter.listCandidates(1_000)).toHaveLength(230);
    expect(await promoter.listCandidates(5)).toHaveLength(5);
  });

  it('leaves out what a stored incident tells', async () => {
    const { promoter } = await promoterOf([finished('d1')], [say('confirmed')], [told]);
    expect(await promoter.listCandidates(5)).toEqual([]);
  });
});
