import type { Diagnosis } from '../domain/diagnosis.ts';
import type { EngineName } from '../domain/engine.ts';
import { alertGroupOf, type DiagnosisQuestion, toTraceDigest } from '../domain/request.ts';
import type { TraceDigest } from '../domain/trace.ts';
import type { Clock, Embedder } from '../ports.ts';
import { answer } from './answer.ts';
import type { CalibrationInUse } from './confidence/calibration-in-use.ts';
import { hashIncidents } from './confidence/hash-incidents.ts';
import { recipeOf } from './confidence/recipe.ts';
import { scoreConfidence } from './confidence/score.ts';
import { digestAnalysis } from './digest/digest.ts';
import { fetchTraces, type TraceFetch } from './fetch-traces.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { normalise } from './normalise.ts';
import { type LlmPorts, predict } from './predict/predict.ts';
import { buildProvenance } from './provenance.ts';
import type { Knowledge } from './retrieve/knowledge.ts';
import type { RetrievePorts } from './retrieve/retrieve.ts';
import type { Situation } from './situation.ts';

export interface StageReport {
  readonly stage: string;
  readonly ms: number;
}

export type StageObserver = (report: StageReport) => void;

export interface DiagnoseOptions {
  readonly id?: string;
  /** A stage begins. */
  readonly onBegun?: (stage: string) => void;
  /** A stage is over. */
  readonly onStage?: StageObserver;
  readonly signal?: AbortSignal;
}

export interface DiagnosePorts extends LlmPorts, RetrievePorts {
  readonly embedder: Embedder;
  readonly now: Clock;
  readonly newId: () => string;
  /** Absent when no store of traces is configured. */
  readonly fetchTraces?: TraceFetch;
  /** What an engine's confidence is calibrated with; absent where a diagnosis must be judged by its raw scores. */
  readonly findCalibration?: (engine: EngineName) => Promise<CalibrationInUse | undefined>;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
}

/**
 * The read path: normalise → digest → retrieve → predict → score → answer. What fails on the way to a better answer (the
 * traces, the LLM) degrades and says so in the provenance; what the answer cannot do without (index, embedder) throws.
 */
export async function diagnose(
  request: DiagnosisQuestion,
  knowledge: Knowledge,
  ports: DiagnosePorts,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { stage, timings } = createStageClock(ports.elapsed, options);
  const asOf = request.asOf === undefined ? undefined : new Date(request.asOf);
  const { knownServices } = knowledge;
  const situation = await stage('normalise', () => normalise(alertGroupOf(request), { knownServices, asOf }));
  const fetched = ports.fetchTraces
    ? await stage('traces', () => fetchTraces(request, situation, ports, options.signal))
    : {};
  const digest = await stage('digest', () => digestOf({ ...request, ...fetched }, situation, knowledge));
  const { evidence, answerable, ...gathered } = await stage('retrieve', () =>
    gatherEvidence({ request, situation, digest }, knowledge, ports, options.signal),
  );
  const { prediction, attempts, llm, llmFeatures } = await stage('predict', () =>
    predict(evidence, request.options.engine, ports, options.signal),
  );
  const degraded = [...(fetched.missing === undefined ? [] : [fetched.missing]), ...gathered.degraded];
  const confidence = await stage('score', async () =>
    scoreConfidence(
      evidence,
      prediction,
      answerable,
      {
        used: await ports.findCalibration?.(prediction.engine),
        incidents: hashIncidents(knowledge),
        recipe: recipeOf(prediction.engine, ports),
      },
      llmFeatures,
    ),
  );
  return answer(
    { evidence, prediction, confidence, answerable },
    {
      id: options.id ?? ports.newId(),
      createdAt: ports.now(),
      provenance: buildProvenance(knowledge, timings, { attempts, llm, degraded, traces: fetched.asked }),
    },
  );
}

/** Times each stage and tells the one observer; the timings travel in the answer's provenance. */
function createStageClock(elapsed: () => number, { onBegun, onStage }: DiagnoseOptions) {
  const timings: Record<string, number> = {};
  const stage = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    const start = elapsed();
    onBegun?.(name);
    const result = await run();
    const ms = Math.round((elapsed() - start) * 100) / 100;
    timings[name] = ms;
    onStage?.({ stage: name, ms });
    return result;
  };
  return { stage, timings };
}

/** The digest of the traces, brought or fetched, else the digest that the caller made, else none. */
function digestOf(request: DiagnosisQuestion, situation: Situation, { graph }: Knowledge): TraceDigest | undefined {
  const { analysis, traceDigest } = request;
  if (analysis === undefined) return traceDigest === undefined ? undefined : toTraceDigest(traceDigest);
  return digestAnalysis(analysis, { graph, alertingServices: situation.services });
}
