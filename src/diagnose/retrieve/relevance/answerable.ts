import type { Answerable } from '../../../domain/evidence.ts';
import { judgeRelevance } from './relevance.ts';

export { ANSWERABLE_THRESHOLD } from './relevance.ts';

/** Is there an answer at all? For who does not ask which document it is. */
export function judgeAnswerable(...asked: Parameters<typeof judgeRelevance>): Answerable {
  return judgeRelevance(...asked).answerable;
}
