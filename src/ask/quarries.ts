import type { DocumentKind, KnowledgeDocument, SectionRole, Step } from '../domain/document.ts';
import type { Facet } from './facets.ts';
import type { FactName } from './facts.ts';

/** Where in a document a kind of answer is found: a field, its steps, or the best pieces of its sections. */
export type Quarry =
  | { readonly fact: FactName }
  | { readonly steps: true; readonly needs?: RegExp }
  /** What all of them hold. */
  | { readonly both: readonly Quarry[] }
  | {
      readonly roles: readonly SectionRole[];
      readonly most: number;
      readonly prefers?: RegExp;
      readonly needs?: RegExp;
      /** Telling words that each piece must share with the question. */
      readonly shares?: number;
      /** Each passage is an order and kept whole: a sentence of it may hold the command, the next the warning. */
      readonly isOrders?: true;
    };

/** What people do to systems: the rows of a timeline that hold such a word tell what was done. */
const DEEDS =
  /\b(?:add|appl(?:y|i)|change|clear|delet|deploy|disabl|drain|enabl|fail(?:ed)? over|fix|increas|manual|merg|migrat|patch|purg|push|raise|re-?creat|reboot|reconfigur|reduc|releas|remov|renew|replac|re-?run|restart|restor|revert|roll|scal|set|start|stopp|switch|updat|upgrad)/i;

/** A step that is itself the way back. */
const WAY_BACK = /\broll(?:ed|ing)?[ -]?back\b|\brollout undo\b|\brevert(?:ed|ing)?\b/i;

const LENGTH = /\b\d{1,4}(?:\.\d{1,3})?\s?(?:s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?|d|days?|weeks?)\b/i;

const ANY_PROSE: readonly SectionRole[] = [
  'summary',
  'meaning',
  'impact',
  'detection',
  'diagnosis',
  'root-cause',
  'trigger',
  'mitigation',
  'timeline',
  'follow-up',
  'other',
];

/** Whether it says how something is taken back. */
export function holdsWayBack({ sections, steps }: Pick<KnowledgeDocument, 'sections' | 'steps'>): boolean {
  return sections.some(({ role }) => role === 'rollback') || steps.some((step) => isStepLike(step, WAY_BACK));
}

export function isStepLike({ text, commands }: Step, needs: RegExp): boolean {
  return needs.test(text) || commands.some((command) => needs.test(command));
}

/**
 * For each thing that is asked and each kind of document, where to look, the best place first: the first that holds
 * anything answers.
 */
export const QUARRIES: Readonly<Record<Facet, Readonly<Partial<Record<DocumentKind, readonly Quarry[]>>>>> = {
  often: { incident: [{ fact: 'head' }] },
  when: { incident: [{ fact: 'head' }] },
  duration: {
    incident: [
      { fact: 'duration' },
      { roles: ['impact', 'summary', 'timeline', 'root-cause', 'other'], most: 2, needs: LENGTH },
    ],
  },
  did: {
    incident: [
      { steps: true },
      { roles: ['mitigation'], most: 6 },
      { roles: ['timeline'], most: 4, prefers: DEEDS },
      { roles: ['follow-up'], most: 3 },
      { roles: ['other', 'summary'], most: 3, prefers: DEEDS },
    ],
    runbook: [
      { steps: true },
      { roles: ['mitigation'], most: 6 },
      { roles: ['diagnosis'], most: 4 },
      { roles: ['other', 'meaning', 'summary'], most: 4, prefers: DEEDS },
    ],
  },
  why: {
    incident: [
      { roles: ['root-cause'], most: 3 },
      { fact: 'cause' },
      { roles: ['trigger'], most: 2 },
      { roles: ['summary', 'other'], most: 3 },
    ],
    runbook: [
      { roles: ['meaning'], most: 3 },
      { roles: ['diagnosis', 'other'], most: 3 },
    ],
  },
  impact: {
    incident: [
      { roles: ['impact'], most: 3 },
      { roles: ['summary', 'timeline', 'other'], most: 3 },
    ],
    runbook: [
      { roles: ['impact'], most: 3 },
      { roles: ['meaning'], most: 2 },
    ],
  },
  owner: { service: [{ fact: 'owner' }], runbook: [{ fact: 'owner' }] },
  calls: { service: [{ fact: 'calls' }] },
  service: {
    incident: [{ fact: 'culprit' }, { fact: 'services' }],
    runbook: [{ fact: 'services' }],
    service: [{ fact: 'description' }],
  },
  noticed: {
    incident: [{ roles: ['detection'], most: 3 }, { fact: 'alerts' }, { roles: ['summary', 'timeline'], most: 3 }],
    runbook: [{ fact: 'alerts' }, { roles: ['meaning'], most: 3 }],
  },
  check: {
    runbook: [
      { roles: ['diagnosis'], most: 6 },
      { roles: ['meaning', 'other'], most: 4 },
    ],
    incident: [{ roles: ['detection', 'diagnosis'], most: 4 }],
  },
  undo: {
    runbook: [
      {
        both: [
          { roles: ['rollback'], most: 8, isOrders: true },
          { steps: true, needs: WAY_BACK },
        ],
      },
      { steps: true },
    ],
    incident: [{ steps: true, needs: WAY_BACK }, { steps: true }],
  },
  lessons: { incident: [{ roles: ['follow-up'], most: 4 }] },
  story: {
    incident: [
      { roles: ['timeline'], most: 8 },
      { roles: ['summary', 'other'], most: 4 },
    ],
    runbook: [{ roles: ['meaning'], most: 3 }],
  },
  about: {
    incident: [
      { roles: ANY_PROSE, most: 3, shares: 2 },
      { roles: ['summary', 'root-cause'], most: 3 },
      { roles: ANY_PROSE, most: 3 },
    ],
    runbook: [
      { roles: ANY_PROSE, most: 3, shares: 2 },
      { roles: ['meaning', 'summary'], most: 3 },
      { roles: ANY_PROSE, most: 3 },
    ],
    service: [{ fact: 'description' }],
  },
};
