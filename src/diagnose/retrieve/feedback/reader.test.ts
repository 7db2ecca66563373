import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../../domain/diagnosis.ts';
import type { Casebook } from '../../../ports.ts';
import { done } from '../../../testing/diagnosis-builder.ts';
import { createMemoryCasebook } from '../../../testing/memory-casebook.ts';
import { createFeedbackReader } from './reader.ts';

const SITUATION = { text: 'No space left on db', alertNames: ['DiskFull'], services: ['db'], signals: [] };

async function judge(casebook: Casebook, id: string): Promise<void> {
  const record = done(id, 'precedent');
  if (record.status !== 'done') throw new Error('is done');
  const citation = {
    document: `runbook:${id}`,
    source: { path: 'a.md', line: 1, endLine: 1, headingPath: [], sha: '' },
  };
  const mitigation: Diagnosis['mitigation'] = [
    {
      step: 'Grow it.',
      commands: [],
      citation,
      risk: 'low',
      destructive: false,
      reversible: true,
      needsApproval: false,
    },
  ];
  const diagnosis: Diagnosis = { ...record.diagnosis, kind: 'answered', situation: SITUATION, mitigation };
  await casebook.saveDiagnosis({ ...record, diagnosis });
  await casebook.saveVerdict({ diagnosisId: id, by: 'ana', verdict: 'confirmed', at: '2026-03-01T10:00:00.000Z' });
}

function open(casebook: Casebook = createMemoryCasebook(), onFailure?: (error: unknown) => void) {
  const clock = { now: 0 };
  let pages = 0;
  const listGradedDiagnoses: Casebook['listGradedDiagnoses'] = (page) => {
    pages++;
    return casebook.listGradedDiagnoses(page);
  };
  const reader = createFeedbackReader({
    casebook: { ...casebook, listGradedDiagnoses },
    elapsed: () => clock.now,
    onFailure,
  });
  const known = async () => [...(await reader.current()).priors(SITUATION).keys()].sort();
  return { casebook, clock, reader, known, pages: () => pages };
}

/** Lets what runs in the background come to its end: the memory casebook needs turns, not time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the feedback reader', () => {
  it('knows at the first question what was said before', async () => {
    const { casebook, known } = open();
    await judge(casebook, 'a');
    expect(await known()).toEqual(['runbook:a']);
  });

  it('answers from what it knows, and looks again when that is five seconds old', async () => {
    const { casebook, clock, known } = open();
    expect(await known()).toEqual([]);
    await judge(casebook, 'a');
    clock.now = 4_999;
    await known();
    await settle();
    expect(await known()).toEqual([]);
    clock.now = 5_000;
    expect(await known()).toEqual(['runbook:a']);
  });

  it('knows at once what was said here', async () => {
    const { casebook, reader, known } = open();
    await known();
    await judge(casebook, 'a');
    reader.expire();
    expect(await known()).toEqual(['runbook:a']);
    await casebook.withdrawVerdict('a', 'ana', new Date());
    reader.expire();
    expect(await known()).toEqual([]);
  });

  it('reads nothing again while nothing was said', async () => {
    const { casebook, clock, known, pages } = open();
    await judge(casebook, 'a');
    await known();
    const before = pages();
    clock.now = 60_000;
    await known();
    await settle();
    expect(pages()).toBe(before);
  });

  it('reads all pages, and few of them', async () => {
    const { casebook, known, pages } = open();
    for (let n = 100; n < 350; n++) await judge(casebook, `${n}`);
    expect(await known()).toHaveLength(250);
    expect(pages()).toBeLessThanOrEqual(11);
  });

  it('leaves others their turn between two slices of what it read', async () => {
    const { casebook, reader } = open();
    for (let n = 0; n < 100; n++) await judge(casebook, `${n}`);
    let turns = 0;
    let isRead = false;
    const counting = () => {
      turns++;
      if (!isRead) setImmediate(counting);
    };
    setImmediate(counting);
    await reader.current();
    isRead = true;
    expect(turns).toBeGreaterThanOrEqual(20);
  });

  it('reads on after a casebook that threw at once, and says so once until it is back', async () => {
    const memory = createMemoryCasebook();
    await judge(memory, 'a');
    let isBroken = true;
    const countVerdictChanges = () => {
      if (isBroken) throw new Error('broken');
      return memory.countVerdictChanges();
    };
    const failures: unknown[] = [];
    const { clock, known } = open({ ...memory, countVerdictChanges }, (error) => failures.push(error));
    expect(await known()).toEqual([]);
    for (clock.now = 10_000; clock.now < 40_000; clock.now += 10_000) {
      await known();
      await settle();
    }
    expect(failures).toEqual([new Error('broken')]);
    isBroken = false;
    await known();
    await settle();
    expect(await known()).toEqual(['runbook:a']);
    isBroken = true;
    clock.now += 10_000;
    await known();
    await settle();
    expect(failures).toHaveLength(2);
  });

  it('keeps what it knew while the casebook is away', async () => {
    const memory = createMemoryCasebook();
    let isAway = false;
    const countVerdictChanges = () => (isAway ? Promise.reject(new Error('away')) : memory.countVerdictChanges());
    const { clock, known } = open({ ...memory, countVerdictChanges });
    await judge(memory, 'a');
    expect(await known()).toEqual(['runbook:a']);
    isAway = true;
    await judge(memory, 'b');
    clock.now = 10_000;
    await known();
    await settle();
    expect(await known()).toEqual(['runbook:a']);
    isAway = false;
    clock.now = 20_000;
    await known();
    await settle();
    expect(await known()).toEqual(['runbook:a', 'runbook:b']);
  });

  it('lets nobody wait for a casebook that says nothing, but a moment for the first', async () => {
    const silent = { ...createMemoryCasebook(), countVerdictChanges: () => new Promise<number>(() => {}) };
    const { known } = open(silent);
    const start = performance.now();
    expect(await known()).toEqual([]);
    const first = performance.now();
    expect(await known()).toEqual([]);
    expect(first - start).toBeLessThan(2_000);
    expect(performance.now() - first).toBeLessThan(100);
  });
});
