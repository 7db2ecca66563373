import type { ParsedTraces } from '../../src/domain/trace.ts';
import {
  buildFaultCase,
  FAULT_TYPES,
  type FaultOptions,
  type FaultType,
  HEALTHY_TYPES,
  SCENARIOS,
} from '../../src/testing/trace-faults.ts';
import { parseTraces } from '../../src/traces/parse.ts';
import type { TraceCase } from './cases.ts';

/** Constants are chosen on seeds below this, figures are told of seeds from here on. */
export const FIRST_REPORTED_SEED = 5000;
/** A large share of a made-up window is the wire's worst; a collector that loses three spans of ten is a bad one. */
const LOST_SHARE = 0.3;
const MAX_SKEW_MS = 3000;

export type Condition = 'plain' | 'lost' | 'skew' | 'onset' | 'onset-late' | 'onset-early';

export const CONDITIONS: Readonly<
  Record<Condition, { readonly types: readonly FaultType[]; readonly options: FaultOptions }>
> = {
  plain: { types: [...FAULT_TYPES, ...SCENARIOS], options: {} },
  lost: { types: ['latency', 'error'], options: { lostShare: LOST_SHARE } },
  skew: { types: ['latency', 'network', 'error'], options: { maxSkewMs: MAX_SKEW_MS } },
  onset: { types: ['latency', 'error'], options: { onsetSeconds: 0 } },
  'onset-late': { types: ['latency', 'error'], options: { onsetSeconds: 60 } },
  'onset-early': { types: ['latency', 'error'], options: { onsetSeconds: -60 } },
};

/** Types of which one can say what shape they have; what a broken call does to the load is anybody's guess. */
const SHAPED: readonly FaultType[] = [
  ...(['latency', 'queueing', 'network', 'single-worker', 'saturation'] as const),
  ...HEALTHY_TYPES,
];

export interface PlannedCase {
  readonly condition: Condition;
  readonly type: FaultType;
  readonly seed: number;
}

export function planCases(perType: number, firstSeed = FIRST_REPORTED_SEED): PlannedCase[] {
  const conditions = Object.keys(CONDITIONS) as Condition[]; // Its keys are what its type says, and no others.
  return conditions.flatMap((condition) =>
    CONDITIONS[condition].types.flatMap((type) =>
      Array.from({ length: perType }, (_, index) => ({ condition, type, seed: firstSeed + index })),
    ),
  );
}

export function makeCase({ condition, type, seed }: PlannedCase): TraceCase {
  const { normal, abnormal, shapes, ...one } = buildFaultCase(type, seed, CONDITIONS[condition].options);
  const parse = (window: unknown): ParsedTraces => parseTraces(window);
  return {
    ...one,
    system: 'generated',
    faultType: type,
    ...(SHAPED.includes(type) ? { shapes } : {}),
    normal: parse(normal),
    abnormal: parse(abnormal),
  };
}
