/** What a new file says from the start; everything else is a prompt to its author. */
export interface Answers {
  readonly title: string;
  readonly alerts: readonly string[];
  readonly services: readonly string[];
  readonly owner: string;
  readonly severity: string;
  /** ISO day. */
  readonly date: string;
}

export type NewKind = 'runbook' | 'incident';

/** The conventional sections, each with a comment that asks for what belongs there. `unfilled-section` finds those left over. */
const SECTIONS: Readonly<Record<NewKind, readonly (readonly [heading: string, prompt: string])[]>> = {
  runbook: [
    ['## Meaning', 'What does the alert measure, and from which value on does it fire?'],
    ['## Impact', 'Who notices, and what do they see? What happens if nobody does anything?'],
    ['## Diagnosis', 'How to tell one cause from another: queries and commands in fences, and what each answer means.'],
    ['## Mitigation', 'Numbered steps, the safest first, each with its command in a fence.'],
    ['### Rollback', 'How to undo each step, or that it cannot be undone.'],
  ],
  incident: [
    ['## Summary', 'What happened, in three sentences that somebody from another team understands.'],
    ['## Impact', 'Who noticed, what did they see, and for how long?'],
    ['## Detection', 'Which alert or person noticed first? What did metrics, logs and traces show?'],
    ['## Root cause', 'Why it happened. Several causes are welcome; what is only suspected, say so.'],
    ['## Trigger', 'What set it off on that day.'],
    ['## Resolution', 'Numbered: what was done, with the command, and what it changed. Also what did not help.'],
    ['## Timeline', '- 10:00 what happened'],
    ['## Action items', '- What will be done, by whom, until when.'],
    ['## Lessons', 'What would have made this shorter, or impossible?'],
  ],
};

export function renderTemplate(kind: NewKind, answers: Answers): string {
  const sections = SECTIONS[kind].map(([heading, prompt]) => `${heading}\n\n<!-- ${prompt} -->\n`);
  const frontMatter = ['---', ...fieldsOf(kind, answers), '---'].join('\n');
  return [`${frontMatter}\n`, `# ${answers.title}\n`, ...sections].join('\n');
}

function fieldsOf(kind: NewKind, { title, alerts, services, owner, severity, date }: Answers): string[] {
  const shared = [
    `title: ${toYaml(title)}`,
    ...(kind === 'incident' ? [`date: ${date}`] : []),
    ...(alerts.length > 0 ? [`alerts: [${alerts.map(toYaml).join(', ')}]`] : []),
    `services: [${services.map(toYaml).join(', ')}]`,
    ...(owner === '' ? [] : [`owner: ${toYaml(owner)}`]),
    `severity: ${toYaml(severity)}`,
  ];
  const later =
    kind === 'runbook'
      ? `# validated: ${date} (once somebody has walked through it)`
      : '# category: load-spike (the kind of root cause, in your own words)';
  return [...shared, later];
}

/** Words stand as they are; all else is quoted as in JSON, which YAML reads. */
function toYaml(text: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_./ -]*$/u.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
