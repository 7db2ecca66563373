import type { Span } from '../../domain/trace.ts';
import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import {
  type ClientOperations,
  calleeOf,
  type OperationKey,
  type OperationName,
  toOperationKey,
} from './client-operations.ts';

/** The spans of one operation, as indexes into the window's forest. */
export interface OperationSample {
  readonly service: string;
  readonly operation: string;
  readonly spans: number[];
  errors: number;
  originErrors: number;
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
  originErrors: number;
}

/** How many children of one operation the spans of another have. The squares give the variance, spans without any included. */
export interface FanOut {
  readonly parent: OperationName;
  readonly child: OperationName;
  readonly isClientParent: boolean;
  calls: number;
  squares: number;
}

export interface WindowObservation {
  readonly forest: SpanForest;
  /** Microseconds, by span index. */
  readonly own: Float64Array;
  readonly traces: number;
  readonly operations: ReadonlyMap<OperationKey, OperationSample>;
  readonly edges: ReadonlyMap<string, EdgeSample>;
  readonly fanOuts: ReadonlyMap<string, FanOut>;
}

/** Sorts the spans of a window by operation, by edge and by who calls what how often. One pass each, linear. */
export function observeWindow(forest: SpanForest, own: Float64Array, clients: ClientOperations): WindowObservation {
  const operations = new Map<OperationKey, OperationSample>();
  const edges = new Map<string, EdgeSample>();
  const fanOuts = new Map<string, FanOut>();
  const traces = new Set<string>();
  const keys = forest.spans.map(toOperationKey);
  for (const [index, span] of forest.spans.entries()) {
    const key = keys[index] ?? '';
    const isOrigin = span.isError && !hasErringChild(forest, index);
    const callee = clients.has(key) ? (calleeOf(forest, index) ?? clients.get(key)) : undefined;
    traces.add(span.traceId);
    addToOperation(operations, key, span, index, isOrigin && callee === undefined);
    if (callee !== undefined) addToEdge(edges, forest, index, callee, isOrigin);
    addFanOut(fanOuts, forest, index, keys, callee !== undefined);
  }
  return { forest, own, traces: traces.size, operations, edges, fanOuts };
}

function hasErringChild(forest: SpanForest, index: number): boolean {
  for (const child of forest.childrenOf(index)) if (spanAt(forest, child).isError) return true;
  return false;
}

function addToOperation(
  operations: Map<OperationKey, OperationSample>,
  key: OperationKey,
  span: Span,
  index: number,
  isOrigin: boolean,
): void {
  let sample = operations.get(key);
  if (!sample) {
    sample = { service: span.service, operation: span.operation, spans: [], errors: 0, originErrors: 0 };
    operations.set(key, sample);
  }
  sample.spans.push(index);
  if (span.isError) sample.errors++;
  if (isOrigin) sample.originErrors++;
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
    edge = { caller, operation, callee, calleeOperations: new Map(), spans: [], lost: 0, originErrors: 0 };
    edges.set(key, edge);
  }
  edge.spans.push(index);
  if (isOrigin) edge.originErrors++;
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
      fanOut = { parent: spanAt(forest, index), child: spanAt(forest, child), isClientParent, calls: 0, squares: 0 };
      fanOuts.set(key, fanOut);
    }
    fanOut.calls += calls;
    fanOut.squares += calls * calls;
  }
}
