import type { NoiseCondition, NoiseSentence, NoiseTest } from '../domain/noise-rule.ts';
import { isSeverity, NARROWING_VERBS, PAGING_SEVERITIES } from './words.ts';

/** Why a rule would hide more than anyone can mean, or undefined where it says what alerts it is about. */
export function findWideness({ when }: Pick<NoiseSentence, 'when'>): string | undefined {
  if (isNarrow(when)) return undefined;
  return (
    'the rule does not say which alerts it is about: in every way of meeting it, say what the alert, the severity, the ' +
    'namespace, the service, a label or an annotation is (a sender, a severity that wakes people, “is not” and “is ' +
    'present” alone would hide too much)'
  );
}

/** Of tests that must all be met one is enough; of tests of which one is enough, each one counts. */
function isNarrow(condition: NoiseCondition): boolean {
  if (condition.kind === 'test') return narrows(condition);
  return condition.kind === 'all' ? condition.conditions.some(isNarrow) : condition.conditions.every(isNarrow);
}

function narrows({ field, verb, values }: NoiseTest): boolean {
  if (!NARROWING_VERBS.has(verb) || field.kind === 'sender') return false;
  if (!isSeverity(field)) return true;
  const isWhole = verb === 'is' || verb === 'is one of';
  return isWhole && values.every((value) => !PAGING_SEVERITIES.has(value.trim().toLowerCase()));
}
