import type { WindowObservation } from '../window.ts';
import type { AbnormalTraces } from './abnormal-traces.ts';
import { type RankedService, toRanking } from './ranked-service.ts';
import { buildTraceGraph, type TraceGraph } from './trace-graph.ts';

/** MicroRank starts at nine: of fewer traces a walk says nothing that the traces do not. */
const FEWEST_ABNORMAL = 9;
/** Names beyond this number are no operations, and a walk over them costs more than it says. */
const MAX_OPERATIONS = 5_000;
const ROUNDS = 25;
const DAMPING = 0.85;
/** Weight of calls between operations beside the traces that cover them. */
const CALL_WEIGHT = 0.01;
/** How much of a walk's restarts goes to short traces, the rest to those of a rare shape. */
const SHORT_SHARE = 0.5;

/**
 * A walk over operations and abnormal traces, and one over normal traces, weigh the spectrum of each operation: whatever
 * few short abnormal traces have in common counts more than what all traces pass. Ochiai's formula; a service is as
 * suspect as its worst operation (MicroRank, Yu et al., WWW 2021: d = .85, ω = .01, 25 rounds).
 */
export function rankByPageRank(
  before: WindowObservation,
  after: WindowObservation,
  abnormal: AbnormalTraces,
): RankedService[] {
  if (abnormal.count < FEWEST_ABNORMAL || after.operations.size > MAX_OPERATIONS) return [];
  const graph = buildTraceGraph(before, after, abnormal);
  const weightAbnormal = walk(graph, 1);
  const weightNormal = walk(graph, 0);
  const { passedAbnormal, passedNormal } = countPasses(graph);
  const scores = new Map<string, number>();
  for (const [operation, service] of graph.serviceOf.entries()) {
    const hit = (weightAbnormal[operation] ?? 0) * (passedAbnormal[operation] ?? 0);
    const missed = (weightAbnormal[operation] ?? 0) * (abnormal.count - (passedAbnormal[operation] ?? 0));
    const passed = (weightNormal[operation] ?? 0) * (passedNormal[operation] ?? 0);
    const ochiai = hit / Math.sqrt((hit + passed) * (hit + missed) || 1);
    scores.set(service, Math.max(ochiai, scores.get(service) ?? 0));
  }
  return toRanking(scores);
}

/** The weight of every operation, the largest 1, as a walk over one side's traces finds it. */
function walk(graph: TraceGraph, side: 0 | 1): Float64Array {
  const restarts = restartsOf(graph, side);
  const degrees = degreesOf(graph, side);
  const operations = graph.serviceOf.length;
  let ofOperations = new Float64Array(operations).fill(1 / Math.max(operations, 1));
  let ofTraces = new Float64Array(graph.sideOf.length).fill(1 / Math.max(graph.sideOf.length, 1));
  for (let round = 0; round < ROUNDS; round++) {
    const nextTraces = new Float64Array(ofTraces.length);
    const nextOperations = new Float64Array(operations);
    for (let pair = 0; pair < graph.pairTrace.length; pair++) {
      const trace = graph.pairTrace[pair] ?? 0;
      if (graph.sideOf[trace] !== side) continue;
      const operation = graph.pairOperation[pair] ?? 0;
      add(nextTraces, trace, (ofOperations[operation] ?? 0) / (degrees.operations[operation] || 1));
      add(nextOperations, operation, (ofTraces[trace] ?? 0) / (degrees.traces[trace] || 1));
    }
    for (let call = 0; call < graph.callTo.length; call++) {
      const from = graph.callFrom[call] ?? 0;
      const to = graph.callTo[call] ?? 0;
      add(nextOperations, to, (CALL_WEIGHT * (ofOperations[from] ?? 0)) / (degrees.calls[from] || 1));
    }
    ofTraces = normalise(nextTraces.map((weight, trace) => DAMPING * weight + (1 - DAMPING) * (restarts[trace] ?? 0)));
    ofOperations = normalise(nextOperations.map((weight) => DAMPING * weight));
  }
  return ofOperations;
}

function add(weights: Float64Array, at: number, weight: number): void {
  weights[at] = (weights[at] ?? 0) + weight;
}

function normalise(weights: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? weights.map((weight) => weight / most) : weights;
}

/** Abnormal traces are preferred when they are short or of a rare shape; normal ones when of a rare shape. */
function restartsOf(graph: TraceGraph, side: 0 | 1): Float64Array {
  const sizes = degreesOf(graph, side).traces;
  const kinds = new Map<number, number>();
  for (const [trace, shape] of graph.shapeOf.entries()) {
    if (graph.sideOf[trace] === side) kinds.set(shape, (kinds.get(shape) ?? 0) + 1);
  }
  const short = scaleToOne(sizes.map((size) => (size > 0 ? 1 / size : 0)));
  const rare = scaleToOne(sizes.map((size, trace) => (size > 0 ? 1 / (kinds.get(graph.shapeOf[trace] ?? 0) ?? 1) : 0)));
  const share = side === 1 ? SHORT_SHARE : 0;
  return rare.map((weight, trace) => share * (short[trace] ?? 0) + (1 - share) * weight);
}

function scaleToOne(weights: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const sum = weights.reduce((a, b) => a + b, 0);
  return sum > 0 ? weights.map((weight) => weight / sum) : weights;
}

interface Degrees {
  readonly operations: Float64Array<ArrayBuffer>;
  readonly traces: Float64Array<ArrayBuffer>;
  readonly calls: Float64Array<ArrayBuffer>;
}

function degreesOf(graph: TraceGraph, side: 0 | 1): Degrees {
  const operations = new Float64Array(graph.serviceOf.length);
  const traces = new Float64Array(graph.sideOf.length);
  const calls = new Float64Array(graph.serviceOf.length);
  for (const [pair, trace] of graph.pairTrace.entries()) {
    if (graph.sideOf[trace] !== side) continue;
    add(operations, graph.pairOperation[pair] ?? 0, 1);
    add(traces, trace, 1);
  }
  for (const from of graph.callFrom) add(calls, from, 1);
  return { operations, traces, calls };
}

function countPasses(graph: TraceGraph): {
  readonly passedAbnormal: Float64Array;
  readonly passedNormal: Float64Array;
} {
  return { passedAbnormal: degreesOf(graph, 1).operations, passedNormal: degreesOf(graph, 0).operations };
}
