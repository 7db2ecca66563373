import { spanAt } from '../../traces/span-forest.ts';
import { type OperationName, toOperationKey } from './client-operations.ts';
import type { WindowObservation } from './window.ts';
import { isTraceId } from './wording.ts';

const MAX_EXEMPLARS = 3;

/** Traces worth opening: where the operation erred, else where it took longest itself. */
export function listExemplars(window: WindowObservation, operation: OperationName): string[] {
  const spans = window.operations.get(toOperationKey(operation))?.spans ?? [];
  const worth = (index: number) => (spanAt(window.forest, index).isError ? Number.MAX_VALUE : (window.own[index] ?? 0));
  const worst = [...spans].sort((a, b) => worth(b) - worth(a));
  const traceIds = new Set<string>();
  for (const index of worst) {
    if (traceIds.size === MAX_EXEMPLARS) break;
    const { traceId } = spanAt(window.forest, index);
    if (isTraceId(traceId)) traceIds.add(traceId);
  }
  return [...traceIds];
}
