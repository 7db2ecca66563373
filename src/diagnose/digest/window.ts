import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import {
  type ClientOperations,
  calleeOf,
  type OperationKey,
  type OperationName,
  toOperationKey,
} from './client-operations.ts';
import type { LostCallees } from './lost-calls.ts';
import type { Fragments } from './lost-spans.ts';

/** The spans of one operation, as indexes into the window's forest. */
export interface OperationSample {
  readonly service: string;
  readonly operation: string;
  readonly isClient: boolean;
  readonly spans: number[];
  /** Spans that did not err, and below which nothing did. */
  calm: number;
  /** Calm spans without any child. */
  barren: number;
  errors: number;
  /** Erring spans below which nothing erred. Those of a call are its edge's. */
  readonly originErrors: number[];
}

/** The client spans of one operation that call one service. */
export interface EdgeSample {
  readonly caller: string;
  /** The client span's name. */
  readonly operation: string;
  readonly callee: string;
  readonly calleeOperations: Map<string, number>;
  readonly spans: number[];
  /** Client spans whose other half is not in the trace. */
  lost: number;
  /** Erring client spans below which nothing erred. */
  readonly originErrors: number[];
}

/** How many children of one operation the spans of another have. The squares give the variance, spans without any included. */
export interface FanOut {
  readonly parent: OperationName;
  readonly child: OperationName;
  readonly isClientParent: boolean;
  calls: number;
  squares: number;
  /** How many calm parents have any. */
  fromCalm: number;
  /** How long after its parent's start each call began, summed. */
  offsetUs: number;
}

export interface WindowObservation {
  readonly forest: SpanForest;
  /** Microseconds, by span index. */
  readonly own: Float64Array;
  /** Spans whose own time says nothing; absent where next to nothing was lost. */
  readonly fragments: Fragments | undefined;
  /** The share of spans that never arrived. */
  readonly loss: number;
  readonly traces: number;
  /** The number of its trace, by span index: 0, 1, 2 … as they come. */
  readonly traceOf: Int32Array;
  readonly operations: ReadonlyMap<OperationKey, OperationSample>;
  readonly edges: ReadonlyMap<string, EdgeSample>;
  readonly fanOuts: ReadonlyMap<string, FanOut>;
}

/** Sorts the spans of a window by operation, by edge and by who calls what how often. One pass each, linear. */
export function observeWindow(
  { forest, own, fragments, loss }: Pick<WindowObservation, 'forest' | 'own' | 'fragments' | 'loss'>,
  clients: ClientOperations,
  lostCallees: LostCallees = new Map(),
): WindowObservation {
  const operations = new Map<OperationKey, OperationSample>();
  const edges = new Map<string, EdgeSample>();
  const fanOuts = new Map<string, FanOut>();
  const { traceOf, traces } = numberTraces(forest);
  const keys = forest.spans.map(toOperationKey);
  for (const [index, span] of forest.spans.entries()) {
    const key = keys[index] ?? '';
    const isAbove = hasErringChild(forest, index);
    const isOrigin = span.isError && !isAbove;
    const isCalm = !span.isError && !isAbove;
    const meant = clients.get(key);
    const callee = meant && (calleeOf(forest, index) ?? lostCallees.get(index) ?? meant);
    const sample = sampleOf(operations, key, span, callee !== undefined);
    addToOperation(sample, span, index, isOrigin);
    if (isCalm) sample.calm++;
    if (isCalm && forest.childrenOf(index).length === 0) sample.barren++;
    if (callee !== undefined) addToEdge(edges, forest, index, callee, isOrigin);
    addFanOut(fanOuts, forest, index, keys, callee !== undefined, isCalm);
  }
  return { forest, own, fragments, loss, traces, traceOf, operations, edges, fanOuts };
}

function numberTraces({ spans }: SpanForest): { readonly traceOf: Int32Array; readonly traces: number } {
  const numbers = new Map<string, number>();
  const traceOf = new Int32Array(spans.length);
  for (const [index, { traceId }] of spans.entries()) {
    let number = numbers.get(traceId);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(traceId, number);
    }
    traceOf[index] = number;
  }
  return { traceOf, traces: numbers.size };
}

function hasErringChild(forest: SpanForest, index: number): boolean {
  for (const child of forest.childrenOf(index)) if (spanAt(forest, child).isError) return true;
  return false;
}

function sampleOf(
  operations: Map<OperationKey, OperationSample>,
  key: OperationKey,
  { service, operation }: Span,
  isClient: boolean,
): OperationSample {
  let sample = operations.get(key);
  if (!sample) {
    sample = { service, operation, isClient, spans: [], calm: 0, barren: 0, errors: 0, originErrors: [] };
    operations.set(key, sample);
  }
  return sample;
}

function addToOperation(sample: OperationSample, span: Span, index: number, isOrigin: boolean): void {
  sample.spans.push(index);
  if (span.isError) sample.errors++;
  if (isOrigin && !sample.isClient) sample.originErrors.push(index);
}

function addToEdge(
  edges: Map<string, EdgeSample>,
  forest: SpanForest,
  index: number,
  callee: string,
  isOrigin: boolean,
): void {
  const { service: caller, operation } = spanAt(forest, index);
  const key = `${toOperationKey({ service: caller, operation })}\u0000${callee}`;
  let edge = edges.get(key);
  if (!edge) {
    edge = { caller, operation, callee, calleeOperations: new Map(), spans: [], lost: 0, originErrors: [] };
    edges.set(key, edge);
  }
  edge.spans.push(index);
  if (isOrigin) edge.originErrors.push(index);
  const [child] = forest.childrenOf(index);
  if (child === undefined) edge.lost++;
  else {
    const { operation: called } = spanAt(forest, child);
    edge.calleeOperations.set(called, (edge.calleeOperations.get(called) ?? 0) + 1);
  }
}

function addFanOut(
  fanOuts: Map<string, FanOut>,
  forest: SpanForest,
  index: number,
  keys: readonly OperationKey[],
  isClientParent: boolean,
  isCalm: boolean,
): void {
  const counts = new Map<OperationKey, { calls: number; child: number }>();
  for (const child of forest.childrenOf(index)) {
    const count = counts.get(keys[child] ?? '');
    if (count) count.calls++;
    else counts.set(keys[child] ?? '', { calls: 1, child });
  }
  for (const [childKey, { calls, child }] of counts) {
    const key = `${keys[index] ?? ''}\u0001${childKey}`;
    let fanOut = fanOuts.get(key);
    if (!fanOut) {
      fanOut = {
        parent: spanAt(forest, index),
        child: spanAt(forest, child),
        isClientParent,
        calls: 0,
        squares: 0,
        fromCalm: 0,
        offsetUs: 0,
      };
      fanOuts.set(key, fanOut);
    }
    fanOut.calls += calls;
    if (isCalm) fanOut.fromCalm++;
    fanOut.squares += calls * calls;
    fanOut.offsetUs += calls * (spanAt(forest, child).startUs - spanAt(forest, index).startUs);
  }
}

export function unionOfKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Set<string> {
  return new Set([...a.keys(), ...b.keys()]);
}
