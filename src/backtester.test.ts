import { describe, expect, it } from 'vitest';
import { type BacktesterParts, createBacktester } from './backtester.ts';
import { readConfig } from './config.ts';
import { SCORE_RECIPE } from './diagnose/confidence/raw-scores.ts';
import { diagnose } from './diagnose/pipeline.ts';
import { buildKnowledge } from './diagnose/retrieve/knowledge.ts';
import type { Incident } from './domain/document.ts';
import type { ChatModel } from './ports.ts';
import { buildDiagnosis, done } from './testing/diagnosis-builder.ts';
import { buildGeneration } from './testing/generation-builder.ts';
import { buildIncident, buildRunbook, buildSection } from './testing/knowledge-builder.ts';
import { createMemoryBacktests } from './testing/memory-backtests.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';

const { config } = readConfig({}, '');
const SERVICES = ['orders', 'cart', 'db'];

/** One a day, whose signals tell the service and the category. */
function buildHistory(count: number): Incident[] {
  return Array.from({ length: count }, (_, at) => {
    const [service, category] = [SERVICES[at % 3] ?? '', at % 2 === 0 ? 'disk' : 'leak'];
    const id = `i${String(at).padStart(3, '0')}`;
    return buildIncident({
      id,
      date: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
      category,
      rootCause: { service, summary: `${category} at ${service}` },
      signals: [`metric ${service}-0 ${category} up`, `log ${service}-0 line_${at} new`],
      sections: [buildSection(`incidents/${id}.md`, 'summary', `Number ${at} was seen by customers first.`)],
    });
  });
}

/** A program whose knowledge can be replaced, as an ingest does. */
function open(incidents: readonly Incident[], overrides: Partial<BacktesterParts['ports']> = {}) {
  let ids = 0;
  let saved = 0;
  let asked = 0;
  let key = 'g1';
  let documents = [...incidents, buildRunbook({ id: 'db/Full' })];
  let knowledge = buildKnowledge(buildGeneration({ key }), documents);
  const ports = {
    backtests: createMemoryBacktests(),
    casebook: createMemoryCasebook(),
    chatModel: undefined,
    now: () => new Date('2027-01-01T00:00:00Z'),
    newId: () => `run-${++ids}`,
    ...overrides,
  };
  const embed = {
    maxBatch: 1,
    describe: async () => ({ id: 'model-a', checksum: 'aaaa', dimension: 4 }),
    embed: async (texts: readonly string[]) => texts.map(() => new Float32Array([1, 0, 0, 0])),
    loadTokenizer: async () => () => 1,
    [Symbol.asyncDispose]: async () => {},
  };
  const backtester = createBacktester({
    config,
    reader: { current: () => knowledge },
    ask: (question, known, signal) => {
      asked++;
      const llmDeadline = () => AbortSignal.timeout(100);
      const rest = { embedder: embed, index: { nearest: async () => [] }, llmDeadline, elapsed: () => 0 };
      return diagnose(question, known, { ...ports, ...rest }, { signal });
    },
    ports,
    elapsed: () => 0,
    onCalibrated: () => saved++,
  });
  return {
    backtester,
    ports,
    counts: () => ({ asked, saved }),
    publish: (change: typeof documents) => {
      documents = change;
      key = `${key}+`;
      knowledge = buildKnowledge(buildGeneration({ key }), documents);
    },
    documents: () => documents,
  };
}

const engine = 'precedent' as const;

describe('a backtest of the program', () => {
  it('reports and calibrates on what it asked, under one id, and keeps both', async () => {
    const { backtester, ports, counts } = open(buildHistory(40));
    const { report, calibration } = await backtester.run({ engine });
    expect(report).toMatchObject({ id: calibration.id, engine, generation: 'g1', asked: 35, isStale: false });
    expect(report.found.both.top1.value).toBeGreaterThan(0.8);
    expect(report.skipped).toHaveLength(5);
    expect(calibration).toMatchObject({ recipe: report.recipe, graded: { backtest: 35, verdicts: 0 } });
    expect(calibration.targets.both?.cases).toHaveLength(35);
    expect(await ports.backtests.findCalibration(engine)).toEqual(calibration);
    expect(await backtester.findReport(engine)).toEqual(report);
    expect(await backtester.findReport('llm')).toBeUndefined();
    expect(counts()).toEqual({ asked: 35, saved: 1 });
  });

  it('keeps no diagnosis in the casebook', async () => {
    const casebook = createMemoryCasebook();
    let saved = 0;
    const watched = { ...casebook, saveDiagnosis: async () => void saved++ };
    await open(buildHistory(10), { casebook: watched }).backtester.run({ engine });
    expect(saved).toBe(0);
  });

  it('asks nothing twice, unless it is told to', async () => {
    const { backtester, counts } = open(buildHistory(12));
    await backtester.run({ engine });
    await backtester.run({ engine });
    expect(counts()).toEqual({ asked: 7, saved: 2 });
    await backtester.run({ engine, fresh: true });
    expect(counts().asked).toBe(14);
  });

  it('knows that a report is old when an incident changed, and not when something else did', async () => {
    const { backtester, publish, documents } = open(buildHistory(12));
    await backtester.run({ engine });
    publish([...documents(), buildRunbook({ id: 'db/Slow' })]);
    expect(await backtester.findReport(engine)).toMatchObject({ isStale: false });
    publish([...documents(), buildIncident({ id: 'new', date: '2026-06-01', category: 'dns' })]);
    expect(await backtester.findReport(engine)).toMatchObject({ isStale: true });
  });

  it('counts what people said of a diagnosis once, when its postmortem is asked about as well', async () => {
    const rootCause = { service: 'db', category: 'disk', summary: 'The disk of db is full.' };
    const built = buildDiagnosis({ id: 'd1', kind: 'answered', rootCause });
    const scored = { scores: { service: 0.5, category: 0.5, both: 0.5 }, recipe: SCORE_RECIPE };
    const diagnosis = { ...built, confidence: { ...built.confidence, ...scored } };
    const verdict = { diagnosisId: 'd1', by: 'ana', verdict: 'confirmed', at: '2026-03-02T10:00:00.000Z' } as const;
    const casebook = {
      ...createMemoryCasebook(),
      listGradedDiagnoses: async () => [{ diagnosis, verdicts: [verdict] }],
    };
    const history = buildHistory(12);
    const gradedOf = async (incidents: typeof history) =>
      (await open(incidents, { casebook }).backtester.run({ engine })).calibration.graded;
    expect(await gradedOf(history)).toEqual({ backtest: 7, verdicts: 1 });
    const origin = buildSection('incidents/x.md', 'other', 'This was written from the diagnosis `d1`.');
    const written = history.map((one, at) => (at === 11 ? { ...one, sections: [...one.sections, origin] } : one));
    expect(await gradedOf(written)).toEqual({ backtest: 7, verdicts: 0 });
  });

  it('says so when nothing happened since the day that was asked for', async () => {
    const none = open(buildHistory(12)).backtester.run({ engine, since: '2030-01-01' });
    await expect(none).rejects.toMatchObject({
      message: expect.stringMatching(/^there are no incidents of 2030-01-01 or later/),
    });
  });

  it('fails where there is nothing to judge by, and says what to write down', async () => {
    const none = open([]).backtester.run({ engine });
    await expect(none).rejects.toMatchObject({
      code: 'nothing-to-judge',
      message: expect.stringMatching(/no incidents/),
    });
    const few = open(buildHistory(5)).backtester.run({ engine });
    await expect(few).rejects.toMatchObject({
      code: 'nothing-to-judge',
      message: expect.stringMatching(/of 5 incidents none .*5 nothing-before.*rootCause\.service/),
    });
  });

  it('asks an LLM only where one is configured, and takes no other engine’s answer for its own', async () => {
    await expect(open(buildHistory(12)).backtester.run({ engine: 'llm' })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('LLM_BASE_URL'),
    });
    const chatModel: ChatModel = { name: 'scripted', complete: () => Promise.reject(new Error('limited')) };
    const { backtester, ports } = open(buildHistory(12), { chatModel });
    await expect(backtester.run({ engine: 'llm' })).rejects.toMatchObject({
      code: 'llm-unavailable',
      message: expect.stringContaining('scripted'),
    });
    expect(await ports.backtests.findCalibration('llm')).toBeUndefined();
  });

  it('asks only from a day on, and then leaves what is calibrated by as it was', async () => {
    const { backtester, counts } = open(buildHistory(20));
    const { report } = await backtester.run({ engine });
    expect((await backtester.run({ engine, since: '2026-01-16' })).report.asked).toBe(5);
    expect(await backtester.findReport(engine)).toEqual(report);
    expect(counts()).toEqual({ asked: 15, saved: 1 });
  });

  it('learns from the verdicts of all pages', async () => {
    const casebook = createMemoryCasebook();
    const { recipe } = (await open(buildHistory(10)).backtester.run({ engine })).calibration;
    for (let at = 0; at < 30; at++) {
      const record = done(`d${at}`, engine, `2026-03-01T10:00:${String(at).padStart(2, '0')}.000Z`);
      if (record.status !== 'done') throw new Error('not done');
      const scores = { service: 0.5, category: 0.5, both: 0.5 };
      const { diagnosis } = record;
      const said = { service: 'orders', category: 'disk', summary: '' };
      const confidence = { ...diagnosis.confidence, scores, recipe };
      await casebook.saveDiagnosis({
        ...record,
        diagnosis: { ...diagnosis, kind: 'answered', rootCause: said, confidence },
      });
      await casebook.saveVerdict({ diagnosisId: record.id, by: 'someone', verdict: 'confirmed', at: record.createdAt });
    }
    const { calibration } = await open(buildHistory(10), { casebook }).backtester.run({ engine });
    expect(calibration.graded).toEqual({ backtest: 5, verdicts: 30 });
    expect(calibration.targets.both?.cases).toHaveLength(35);
  });
});
