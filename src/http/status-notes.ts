import type { SchemaNotes } from './schema-notes.ts';

const RUNBOOK_REF: SchemaNotes = {
  id: 'Its id.',
  title: 'Its title.',
  path: 'The file it stands in.',
  line: 'The line it begins on, from 1.',
};

const reference = (field: string): SchemaNotes =>
  Object.fromEntries(Object.entries(RUNBOOK_REF).map(([name, note]) => [`${field}.${name}`, note]));

/** Whether the knowledge is up to date and whole, in words. */
export const STATUS_NOTES: Readonly<Record<string, SchemaNotes>> = {
  AlertCoverage: {
    self: 'One alerting rule, and whether whoever is woken by it finds a runbook.',
    alert: 'Its name.',
    path: 'The rule file.',
    line: 'The line the rule begins on, from 1.',
    severity: 'Its `severity` label.',
    status: '`dead-link`: the rule links to a runbook that is not here, whether or not another covers it.',
    runbook: 'The runbook that its link or its name leads to.',
    ...reference('runbook'),
    link: "The rule's runbook annotation.",
    nearest: 'For a gap: the runbook that comes nearest.',
    ...reference('nearest'),
    'nearest.score': 'Calibrated chance that it answers, 0..1, as in `answerable`.',
  },
  Coverage: {
    self: 'Alerting rules against runbooks.',
    generation: 'The generation that was asked.',
    share: 'Alerting rules that have a runbook, 0..1; 1 when there is no rule.',
    counts: 'The same in numbers.',
    'counts.alerts': 'Alerting rules.',
    'counts.covered': 'Rules with a runbook.',
    'counts.uncovered': 'Rules without one.',
    'counts.deadLinks': 'Rules that link to a runbook that is not here.',
    'counts.unreached': 'Runbooks that no rule leads to.',
    alerts: 'Rule by rule, in the order of the files.',
    unreachedRunbooks: 'Runbooks that no rule leads to.',
    ...reference('unreachedRunbooks[]'),
    problems: 'Rule files, or parts of them, that could not be read.',
  },
  HookAnswer: {
    self: 'What comes of a delivery.',
    status: '`duplicate`: this delivery was taken before. `ignored`: it tells of no push.',
    delivery: "The sender's id of it.",
  },
  KnowledgeProblem: {
    self: 'Something for the author to mend.',
    path: 'The file.',
    line: 'The line, from 1.',
    message: 'What is wrong, and how to mend it.',
  },
  KnowledgeStatus: {
    self: 'What is served, and whether the sources have moved on since.',
    generation: 'Key of the served generation; absent when nothing was ever published.',
    publishedAt: 'When it was published.',
    documents: 'Documents in it.',
    chunks: 'Chunks in it.',
    isBehind: 'Some source is behind, or not published at all.',
    sources: 'Source by source.',
    lastRefresh: 'The last time this process brought the index up to date, or tried to.',
    isRefreshing: 'It is doing so now.',
  },
  LastRefresh: {
    self: 'How bringing the index up to date went.',
    at: 'When it ended.',
    reason: 'Who asked for it.',
    ok: 'Whether it went well.',
    published: 'Whether readers see other content since.',
    problems: 'Problems that the sources have.',
    error: 'Why it failed.',
    'error.code': 'As in the `type` of a problem.',
    'error.detail': 'In words.',
  },
  SourceStatus: {
    self: 'What is served of a source against where the source stands.',
    name: 'Its name; empty for KNOWLEDGE_DIR.',
    kind: 'What it is.',
    location: 'Folder or URL, without credentials.',
    ref: 'The branch, tag or commit that is followed.',
    served: 'Commit, or hash over the pages, that is served.',
    head: 'Commit at which the source stands; absent when it is in no git repository or does not answer.',
    dirty: 'Files differ from the commit at `head`.',
    state: 'How the two compare.',
  },
};
