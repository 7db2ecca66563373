import type { SchemaNotes } from './schema-notes.ts';

/** Noise rules, in words. */
export const NOISE_NOTES: Readonly<Record<string, SchemaNotes>> = {
  NoiseRuleList: {
    self: 'The noise rules of all sources as they are served now.',
    rules: 'In the order in which they are asked; the first that hides an alert is named as what filtered it.',
    problems: 'What keeps a rule from being one, with `path` and `line`.',
    since: 'Since when `filtered` counts, UTC; nearer than was asked where very much came in.',
  },
  ListedNoiseRule: {
    self: 'A noise rule.',
    name: 'Unique over all sources.',
    state:
      '`enabled`: it hides what it fits. `disabled`: it does nothing. `expired`: it is enabled, and its last day is over.',
    words: 'The rule as it was understood, in the one way in which all rules of this meaning are said.',
    reason: 'Why nobody need be told.',
    owner: 'Who answers for it.',
    until: 'The last day on which it holds, UTC.',
    draftedBy: '`llm` where a model wrote it.',
    reviewedBy: 'Who has read what a model wrote.',
    path: 'File that holds it.',
    line: 'Where it begins there, from 1.',
    filtered: 'What it hid since `since` of the alerts that the caller may see.',
    'filtered.alerts': 'Alerts that came with what it hid.',
    'filtered.occurrences': 'Groups of alerts.',
    'filtered.lastAt': 'When the last of them came in, UTC; absent while there is none.',
  },
  NoiseDryRunRequest: {
    self: 'A rule to be tried.',
    say: 'The rule as one sentence: `when the alert is CpuThrottled and the namespace is one of staging, dev then filter it out`.',
    days: 'How far back to look, 1..365.',
  },
  NoiseDryRun: {
    self: 'What a rule would have done, had it been there all the time.',
    words: 'The rule as it was understood.',
    from: 'Begin of what was looked at, UTC.',
    to: 'End of it, UTC.',
    outcome:
      '`safe`: nothing of what it would have hidden became an incident. `hides-incidents`: something did. `hides-nothing`: ' +
      'nothing of that time fits, which says nothing of the rule. `no-history`: no alert was received in that time.',
    history: 'What was looked at.',
    'history.alerts': 'Alerts received.',
    'history.occurrences': 'Groups of alerts, each from its first firing until it was resolved.',
    'history.isComplete': 'False where there was too much, and only the newest were looked at.',
    hidden: 'What the rule would have hidden: occurrences of which it fits every alert.',
    'hidden.alerts': 'Their alerts.',
    'hidden.occurrences': 'How many.',
    'hidden.diagnoses': 'Diagnoses that nothing else would have needed.',
    'hidden.byAlert': 'Their alerts by name, the most frequent first, at most 20 names.',
    'hidden.byAlert[].alertName': 'The label `alertname`.',
    'hidden.byAlert[].alerts': 'How many of them.',
    incidentCount: 'How many of the hidden occurrences became an incident.',
    incidents: 'The newest of these, at most 50.',
  },
  HiddenIncident: {
    self: 'An occurrence that the rule would have hidden, and that somebody had to work on.',
    occurrence: 'Its id; `GET /v1/diagnoses/{id}` has its answer.',
    alertNames: 'The names of its alerts.',
    receivedAt: 'When the first of them came in, UTC.',
    because:
      '`verdict`: people confirmed or corrected its diagnosis. `outage`: it was part of an outage. `postmortem`: a stored ' +
      'incident of the day, or of the one before or after, names the alert.',
    reason: 'The same in words.',
    diagnosis: 'The diagnosis that answered it.',
    outage: 'The outage that it was part of.',
    incident: 'The stored incident.',
    'incident.id': 'Its id.',
    'incident.path': 'File that holds it.',
  },
};
