import { listIncidents } from '../knowledge.ts';
import { isDraft } from './drafts.ts';
import { atStart, type Rule } from './rule.ts';

export const incidentWithoutDate: Rule = {
  id: 'incident-without-date',
  severity: 'warning',
  reason: 'Recent incidents count for more than old ones, and one without a date counts as neither.',
  find: (knowledge) =>
    listIncidents(knowledge)
      .filter(({ document }) => document.date === undefined)
      .map((placed) =>
        atStart(
          placed,
          'the incident has no date: begin the file name with it, or add `date: 2026-03-01` to the front matter',
        ),
      ),
};

export const incidentWithoutRootCause: Rule = {
  id: 'incident-without-root-cause',
  severity: 'warning',
  reason: 'What an incident has to tell to the next one is its cause; without it there is nothing to vote for.',
  find: (knowledge) =>
    listIncidents(knowledge)
      .filter((placed) => placed.document.rootCause === undefined && !isDraft(placed))
      .map((placed) =>
        atStart(
          placed,
          'the incident names no cause: add a section `## Root cause`, even if it says what is suspected',
        ),
      ),
};
