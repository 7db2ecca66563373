import type { Runbook } from '../../domain/document.ts';
import { formatSource } from '../../domain/source.ts';
import { lineOfWords, listRunbooks, type Placed } from '../knowledge.ts';
import { atStart, type Mistake, type Rule } from './rule.ts';

export const duplicateAlert: Rule = {
  id: 'duplicate-alert',
  severity: 'error',
  reason: 'Two runbooks for one alert contradict each other sooner or later, and nobody knows which one to follow.',
  find: (knowledge) => {
    const owners = new Map<string, Placed<Runbook>[]>();
    return listRunbooks(knowledge).flatMap((placed) =>
      [...new Set(placed.document.alerts)].flatMap((alert) => {
        const before = owners.get(alert) ?? [];
        owners.set(alert, [...before, placed]);
        const owner = before.find((other) => isRival(placed.document, other.document));
        return owner === undefined ? [] : [toMistake(alert, placed, owner)];
      }),
    );
  },
};

/** One alert's name may serve several services, and a runbook may have replaced the other. */
function isRival(a: Runbook, b: Runbook): boolean {
  if (a.supersedes === b.id || b.supersedes === a.id) return false;
  if (a.status === 'deprecated' || b.status === 'deprecated') return false;
  const isShared = a.services.some((service) => b.services.includes(service));
  return isShared || a.services.length === 0 || b.services.length === 0;
}

function toMistake(alert: string, placed: Placed<Runbook>, owner: Placed<Runbook>): Mistake {
  const there = formatSource({ path: owner.file.path, line: lineOfWords(owner, alert) });
  const message = `the alert \`${alert}\` is claimed at ${there} too: merge the runbooks, or name the other one in \`supersedes\``;
  return { path: placed.file.path, line: lineOfWords(placed, alert), message };
}

export const runbookWithoutAlert: Rule = {
  id: 'runbook-without-alert',
  severity: 'warning',
  reason: 'An alert finds its runbook by name; without one only the words are left to compare.',
  find: (knowledge) =>
    listRunbooks(knowledge)
      .filter(({ document }) => document.alerts.length === 0)
      .map((placed) =>
        atStart(
          placed,
          'the runbook names no alert: add `alerts: [Name]` to its front matter, or name the file after it',
        ),
      ),
};
