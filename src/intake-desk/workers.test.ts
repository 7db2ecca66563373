import { afterEach, describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import type { IntakeStore } from '../ports.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { createMemoryCasebook } from '../testing/memory-casebook.ts';
import { createMemoryIntake } from '../testing/memory-intake.ts';
import { groupAbout, ORIGIN, until } from './__fixtures__/alerts.ts';
import { createAnswers } from './answers.ts';
import { createLlmAllowance } from './llm-allowance.ts';
import type { DiagnoseAlerts } from './work-task.ts';
import { createWorkers, type WorkersParts } from './workers.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

const AWAY = new PrecedentError('index-unavailable', 'the index is away');

/** Workers over stores in memory, at a clock that a test moves. */
function hire(diagnose: DiagnoseAlerts, over: Partial<WorkersParts> = {}) {
  const casebook = createMemoryCasebook();
  const intake = createMemoryIntake(casebook);
  const clock = { at: Date.parse('2026-03-31T12:00:00Z') };
  const failures: string[] = [];
  const begun: string[] = [];
  const build = (owner: string, more: Partial<WorkersParts> = {}) => {
    const workers = createWorkers({
      ...{ intake, casebook, diagnose, owner, workerCount: 2, timeBudgetMs: 50, idleMs: 2 },
      redact: async (text) => ({ text, counts: {} }),
      now: () => new Date(clock.at),
      random: () => 1,
      onBegun: ({ id }) => void begun.push(id),
      onFailure: (what, error) => failures.push(`${what}: ${String(error)}`),
      ...over,
      ...more,
    });
    open.push(workers);
    return workers;
  };
  return { casebook, intake, clock, failures, begun, build, decide: (...ids: string[]) => decide(intake, clock, ids) };
}

/** Occurrences that are to be diagnosed, each on its own. */
async function decide(intake: IntakeStore, clock: { readonly at: number }, ids: readonly string[]): Promise<void> {
  const at = new Date(clock.at);
  const groups = ids.map((id) => ({ id, ...ORIGIN, group: groupAbout('Down', id), situationKey: id }));
  await intake.accept(groups, at);
  const decisions = ids.map((occurrence) => ({ occurrence, kind: 'diagnose' as const }));
  await intake.decide({ decisions, rediagnose: [] }, at, () => 'unused');
}

const answering: DiagnoseAlerts = async (_, { id }) => buildDiagnosis({ id });

describe('workers', () => {
  it('make every diagnosis that was decided on, and write it down', async () => {
    const { decide, build, casebook, intake } = hire(answering);
    await decide('a', 'b', 'c');
    build('w').start();
    await until(async () => (await intake.findOccurrence('c'))?.status === 'answered');
    expect(await casebook.findDiagnosis('b')).toMatchObject({ status: 'done', id: 'b', namespace: 'default' });
    expect(await intake.countQueue()).toMatchObject({ ready: 0, working: 0 });
  });

  it('have no more at work at once than they are', async () => {
    let atWork = 0;
    let most = 0;
    const { decide, build, intake } = hire(async (_, { id }) => {
      most = Math.max(most, ++atWork);
      await new Promise((resolve) => setTimeout(resolve, 2));
      atWork--;
      return buildDiagnosis({ id });
    });
    await decide('a', 'b', 'c', 'd', 'e', 'f');
    build('w').start();
    await until(async () => (await intake.findOccurrence('f'))?.status === 'answered');
    expect(most).toBe(2);
  });

  it('tell who is answered before the task is done, and again when they could not', async () => {
    const told: string[] = [];
    const { decide, build, intake, clock } = hire(answering, {
      onSettled: async ({ id }, { occurrences, subject }) => {
        const [occurrence] = occurrences;
        told.push(`${id} ${subject.kind} ${occurrence?.id} ${occurrence?.status}`);
        if (told.length === 1) throw new PrecedentError('casebook-unavailable', 'away');
      },
    });
    await decide('a');
    build('w').start();
    await until(() => told.length === 1);
    clock.at += 10_000;
    await until(async () => (await intake.findOccurrence('a'))?.status === 'answered');
    expect(told).toEqual(['a occurrence a waiting', 'a occurrence a waiting']);
  });

  it('try again after what may pass, later each time, and say so once', async () => {
    let calls = 0;
    const { decide, build, intake, clock, failures, casebook } = hire(async (_, { id }) => {
      if (++calls <= 2) throw AWAY;
      return buildDiagnosis({ id });
    });
    await decide('a');
    build('w').start();
    await until(() => calls === 1);
    clock.at += 1_900;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(1);
    clock.at += 200;
    await until(() => calls === 2);
    clock.at += 3_900;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBe(2);
    clock.at += 200;
    await until(async () => (await intake.findOccurrence('a'))?.status === 'answered');
    expect(failures).toEqual(['diagnose alerts: PrecedentError: the index is away']);
    expect(await casebook.findDiagnosis('a')).toMatchObject({ status: 'done' });
  });

  it.each([
    [
      'what trying again does not mend',
      new PrecedentError('index-empty', 'nothing was ever ingested'),
      0,
      'index-empty',
    ],
    ['what nobody foresaw', new TypeError('undefined is no service'), 0, 'internal'],
    ['a day of trying', AWAY, 24 * 3_600_000, 'index-unavailable'],
  ])('give up after %s, and say why', async (_, error, laterMs, code) => {
    const { decide, build, intake, clock, casebook } = hire(async () => {
      throw error;
    });
    await decide('a');
    clock.at += laterMs;
    build('w').start();
    await until(async () => (await intake.findOccurrence('a'))?.status === 'failed');
    expect(await casebook.findDiagnosis('a')).toMatchObject({ status: 'failed', code, detail: error.message });
  });

  it.each([
    ['at once what trying again does not mend', new TypeError('cannot be written'), 0, 'internal'],
    [
      'a day of trying',
      new PrecedentError('casebook-unavailable', 'the record is refused'),
      24,
      'casebook-unavailable',
    ],
  ])('fail a diagnosis whose record is refused, after %s', async (_, error, hours, code) => {
    let made = 0;
    const { decide, build, intake, clock, casebook } = hire(async (_, { id }) => {
      made++;
      return buildDiagnosis({ id });
    });
    await decide('a');
    clock.at += hours * 3_600_000;
    const refuse: typeof casebook.saveDiagnosis = async (record) => {
      if (record.status === 'done') throw error;
      await casebook.saveDiagnosis(record);
    };
    build('w', { casebook: { ...casebook, saveDiagnosis: refuse } }).start();
    await until(async () => (await intake.findOccurrence('a'))?.status === 'failed');
    const detail = expect.stringMatching(/was made and cannot be kept.*(?:written|refused)/);
    expect(await casebook.findDiagnosis('a')).toMatchObject({ status: 'failed', code, detail });
    expect(made).toBe(1);
  });

  it('end a task of which nothing can be written down, and say so', async () => {
    const { decide, build, intake, clock, casebook, failures } = hire(answering);
    await decide('a');
    const saveDiagnosis = async () => {
      throw new TypeError('cannot be written');
    };
    build('w', { casebook: { ...casebook, saveDiagnosis } }).start();
    await until(async () => (await intake.findOccurrence('a'))?.status === 'failed');
    expect(failures).toEqual([expect.stringContaining('cannot be written')]);
    expect(await intake.countQueue()).toMatchObject({ ready: 0, working: 0 });
    const answers = createAnswers({ casebook, intake, now: () => new Date(clock.at) });
    const { record } = await answers.getAnswer('a', { namespace: '*' });
    expect(record).toMatchObject({ status: 'failed', detail: expect.stringContaining('refused') });
  });

  it('try again for a day to tell whom it answers, then keep the answer all the same', async () => {
    let told = 0;
    const { decide, build, intake, clock, casebook, failures } = hire(answering, {
      onSettled: () => {
        told++;
        throw new TypeError('nobody to tell');
      },
    });
    await decide('a');
    build('w').start();
    await until(() => told === 1);
    expect(await intake.findOccurrence('a')).toMatchObject({ status: 'waiting' });
    clock.at += 24 * 3_600_000;
    await until(async () => (await intake.findOccurrence('a'))?.status === 'answered');
    expect([told, (await casebook.findDiagnosis('a'))?.status]).toEqual([2, 'done']);
    expect(failures.at(-1)).toContain('nobody to tell');
  });

  it('do not diagnose again what a process wrote down before it died', async () => {
    let calls = 0;
    const { decide, build, intake, clock, casebook, begun } = hire(async (_, { id }) => {
      calls++;
      return buildDiagnosis({ id });
    });
    await decide('a');
    await intake.claim('dead', 1, new Date(clock.at), new Date(clock.at + 60_000));
    await casebook.saveDiagnosis({
      status: 'done',
      id: 'a',
      createdAt: '2026-03-31T12:00:00Z',
      diagnosis: buildDiagnosis({ id: 'a' }),
    });
    clock.at += 61_000;
    build('w').start();
    await until(async () => (await intake.findOccurrence('a'))?.status === 'answered');
    expect([calls, begun]).toEqual([0, []]);
  });

  it('leave alone what seems to end processes', async () => {
    const { decide, build, intake, clock, casebook } = hire(answering);
    await decide('a');
    for (let death = 1; death <= 6; death++) {
      const tasks = await intake.claim(`dead-${death}`, 1, new Date(clock.at), new Date(clock.at + 60_000));
      expect(tasks).toHaveLength(1);
      clock.at += 61_000;
    }
    build('w').start();
    await until(async () => (await intake.findOccurrence('a'))?.status === 'failed');
    expect(await casebook.findDiagnosis('a')).toMatchObject({ detail: expect.stringContaining('stopped 6 times') });
  });

  it('keep a task for as long as it takes', async () => {
    let calls = 0;
    const { decide, build, intake, clock } = hire(
      async (_, { id }) => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 60));
        return buildDiagnosis({ id });
      },
      { leaseMs: 15 },
    );
    await decide('a');
    build('w1').start();
    build('w2').start();
    const ticking = setInterval(() => {
      clock.at += 2;
    }, 2);
    await until(async () => (await intake.findOccurrence('a'))?.status === 'answered');
    clearInterval(ticking);
    expect(calls).toBe(1);
  });

  it('end what runs when they are to stop, and put back what they cannot', async () => {
    let aborted = 0;
    const { decide, build, intake, clock, casebook } = hire(
      (group, { id, signal }) =>
        new Promise((resolve, reject) => {
          if (group.alerts[0]?.labels['service'] === 'quick') setTimeout(resolve, 10, buildDiagnosis({ id }));
          signal.addEventListener('abort', () => reject(new Error(`aborted ${++aborted}`)));
        }),
    );
    await decide('quick', 'slow', 'later');
    const workers = build('w');
    workers.start();
    await until(async () => (await intake.countQueue()).working === 2);
    await workers[Symbol.asyncDispose]();
    expect(await casebook.findDiagnosis('quick')).toMatchObject({ status: 'done' });
    expect(await casebook.findDiagnosis('slow')).toBeUndefined();
    const next = await intake.claim('next', 5, new Date(clock.at), new Date(clock.at + 1));
    expect(next.map(({ id, lost = 0 }) => [id, lost])).toEqual([
      ['slow', 0],
      ['later', 0],
    ]);
  });

  it('ask an LLM as often as they may, then go by precedent alone and say so', async () => {
    const engines: string[] = [];
    const at = new Date('2026-03-31T12:00:00Z');
    const { decide, build, intake, casebook } = hire(
      async (_, { id, engine }) => {
        engines.push(engine);
        return buildDiagnosis({ id });
      },
      { llmAllowance: createLlmAllowance({ perHour: 1, now: () => at }) },
    );
    await decide('a', 'b');
    build('w').start();
    await until(async () => (await intake.findOccurrence('b'))?.status === 'answered');
    expect(engines).toEqual(['auto', 'precedent']);
    expect(await casebook.findDiagnosis('a')).not.toHaveProperty('diagnosis.provenance.degraded');
    expect(await casebook.findDiagnosis('b')).toHaveProperty('diagnosis.provenance.degraded', [
      expect.stringContaining('INTAKE_LLM_PER_HOUR'),
    ]);
  });
});
