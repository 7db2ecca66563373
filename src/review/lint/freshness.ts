import type { Runbook } from '../../domain/document.ts';
import { lineOfWords, listRunbooks, type Placed } from '../knowledge.ts';
import type { Mistake, Rule } from './rule.ts';

/** A year: often enough to notice that the commands have changed, seldom enough to be done. */
export const MAX_AGE_DAYS = 365;

const DAY_MS = 86_400_000;

export const staleValidated: Rule = {
  id: 'stale-validated',
  severity: 'warning',
  reason: 'Nobody has walked through the runbook for a long time, and systems change under their runbooks.',
  find: (knowledge, today) => {
    const runbooks = listRunbooks(knowledge);
    const replaced = new Set(runbooks.map(({ document }) => document.supersedes));
    const isInUse = ({ id, status }: Runbook) => !replaced.has(id) && status !== 'deprecated';
    return runbooks.filter(({ document }) => isInUse(document)).flatMap((placed) => findStale(placed, today));
  },
};

function findStale(placed: Placed<Runbook>, today: string): Mistake[] {
  const { file, document } = placed;
  const { staleAfter, validated } = document;
  const told = (words: string, day: string): Mistake[] => {
    const message = `the runbook ${words}: walk through it and set the date anew`;
    return [{ path: file.path, line: lineOfWords(placed, day), message }];
  };
  if (staleAfter !== undefined && staleAfter < today) return told(`was good until ${staleAfter}`, staleAfter);
  if (validated === undefined) return [];
  const age = Math.floor((Date.parse(today) - Date.parse(validated)) / DAY_MS);
  return age > MAX_AGE_DAYS ? told(`was last validated on ${validated}, ${age} days ago`, validated) : [];
}
