import type { SchemaNotes } from './schema-notes.ts';

const DOCUMENT: SchemaNotes = {
  kind: 'Which kind of document this is.',
  id: 'Path inside its folder, without extension.',
  title: 'Its first heading, or the title of its front matter.',
  services: 'Services it is about.',
  alerts: 'Alert names it is about.',
  severity: 'As its author wrote it.',
  tags: 'As its author wrote them.',
  sections: 'Its text by headings, Markdown as written.',
  steps: 'Mitigation steps, in order.',
  source: 'Where it stands.',
};

/** What has been ingested, in words. */
export const KNOWLEDGE_NOTES: Readonly<Record<string, SchemaNotes>> = {
  Dependency: { self: 'A call to another service.', service: 'The service that is called.', kind: 'How it is called.' },
  Incident: {
    ...DOCUMENT,
    self: 'What people once worked on, as its postmortem tells it.',
    date: 'The day it happened.',
    category: "Root-cause category, of the team's own making.",
    rootCause: 'Where and why it began.',
    'rootCause.service': 'The culprit.',
    'rootCause.summary': 'The cause in words.',
    duration: 'How long it lasted, as its author wrote it.',
    signals: 'Anomalies it showed, each four words: `source service name kind`.',
    outage: 'Incidents of one outage share this.',
    supersededBy: 'Id of the incident that tells it better.',
  },
  Runbook: {
    ...DOCUMENT,
    self: 'How to handle an alert.',
    owner: 'Who keeps it.',
    validated: 'The day somebody last checked it.',
    supersedes: 'Id of the runbook it replaces.',
  },
  Section: {
    self: 'Text under one heading.',
    role: 'What the section is for, whatever its author called it.',
    text: 'Markdown as written.',
    source: 'Where it stands.',
  },
  ServiceNode: {
    self: 'One service of the topology.',
    name: 'Its name.',
    description: 'What it does.',
    owner: 'Who runs it.',
    tier: 'How much depends on it.',
    dependsOn: 'What it calls.',
  },
  SourceRef: {
    self: 'Lines of a file of the knowledge.',
    path: 'Relative to the knowledge folder, with `/`.',
    line: 'First line, from 1.',
    endLine: 'Last line, inclusive.',
    headingPath: 'Headings above it, outermost first.',
    sha: "Git's id of the file's bytes (`git hash-object`).",
  },
  Step: {
    self: 'One thing to do.',
    text: 'In words.',
    commands: 'Commands of its code fences.',
    source: 'Where it stands.',
  },
  Topology: {
    self: 'Over all systems.',
    services: 'Every declared service, by name.',
    edges: 'Who calls whom.',
  },
  TopologyEdge: { self: 'A declared call.', from: 'The caller.', to: 'The service it calls.', kind: 'How it calls.' },
};
