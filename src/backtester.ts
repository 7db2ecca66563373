import { createHash } from 'node:crypto';
import { type CalibrationFrame, fitCalibration } from './backtest/calibrate.ts';
import { gradeVerdicts } from './backtest/graded-verdicts.ts';
import { type BacktestPlan, planBacktest } from './backtest/plan.ts';
import type { BacktestProgress } from './backtest/progress.ts';
import { buildReport } from './backtest/report/build-report.ts';
import { runBacktest } from './backtest/run.ts';
import { type Config, VERSION } from './config.ts';
import { hashIncidents } from './diagnose/confidence/hash-incidents.ts';
import { recipeOf } from './diagnose/confidence/recipe.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { BacktestCase, BacktestKey, BacktestReport } from './domain/backtest.ts';
import type { Calibration } from './domain/calibration.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import type { Incident, KnowledgeDocument } from './domain/document.ts';
import type { EngineName } from './domain/engine.ts';
import { PrecedentError } from './domain/errors.ts';
import type { GradedDiagnosis } from './domain/feedback.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import type { Casebook, Ports } from './ports.ts';
import { indexCauses } from './promote/stored-causes.ts';

export type { BacktestProgress };

/** Diagnoses with verdicts are read so many at a time. */
const PAGE = 25;

export interface BacktestOptions {
  readonly engine: EngineName;
  /** Asks all anew, also what an interrupted run has asked. */
  readonly fresh?: boolean | undefined;
  /**
   * Only incidents of this day and later are asked about; those before it are known all the same. A look at a part: what is
   * calibrated by stays, for fewer cases would say less.
   */
  readonly since?: string | undefined;
  readonly onProgress?: (progress: BacktestProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** "Would this have found it last time?" */
export interface Backtester {
  /**
   * Asks about every resolved incident as of its own day, and calibrates on what came of it. Errors: `nothing-to-judge`
   * when no incident can be asked about, `interrupted`, and what keeps all of them from being answered.
   */
  run(options: BacktestOptions): Promise<{ readonly report: BacktestReport; readonly calibration: Calibration }>;
  /** The newest report, and whether incidents have changed since; undefined before the first. */
  findReport(engine: EngineName, signal?: AbortSignal): Promise<BacktestReport | undefined>;
}

export interface BacktesterParts {
  readonly config: Config;
  readonly reader: Pick<KnowledgeReader, 'current'>;
  /** One diagnosis with the app's own settings, uncalibrated, and kept nowhere. */
  readonly ask: (question: DiagnosisQuestion, knowledge: Knowledge, signal: AbortSignal) => Promise<Diagnosis>;
  readonly ports: Pick<Ports, 'backtests' | 'casebook' | 'chatModel' | 'now' | 'newId'>;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** A calibration was saved. */
  readonly onCalibrated: () => void;
}

export function createBacktester(parts: BacktesterParts): Backtester {
  const { config, reader, ports } = parts;
  return {
    async run({ engine, fresh, since, onProgress, signal }) {
      if (engine === 'llm' && !ports.chatModel) throw noLlm();
      const recipe = recipeOf(engine, { ...ports, ...(config.llm ? { llmSettings: config.llm } : {}) });
      const knowledge = await reader.current(signal);
      const plan = await planBacktest(listIncidents(knowledge), { since });
      if (plan.asked.length === 0) throw nothingToJudge(plan, since);
      const outcomes = await runBacktest(plan, {
        key: keyOf({ engine, recipe }, knowledge, config),
        ask: async (question, signal) => assertEngine(await parts.ask(question, knowledge, signal), engine),
        store: ports.backtests,
        now: ports.now,
        elapsed: parts.elapsed,
        fresh,
        onProgress,
        signal,
      });
      const cases = outcomes.flatMap((outcome) => (outcome.kind === 'asked' ? [outcome.case] : []));
      const failed = outcomes.flatMap((outcome) => (outcome.kind === 'skipped' ? [outcome.skipped] : []));
      const verdicts = await readVerdicts(ports.casebook, { engine, recipe, told: listTold(knowledge, cases) }, signal);
      const frame = frameOf({ engine, recipe }, knowledge, ports);
      const calibration = await fitCalibration(frame, cases, verdicts);
      const skipped = [...plan.skipped, ...failed];
      const report = await buildReport({ cases, skipped, calibration, verdicts, risks: config.risks });
      if (since === undefined) {
        await ports.backtests.saveCalibration(calibration, signal);
        await ports.backtests.saveReport(report, signal);
        parts.onCalibrated();
      }
      return { report, calibration };
    },
    async findReport(engine, signal) {
      const report = await ports.backtests.findReport(engine, signal);
      return report && { ...report, isStale: await isStale(report, parts, signal) };
    },
  };
}

interface EngineRecipe {
  readonly engine: EngineName;
  /** How its scores are made. */
  readonly recipe: string;
}

function listIncidents({ byKind }: Knowledge): Incident[] {
  return byKind.incident.filter((document: KnowledgeDocument) => document.kind === 'incident');
}

/** An older version, or other settings, may have answered otherwise: what they began is not gone on with. */
function keyOf({ engine, recipe }: EngineRecipe, knowledge: Knowledge, config: Config): BacktestKey {
  const { denseShare, halfLifeDays, reranker, llm } = config;
  const settings = { version: VERSION, denseShare, halfLifeDays, reranker, ...(engine === 'llm' ? { llm } : {}) };
  const incidents = createHash('sha256')
    .update(JSON.stringify([hashIncidents(knowledge), settings]))
    .digest('hex');
  return { engine, recipe, generation: knowledge.generation.key, incidents };
}

function frameOf(
  { engine, recipe }: EngineRecipe,
  knowledge: Knowledge,
  { newId, now }: Pick<Ports, 'newId' | 'now'>,
): CalibrationFrame {
  return {
    id: newId(),
    engine,
    recipe,
    fittedAt: now().toISOString(),
    generation: knowledge.generation.key,
    incidents: hashIncidents(knowledge),
  };
}

/** An engine that degraded to another says nothing of itself. */
function assertEngine(diagnosis: Diagnosis, engine: EngineName): Diagnosis {
  if (diagnosis.engine === engine) return diagnosis;
  const reasons = (diagnosis.provenance.attempts ?? []).map(({ model, reason }) => `${model}: ${reason}`);
  throw new PrecedentError('llm-unavailable', `the LLM gave no answer: ${reasons.join('; ') || 'it was not asked'}`);
}

/** Diagnoses whose postmortem was asked about: with the verdicts on them, one event would count twice. */
function listTold(knowledge: Knowledge, cases: readonly BacktestCase[]): ReadonlySet<string> {
  const asked = new Set(cases.map(({ incident }) => incident));
  const { origins } = indexCauses(listIncidents(knowledge));
  return new Set([...origins].flatMap(([diagnosis, { id }]) => (asked.has(id) ? [diagnosis] : [])));
}

async function readVerdicts(
  casebook: Casebook,
  { engine, recipe, told }: EngineRecipe & { readonly told: ReadonlySet<string> },
  signal: AbortSignal | undefined,
) {
  const graded: GradedDiagnosis[] = [];
  for (;;) {
    const after = graded.at(-1)?.diagnosis.id;
    const page = await casebook.listGradedDiagnoses({ limit: PAGE, ...(after === undefined ? {} : { after }) }, signal);
    graded.push(...page);
    if (page.length === PAGE) continue;
    const untold = graded.filter(({ diagnosis }) => !told.has(diagnosis.id));
    return gradeVerdicts(untold, { engine, recipe });
  }
}

/** One run's report and calibration have one id, and the calibration knows which incidents were asked. */
async function isStale(
  { id, generation }: BacktestReport,
  { ports, reader }: BacktesterParts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // While the index is away nobody can say that the report is of what it holds; the report can be read all the same.
  const knowledge = await reader.current(signal).catch(() => undefined);
  if (knowledge === undefined || knowledge.generation.key === generation) return knowledge === undefined;
  const calibration = (await ports.backtests.listCalibrations(RECENT, signal)).find((one) => one.id === id);
  return calibration?.incidents !== hashIncidents(knowledge);
}

/** Among so many of the newest calibrations is that of the newest report. */
const RECENT = 20;

function noLlm(): PrecedentError {
  return new PrecedentError(
    'config-invalid',
    'no LLM is configured: set LLM_BASE_URL and LLM_MODEL, or run it with --engine precedent',
  );
}

/** Not "everything would have been found": there was nothing to find. */
function nothingToJudge({ skipped }: BacktestPlan, since: string | undefined): PrecedentError {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const why = [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const none = since === undefined ? 'there are no incidents' : `there are no incidents of ${since} or later`;
  const found = skipped.length === 0 ? none : `of ${skipped.length} incidents none can be asked about (${why})`;
  return new PrecedentError(
    'nothing-to-judge',
    `${found}: a backtest needs postmortems with a category or a rootCause.service, symptoms (a summary, detection or impact ` +
      'section, alerts or signals), and at least 5 such incidents before them',
  );
}
