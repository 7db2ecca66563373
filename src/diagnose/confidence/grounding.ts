import type { CausalEdge } from '../../domain/trace.ts';
import { toName } from '../digest/wording.ts';

/** The most that an answer may be sure of, and why. */
export interface GroundingCap {
  readonly most: number;
  readonly reason: string;
}

/**
 * How sure a service may be named when nobody saw how its trouble reached the place where it showed: at most four times in
 * five where part of the way was seen or declared, three in five where none of it was. Judgements, and so round: more
 * than even, for the suspicion itself was measured; less than what is worth acting on at the default risk of a tenth.
 */
const MOST = { partlyGrounded: 0.8, ungrounded: 0.6 } as const;

/**
 * A cap by the weakest link of the causal path to the service named. A path that does not lead to it says nothing of it, and
 * without traces there is no path; a way that the topology declares is no guess.
 */
export function findGroundingCap(path: readonly CausalEdge[], service: string | null): GroundingCap | undefined {
  const end = path.findIndex(({ to }) => to === service);
  const way = path.slice(0, end + 1);
  const guessed = way.filter(({ verified }) => verified === 'unverified');
  const [first] = guessed;
  if (first === undefined) return undefined;
  const most = guessed.length < way.length ? MOST.partlyGrounded : MOST.ungrounded;
  const reason = `at most ${Math.round(most * 100)} % sure: no span and no topology shows that ${toName(first.from)} calls ${toName(first.to)}`;
  return { most, reason };
}
