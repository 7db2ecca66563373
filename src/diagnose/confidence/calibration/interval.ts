import type { GradedCase } from '../../../domain/calibration.ts';
import { listBins, type ReliabilityBin } from './bins.ts';
import { exactInterval } from './clopper-pearson.ts';

/** How often graded cases about as sure as this one were right. */
export interface CasesAlike {
  /** 95 %, two-sided. */
  readonly interval: [low: number, high: number];
  readonly n: number;
  readonly right: number;
  readonly reason: string;
}

/** Of a calibration in use, which many answers are held against: to sort ten thousand cases for each would hold up all others. */
const known = new WeakMap<readonly GradedCase[], readonly ReliabilityBin[]>();

/** The reliability bin that a chance falls into; between two of them the nearer. Undefined without cases. */
export function intervalAt(cases: readonly GradedCase[], chance: number): CasesAlike | undefined {
  const distance = ({ from, to }: { from: number; to: number }) => Math.max(from - chance, chance - to, 0);
  const [first, ...rest] = binsOf(cases);
  if (first === undefined) return undefined;
  const { n, right } = rest.reduce((nearest, bin) => (distance(bin) < distance(nearest) ? bin : nearest), first);
  return {
    interval: exactInterval(right, n),
    n,
    right,
    reason: `of ${n} graded cases about this sure, ${right} ${right === 1 ? 'was' : 'were'} right`,
  };
}

function binsOf(cases: readonly GradedCase[]): readonly ReliabilityBin[] {
  const before = known.get(cases);
  if (before !== undefined) return before;
  const bins = listBins(cases);
  known.set(cases, bins);
  return bins;
}
